import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { nextSlice } from './slices.ts';

test('a round of events has one slice, however many are waited for at once', async () => {
  let [slices, most, done] = [0, 0, false];
  const work = Array.from({ length: 20 }, async () => {
    for (let at = 0; at < 5; at++) {
      await nextSlice();
      slices += 1;
    }
  });
  const watching = (async () => {
    for (let before = 0; !done; before = slices) {
      await setImmediate();
      most = Math.max(most, slices - before);
    }
  })();
  await Promise.all(work);
  done = true;
  await watching;
  assert.deepEqual([slices, most], [100, 1]);
});
