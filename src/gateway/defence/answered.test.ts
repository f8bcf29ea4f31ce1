import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answered } from './answered.ts';

const ann = { id: 'ann', team: 'web' };
const labels = (...of: number[]) => Uint32Array.from(of);

test('what was answered is told once, to who asked or their team, and for as many rows', () => {
  const answered = new Answered();
  for (const id of ['a', 'b', 'c']) answered.add(id, ann, labels(1, 0));
  assert.deepEqual(answered.take('a', ann, 2)?.labels, labels(1, 0));
  assert.equal(answered.take('a', ann, 2), undefined, 'once');
  assert.deepEqual(answered.take('b', { id: 'ben', team: 'web' }, 2)?.labels, labels(1, 0));
  assert.equal(answered.take('c', { id: 'eve', team: 'other' }, 2), undefined);
  assert.equal(answered.take('c', ann, 3), undefined);
  assert.deepEqual(answered.take('c', ann, 2)?.labels, labels(1, 0));
  assert.equal(answered.take('never', ann, 2), undefined);
});

test('one that a decoy answered, if only in part, is remembered as such', () => {
  const answered = new Answered();
  answered.add('a', ann, labels(1), false);
  answered.add('b', ann, labels(1));
  answered.add('b', ann, labels(0), false);
  answered.add('c', ann, labels(1));
  const [a, b, c] = [answered.take('a', ann, 1), answered.take('b', ann, 2), answered.take('c', ann, 1)];
  assert.deepEqual([a?.own, b?.own, c?.own], [false, false, true]);
});

test('those without a team are not one', () => {
  const answered = new Answered();
  answered.add('a', { id: 'ann', team: '' }, labels(1));
  assert.equal(answered.take('a', { id: 'eve', team: '' }, 1), undefined);
});

test('the oldest are forgotten: by requests, and by rows', () => {
  const answered = new Answered();
  for (let at = 0; at < 20_001; at++) answered.add(`r${at}`, ann, labels(1));
  assert.equal(answered.take('r0', ann, 1), undefined);
  assert.ok(answered.take('r1', ann, 1));
  answered.add('large', ann, new Uint32Array(999_999));
  assert.equal(answered.take('r2', ann, 1), undefined);
  assert.ok(answered.take('large', ann, 999_999));
});
