import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutMissing } from './rows.ts';

test('what is missing is the mean, and what is too large is no less far out', () => {
  const rows = Float32Array.of(1, Number.NaN, 1e300, 2, -1e300, Number.NaN);
  const full = withoutMissing(rows, Float32Array.of(5, 6, 7));
  assert.deepEqual([...full.subarray(0, 2)], [1, 6]);
  assert.ok((full[2] ?? 0) > 3e38 && Number.isFinite(full[2]));
  assert.equal(full[3], 2);
  assert.ok((full[4] ?? 0) < -3e38 && Number.isFinite(full[4]));
  assert.equal(full[5], 7);
});
