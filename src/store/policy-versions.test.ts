import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOf } from '../policy/parse.ts';
import { MOST_TEXTS, type PolicyVersions, type VersionDraft } from './policy-versions.ts';
import { openStore } from './store.ts';

function open(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-versions-'));
  let now = 1_000_000;
  const pepper = createSecretKey(Buffer.alloc(32, 1));
  const store = openStore(join(folder, 'gatehouse.sqlite'), {
    pepper,
    clock: { now: () => now++, tick: () => 0 },
  });
  t.after(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  return store.policies;
}

/** It comes into force. */
function take(versions: PolicyVersions, draft: VersionDraft) {
  const expected = versions.expect(draft);
  versions.settle(expected.version);
  return expected;
}

const draft = (text: string, more: Partial<VersionDraft> = {}): VersionDraft => ({
  hash: `hash of ${text}`,
  source: { text, digest: digestOf(text), files: new Map([['a.cedar', `of ${text}`]]) },
  origin: 'applied',
  person: 'per_1',
  reason: 'because',
  restored: null,
  ...more,
});

test('what was staged and came into force keeps who and why; what did not is forgotten', (t) => {
  const versions = open(t);
  assert.equal(versions.newest(), undefined);
  assert.deepEqual([take(versions, draft('one')).version.origin, versions.newest()?.person], ['file', '']);
  assert.equal(take(versions, draft('one')).fresh, false);
  const number = versions.stage(draft('two'));
  assert.equal(versions.list(10).length, 1, 'not in force yet');
  const { version, fresh } = take(versions, draft('two'));
  assert.deepEqual(
    [version.number, version.origin, version.person, version.reason, fresh],
    [number, 'applied', 'per_1', 'because', true],
  );
  versions.stage(draft('three'));
  // The process died before the file was written.
  assert.equal(take(versions, draft('two')).fresh, false);
  versions.stage(draft('four'));
  versions.unstage();
  assert.deepEqual(
    versions.list(10).map(({ hash }) => hash),
    ['hash of two', 'hash of one'],
  );
  // Numbers are not given again.
  assert.ok(take(versions, draft('five')).version.number > number + 2);
});

test('texts come back with the files that they name; another layout of the same is a version too', (t) => {
  const versions = open(t);
  const { number } = take(versions, draft('one')).version;
  const { text, files } = versions.source(number);
  assert.deepEqual([text, files.get('a.cedar')], ['one', 'of one']);
  const again = draft('# said\none', { hash: 'hash of one' });
  assert.equal(take(versions, again).fresh, true);
  assert.equal(versions.byHash('hash of one')?.digest, again.source.digest);
  assert.throws(() => versions.source(77), { code: 'not_found' });
});

test('texts of old versions go, what they were stays', (t) => {
  const versions = open(t);
  for (let n = 0; n < MOST_TEXTS + 2; n += 1) take(versions, draft(String(n)));
  assert.throws(() => versions.source(2), { code: 'not_found' });
  assert.deepEqual([versions.get(2).hash, versions.get(2).kept], ['hash of 1', false]);
  assert.equal(versions.source(3).text, '2');
  assert.deepEqual(
    versions.list(2, 5).map(({ number }) => number),
    [4, 3],
  );
});
