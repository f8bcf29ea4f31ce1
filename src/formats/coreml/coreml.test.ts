import assert from 'node:assert/strict';
import test from 'node:test';
import { FORMATS } from '../index.ts';
import { rulesOf, scanned } from '../testing.ts';

const samples = FORMATS.filter(({ name }) => /^(?:coreml|paddle)/.test(name)).flatMap(({ proof }) => [
  ...proof.catches,
  ...proof.passes,
]);

test('Core ML and PaddlePaddle files that are cut off crash nothing', async () => {
  for (const { bytes, name } of samples) {
    const whole = bytes();
    for (let at = 1; at < whole.length; at += 5)
      assert.ok(
        !rulesOf(await scanned(whole.subarray(0, at))).includes('file.reader-failed'),
        `${name} at ${at}`,
      );
  }
});

test('Core ML and PaddlePaddle files with changed bytes crash nothing', async () => {
  for (const { bytes, name } of samples) {
    const whole = bytes();
    for (let at = 0; at < whole.length; at += 3) {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x7f;
      assert.ok(!rulesOf(await scanned(changed)).includes('file.reader-failed'), `${name} at ${at}`);
    }
  }
});
