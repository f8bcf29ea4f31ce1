import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Challenges } from './challenges.ts';

function onHand(life = 1000) {
  const time = { now: 1_800_000_000_000 };
  return { time, challenges: new Challenges({ now: () => time.now, tick: () => time.now }, life) };
}

test('a challenge is good once, for its purpose, for its time, where it was made', () => {
  const { time, challenges } = onHand();
  const one = challenges.make('a');
  assert.ok(challenges.holds(one, 'a') && !challenges.holds(one, 'b'));
  assert.ok(!onHand().challenges.holds(one, 'a'), 'another process has another key');
  assert.ok(!challenges.use(one, 'b') && challenges.use(one, 'a') && !challenges.use(one, 'a'));
  assert.ok(!challenges.holds(one, 'a'));
  const late = challenges.make('a');
  time.now += 999;
  assert.ok(challenges.holds(late, 'a'));
  time.now += 1;
  assert.ok(!challenges.holds(late, 'a') && !challenges.use(late, 'a'));
  assert.notEqual(challenges.make('a'), challenges.make('a'));
});

test('no change of any character holds, and what was used cannot be written in another way', () => {
  const { challenges } = onHand();
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n';
  fc.assert(
    fc.property(fc.nat(51), fc.nat(letters.length - 1), fc.boolean(), (at, letter, used) => {
      const one = challenges.make('a');
      if (used) challenges.use(one, 'a');
      const changed = one.slice(0, at) + letters[letter] + one.slice(at + 1);
      assert.equal(challenges.holds(changed, 'a'), !used && changed === one);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => !challenges.holds(text, 'a')));
});

test('what was used is remembered until it has ended, and no longer', () => {
  const { time, challenges } = onHand();
  for (let i = 0; i < 20_000; i += 1) challenges.use(challenges.make('a'), 'a');
  assert.throws(() => challenges.use(challenges.make('a'), 'a'), { code: 'overloaded' });
  time.now += 1000;
  assert.ok(challenges.use(challenges.make('a'), 'a'));
});
