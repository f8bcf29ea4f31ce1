import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import type { MasterSettings } from '../settings/vault.ts';
import { localMaster, readMasterKey, unwrapWith, WrongKey, wrapWith } from './master.ts';
import { openMasters } from './masters.ts';

const key = randomBytes(32);
const open = (main: MasterSettings) => openMasters({ current: 'main', masters: { main } });
const node = (script: string): MasterSettings => ({
  kind: 'command',
  command: [process.execPath, '-e', script],
});

test('what was wrapped unwraps for the same only, and not when anything was changed', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.string(),
      fc.string(),
      fc.nat(),
      (text, about, other, at) => {
        const wrapped = wrapWith(key, text, about);
        assert.deepEqual(unwrapWith(key, wrapped, about), Buffer.from(text));
        if (Buffer.from(other).compare(Buffer.from(about)) !== 0) {
          assert.throws(() => unwrapWith(key, wrapped, other), WrongKey);
        }
        const place = at % wrapped.length;
        const changed =
          wrapped.slice(0, place) + (wrapped[place] === 'A' ? 'B' : 'A') + wrapped.slice(place + 1);
        assert.throws(() => unwrapWith(key, changed, about), WrongKey);
        assert.throws(() => unwrapWith(randomBytes(32), wrapped, about), WrongKey);
      },
    ),
    { numRuns: 50 },
  );
});

test('a key is 32 bytes in hex or base64, and nothing else', () => {
  for (const form of ['hex', 'base64', 'base64url'] as const) {
    assert.deepEqual(readMasterKey(`${key.toString(form)}\n`), key);
  }
  for (const bad of ['', 'a', key.toString('hex').slice(1), `${key.toString('hex')}00`, 'x'.repeat(64)]) {
    assert.equal(readMasterKey(bad), undefined);
  }
});

test('a key from the settings or from a command is the same key', async (t) => {
  const masters = await open({ kind: 'key', key: new Secret(key.toString('hex')) });
  const printed = await open(node(`console.log('${key.toString('base64')}')`));
  t.after(() => {
    masters.close();
    printed.close();
  });
  const wrapped = await masters.current.wrap(Buffer.from('text'), 'a');
  assert.equal((await printed.current.unwrap(wrapped, 'a')).toString(), 'text');
});

test('a command that fails says how, and nothing of what it printed', async () => {
  const cases: [MasterSettings, RegExp][] = [
    [node('console.log("canary"); process.exit(3)'), /ended with 3/],
    [node('console.log("canary".repeat(5000))'), /MAXBUFFER/],
    [{ kind: 'command', command: ['/nonexistent/canary-program'] }, /ENOENT/],
    [node('console.log("canary")'), /not 32 bytes/],
    // No shell reads it.
    [{ kind: 'command', command: ['echo canary; true'] }, /ENOENT/],
  ];
  for (const [settings, says] of cases) {
    await assert.rejects(open(settings), (error) => {
      assert.ok(error instanceof Problem);
      assert.match(error.message, says);
      assert.doesNotMatch(`${error.message} ${error.advice}`, /canary/);
      return true;
    });
  }
});

test('a closed key wraps nothing any more', async () => {
  const master = localMaster('main', key);
  const wrapped = await master.wrap(Buffer.from('text'), 'a');
  master.close();
  await assert.rejects(master.wrap(Buffer.from('text'), 'a'));
  await assert.rejects(master.unwrap(wrapped, 'a'));
});
