import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../base/refusal.ts';
import { Waiting } from './waiting.ts';

const refused = (error: unknown) => error instanceof Refusal && error.code === 'sign_in_refused';

test('a token is good for so long, for five tries, and not after it was used', () => {
  const time = { now: 0 };
  const waiting = new Waiting<string>({ now: () => time.now, tick: () => time.now }, 1000);
  const token = waiting.open('ann', 'ann');
  for (let i = 0; i < 5; i += 1) {
    assert.equal(waiting.get(token), 'ann');
    assert.equal(waiting.try(token), 'ann');
  }
  assert.throws(() => waiting.try(token), refused);
  const used = waiting.open('bob', 'bob');
  waiting.close(used);
  assert.throws(() => waiting.get(used), refused);
  const late = waiting.open('cid', 'cid');
  time.now = 1000;
  assert.throws(() => waiting.get(late), refused);
  assert.throws(() => waiting.get(''), refused);
});

test('whoever begins again and again pushes out nobody else', () => {
  const waiting = new Waiting<number>({ now: () => 0, tick: () => 0 }, 1000);
  const ann = waiting.open(-1, 'ann');
  const bobs = Array.from({ length: 5000 }, (_, at) => waiting.open(at, 'bob'));
  assert.equal(waiting.get(ann), -1);
  for (const late of bobs.slice(-8)) waiting.get(late);
  assert.throws(() => waiting.get(bobs.at(-9) ?? ''), refused);
});

test('so many wait at once, and the oldest gives way', () => {
  const waiting = new Waiting<number>({ now: () => 0, tick: () => 0 }, 1000);
  const tokens = Array.from({ length: 2001 }, (_, at) => waiting.open(at, `${at}`));
  assert.throws(() => waiting.get(tokens[0] ?? ''), refused);
  assert.equal(waiting.get(tokens[1] ?? ''), 1);
  assert.equal(waiting.get(tokens.at(-1) ?? ''), 2000);
});
