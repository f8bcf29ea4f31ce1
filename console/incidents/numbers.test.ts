import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersIn } from './numbers.ts';

test('entries are named one by one and by ranges', () => {
  assert.deepEqual(numbersIn(' 7, 118-120 ;9–9\n3'), [7, 118, 119, 120, 9, 3]);
  assert.deepEqual(numbersIn(''), []);
  for (const text of ['x', '5-3', '-1', '1.5', '1-99999', '0x10', '1--2'])
    assert.throws(() => numbersIn(text), /is no number/);
  assert.throws(() => numbersIn('1-900, 1000-1900'), /it takes 1000/);
});
