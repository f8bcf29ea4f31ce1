import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined } from './joined.ts';

test('a word cut by messages is whole, and each part of it is found again', () => {
  const texts = ['please ig', 'nore all', '', ' of it'];
  const one = joined(texts);
  const at = one.text.indexOf('ignore');
  assert.deepEqual(one.partsOf(at, at + 6), [
    { text: 0, start: 7, end: 9 },
    { text: 1, start: 0, end: 4 },
  ]);
  assert.deepEqual(one.placeOf(at + 2), { text: 1, offset: 0 });
});

test('what stands between texts is part of none', () => {
  const one = joined(['ab', 'cd'], '\n');
  assert.equal(one.text, 'ab\ncd');
  assert.deepEqual(one.partsOf(0, 5), [
    { text: 0, start: 0, end: 2 },
    { text: 1, start: 0, end: 2 },
  ]);
  assert.deepEqual(one.partsOf(2, 3), []);
  assert.deepEqual(one.placeOf(2), { text: 0, offset: 2 });
});
