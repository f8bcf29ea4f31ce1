import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptOf, Throttle } from './throttle.ts';

const at = (account: string, network = 'net'): AttemptOf => ({ account, network });

function throttle() {
  const time = { now: 0 };
  return { time, throttle: new Throttle(() => time.now) };
}

test('three wrong answers are free; then the wait doubles, up to a quarter of an hour', () => {
  const { time, throttle: one } = throttle();
  const waits: number[] = [];
  for (let i = 0; i < 16; i += 1) {
    let wait = one.begin(at('ann', `net ${i}`));
    waits.push(wait);
    while (wait > 0) {
      time.now += wait;
      wait = one.begin(at('ann', `net ${i}`));
    }
  }
  const doubling = Array.from({ length: 10 }, (_, i) => 1000 * 2 ** i);
  assert.deepEqual(waits, [0, 0, 0, ...doubling, 900_000, 900_000, 900_000]);
});

test('a wait is no attempt: who asks all the time waits no longer', () => {
  const { time, throttle: one } = throttle();
  for (let i = 0; i < 3; i += 1) assert.equal(one.begin(at('ann')), 0);
  for (let i = 0; i < 100; i += 1) assert.equal(one.begin(at('ann')), 1000);
  time.now += 1000;
  assert.equal(one.begin(at('ann')), 0);
});

test('what was right does not count, and the step after it need not wait', () => {
  const { time, throttle: one } = throttle();
  for (let i = 0; i < 5; i += 1) {
    time.now += one.begin(at('ann'));
    if (i >= 3) one.begin(at('ann'));
  }
  time.now += one.begin(at('ann'));
  assert.equal(one.begin(at('ann')), 0);
  one.right(at('ann'));
  assert.equal(one.begin(at('ann')), 0);
  one.right(at('ann'));
  for (let i = 0; i < 100; i += 1) {
    assert.equal(one.begin(at('bob', 'other')), 0);
    one.right(at('bob', 'other'));
  }
});

test('whoever is in clears their account, and not their network', () => {
  const { throttle: one } = throttle();
  for (let i = 0; i < 20; i += 1) {
    assert.equal(one.begin(at(`victim ${i}`)), 0);
    one.passed(at(`victim ${i}`));
  }
  assert.equal(one.begin(at('one more')), 1000);
  assert.equal(one.begin(at('one more', 'elsewhere')), 0);
});

test('what an owner’s own networks say is counted apart, and all is forgotten after an hour', () => {
  const { time, throttle: one } = throttle();
  for (let i = 0; i < 3; i += 1) one.begin(at('ann', 'evil'));
  assert.ok(one.begin(at('ann', 'evil')) > 0);
  assert.equal(one.begin(at('ann home', 'home')), 0);
  time.now += 3_600_000;
  assert.equal(one.begin(at('ann', 'evil')), 0);
});

test('what is remembered is bounded: the ones that were quiet longest give way', () => {
  const { throttle: one } = throttle();
  for (let i = 0; i < 3; i += 1) one.begin(at('first', 'first'));
  assert.ok(one.begin(at('first', 'first')) > 0);
  for (let i = 0; i < 10_000; i += 1) one.begin(at(`account ${i}`, `network ${i}`));
  assert.equal(one.begin(at('first', 'first')), 0);
});
