import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonest } from './commonest.ts';

test('the value that comes most often, where it comes often', () => {
  const of = (...values: number[]) => commonest(Float32Array.from(values).sort());
  assert.equal(of(0, 0, 0, 5), 0);
  assert.equal(of(1, 2, 2, 3, 4, 5, 6, 7), 2);
  assert.equal(of(-3, 7, 7), 7);
  assert.ok(Number.isNaN(of(1, 2, 2, 3, 4, 5, 6, 7, 8)));
  assert.ok(Number.isNaN(of()));
  assert.equal(of(4), 4);
});
