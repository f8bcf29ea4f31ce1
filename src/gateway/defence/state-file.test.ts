import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSealed, StateLost, writeSealed } from './state-file.ts';

const key = randomBytes(32);
const text = Buffer.from('who stands where');

test('state is read as it was written, by who has the key, for what it is', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-state-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'defence', 'fraud.ladder');
  assert.equal(await readSealed(path, key, 'fraud'), undefined);
  await writeSealed(path, [text.subarray(0, 4), text.subarray(4)], key, 'fraud');
  assert.deepEqual(await readSealed(path, key, 'fraud'), text);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const whole = readFileSync(path);
  assert.ok(!whole.includes(text));
  await assert.rejects(readSealed(path, key, 'other'), StateLost);
  await assert.rejects(readSealed(path, randomBytes(32), 'fraud'), StateLost);
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    await assert.rejects(readSealed(path, key, 'fraud'), StateLost, `${length} bytes`);
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(path, changed);
    await assert.rejects(readSealed(path, key, 'fraud'), StateLost, `byte ${at}`);
  }
  const [none, head] = [Buffer.alloc(0), Buffer.from('head')];
  for (const length of [0, 2 ** 20 - 4, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 - 4, 3 * 2 ** 20]) {
    const body = randomBytes(length);
    await writeSealed(path, [head, body], key, 'fraud');
    assert.deepEqual(await readSealed(path, key, 'fraud'), Buffer.concat([head, body]), `${length} bytes`);
  }
  const long = readFileSync(path);
  for (const cut of [2 ** 20 + 48, 2 ** 20 + 100, 2 * (2 ** 20 + 16) + 32]) {
    writeFileSync(path, long.subarray(0, cut));
    await assert.rejects(readSealed(path, key, 'fraud'), StateLost, `cut at ${cut}`);
  }
  await writeSealed(path, [none, none], key, 'fraud');
  assert.equal((await readSealed(path, key, 'fraud'))?.length, 0);
});
