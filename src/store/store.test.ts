import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { identifyKey } from '../callers/key.ts';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
after(() => rmSync(folder, { recursive: true }));

const pepper = createSecretKey(Buffer.alloc(32, 1));
let serial = 0;
function open(now = { ms: 1_000_000 }, file = join(folder, `${serial++}.sqlite`)) {
  const clock = { now: () => now.ms, tick: () => 0 };
  const store = openStore(file, { pepper, clock });
  const ask = (key: string) => identifyKey(key, store.callers.lookup, pepper, now.ms);
  return { store, file, now, ask };
}
const draft = { name: 'app', owner: 'Ann', team: 'web', roles: ['app'], tags: { env: 'prod' } };

test('a caller is made with a key that identifies it, and the file is its owner’s alone', () => {
  const { store, file, ask } = open();
  const { key, keyId, caller } = store.callers.create(draft);
  const { id, ...rest } = ask(key);
  assert.equal(id, caller.id);
  assert.deepEqual(rest, {
    name: 'app',
    owner: 'Ann',
    team: 'web',
    roles: ['app'],
    tags: { env: 'prod' },
    credential: keyId,
  });
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(JSON.stringify(store.callers.list()).includes(key), false);
  const raw = new DatabaseSync(file, { readOnly: true });
  assert.equal(JSON.stringify(raw.prepare('SELECT * FROM keys').all()).includes(key.slice(15)), false);
  raw.close();
  store.close();
});

test('a revocation in one process is seen in another with its next round of events', async () => {
  const one = open();
  const { key, caller } = one.store.callers.create(draft);
  const other = open(one.now, one.file);
  assert.equal(other.ask(key).name, 'app');
  assert.deepEqual(one.store.callers.revoke('app').revoked.length, 1);
  assert.throws(() => one.ask(key), { code: 'credential_invalid' }, 'here before anything else happens');
  await new Promise((resolve) => setImmediate(resolve));
  assert.throws(() => other.ask(key), { code: 'credential_invalid' });
  assert.deepEqual(one.store.callers.revoke(caller.id).revoked, [], 'once is enough');
  one.store.close();
  other.store.close();
});

test('rotation overlaps, then the old key ends', () => {
  const { store, now, ask } = open();
  const first = store.callers.create({ ...draft, expires: now.ms + 60_000 });
  const second = store.callers.rotate('app', { overlap: 10_000 });
  assert.equal(ask(first.key).name, 'app');
  assert.equal(ask(second.key).name, 'app');
  now.ms += 10_000;
  assert.throws(() => ask(first.key), { code: 'credential_invalid' });
  assert.equal(ask(second.key).name, 'app');
  assert.deepEqual(
    store.callers.get('app').keys.map(({ state }) => state),
    ['expired', 'active'],
  );
  const third = store.callers.rotate('app', { overlap: 0 });
  assert.throws(() => ask(second.key), { code: 'credential_invalid' });
  assert.equal(ask(third.key).name, 'app');
  store.close();
});

test('a new key lives as long as the one before, unless it is told otherwise', () => {
  const { store, now } = open();
  store.callers.create({ ...draft, expires: now.ms + 90_000 });
  now.ms += 60_000;
  store.callers.rotate('app', { overlap: 10_000 });
  store.callers.rotate('app', { overlap: 10_000, expires: now.ms + 5_000 });
  const ends = store.callers.get('app').keys.map(({ expires }) => (expires ?? 0) - now.ms);
  assert.deepEqual(ends, [10_000, 10_000, 5_000]);
  store.close();
});

test('rotation never lengthens a key that ends sooner', () => {
  const { store, now, ask } = open();
  const first = store.callers.create({ ...draft, expires: now.ms + 5_000 });
  store.callers.rotate('app', { overlap: 60_000 });
  now.ms += 5_000;
  assert.throws(() => ask(first.key), { code: 'credential_invalid' });
  store.close();
});

test('disabling takes all keys, enabling gives them back; roles change at once', () => {
  const { store, ask } = open();
  const { key } = store.callers.create(draft);
  store.callers.setDisabled('app', true);
  assert.throws(() => ask(key), { code: 'credential_invalid' });
  assert.throws(() => store.callers.rotate('app', { overlap: 0 }), { code: 'conflict' });
  store.callers.setDisabled('app', false);
  store.callers.update('app', { roles: ['admin'] });
  assert.deepEqual(ask(key).roles, ['admin']);
  store.close();
});

test('what cannot be used is refused and changes nothing', () => {
  const { store, now } = open();
  store.callers.create(draft);
  const wrong = [
    { ...draft, name: 'APP' },
    { ...draft, name: '' },
    { ...draft, name: 'a\nb' },
    { ...draft, name: 'clr_1' },
    { ...draft, name: 'b', roles: [] },
    { ...draft, name: 'b', owner: 'x'.repeat(101) },
    { ...draft, name: 'b', tags: { a: '\u0000' } },
    { ...draft, name: 'b', expires: now.ms },
  ];
  for (const one of wrong) assert.throws(() => store.callers.create(one), /must|needs|an id|is there|tags/);
  assert.equal(store.callers.list().length, 1);
  assert.throws(() => store.callers.get('nobody'), { code: 'not_found' });
  assert.throws(() => store.callers.revoke('app', 'no-such-key'), { code: 'not_found' });
  store.close();
});

test('an id finds whose it is, whatever others are called', () => {
  const { store, file } = open();
  const meant = store.callers.create(draft).caller;
  const { id: other } = store.callers.create({ ...draft, name: 'other' }).caller;
  for (const name of [meant.id, meant.id.toUpperCase(), `per_${'0'.repeat(18)}`, `CERT_${'A'.repeat(32)}`])
    assert.throws(() => store.callers.create({ ...draft, name }), {
      code: 'request_invalid',
      field: '/name',
    });
  // As an earlier version let one be called.
  const raw = new DatabaseSync(file);
  raw.prepare('UPDATE callers SET name = ? WHERE id = ?').run(meant.id.toUpperCase(), other);
  assert.equal(store.callers.get(meant.id).id, meant.id);
  store.callers.setDisabled(meant.id, true);
  assert.equal(store.callers.get(other).disabled, null);
  raw.prepare('DELETE FROM keys WHERE caller = ?').run(meant.id);
  raw.prepare('DELETE FROM callers WHERE id = ?').run(meant.id);
  raw.close();
  assert.throws(() => store.callers.get(meant.id), { code: 'not_found' }, 'an id is never a name');
  assert.equal(store.callers.get(other).id, other);
  store.close();
});

test('a file that is no database, or a newer one, is refused with advice', () => {
  const broken = join(folder, 'broken.sqlite');
  writeFileSync(broken, 'this is not a database at all, but it is long enough to look like one'.repeat(20));
  assert.throws(() => open(undefined, broken), { kind: 'environment' });
  const { store, file } = open();
  store.close();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 999');
  raw.close();
  assert.throws(() => open(undefined, file), /newer version/);
});
