import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { rulesOf, scanned } from '../testing.ts';

/** As flax.serialization writes them: `test/corpus/real/msgpack/make.py`. */
const real = (name: string): Uint8Array =>
  readFileSync(new URL(`../../../test/corpus/real/msgpack/${name}.msgpack`, import.meta.url));

for (const name of ['flax', 'flax-nested'])
  test(`${name}.msgpack is clean`, async () => {
    const found = await scanned(real(name));
    assert.deepEqual(rulesOf(found), []);
    assert.equal(found.verdict, 'clean', JSON.stringify(found.parts));
  });

test('a file that is cut off anywhere is not clean', async () => {
  const whole = real('flax');
  for (let at = 1; at < whole.length; at += 101)
    assert.notEqual((await scanned(whole.subarray(0, at))).verdict, 'clean', `cut at ${at}`);
});

test('bytes that were changed crash nothing', async () => {
  const whole = real('flax-nested');
  for (let at = 0; at < whole.length; at += 7) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    assert.ok(!rulesOf(await scanned(changed)).includes('file.reader-failed'), `at ${at}`);
  }
});

test('a pickle that begins like a map is read as one', async () => {
  // LONG1 of 0xa6 bytes, the first of which are a name in MessagePack; then a call.
  const bytes = Buffer.concat([
    Buffer.from('\x8a\xa6params', 'latin1'),
    Buffer.alloc(160),
    Buffer.from('cos\nsystem\n(S"id"\ntR.'),
  ]);
  assert.ok(rulesOf(await scanned(bytes)).some((rule) => rule.startsWith('pickle.')));
});
