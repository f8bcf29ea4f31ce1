import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Breaker, type BreakerState, type Verdict } from './breaker.ts';

const SETTINGS = { failures: 0.5, window: 1000, attempts: 4, pause: 500 };

function lab() {
  let now = 0;
  const changes: BreakerState[] = [];
  const breaker = new Breaker(
    () => now,
    (state) => void changes.push(state),
  );
  return {
    breaker,
    changes,
    pass: (ms: number) => {
      now += ms;
    },
    wait: () => breaker.wait(SETTINGS),
    /** One attempt, if one may be made. */
    attempt(verdict: Verdict): boolean {
      if (breaker.wait(SETTINGS) > 0) return false;
      const tried = breaker.state !== 'closed';
      breaker.begin();
      breaker.end(verdict, tried, SETTINGS);
      return true;
    },
  };
}

test('too great a share of failures opens it, and not before there are enough attempts', () => {
  const { breaker, changes, attempt, wait } = lab();
  for (const verdict of ['failed', 'failed', 'failed'] as const) attempt(verdict);
  assert.equal(breaker.state, 'closed');
  attempt('failed');
  assert.deepEqual([breaker.state, changes], ['open', ['open']]);
  assert.equal(wait(), 500);
  assert.equal(attempt('fine'), false);
});

test('a smaller share leaves it closed, and what is neither does not count', () => {
  const { breaker, attempt } = lab();
  for (let i = 0; i < 50; i++) {
    attempt('fine');
    attempt('neither');
    attempt('fine');
    attempt('failed');
  }
  assert.equal(breaker.state, 'closed');
});

test('failures that are long past are forgotten', () => {
  const { breaker, attempt, pass } = lab();
  for (let i = 0; i < 20; i++) {
    attempt('failed');
    attempt('failed');
    attempt('failed');
    pass(1001);
  }
  assert.equal(breaker.state, 'closed');
});

test('after the pause one attempt may try; its end decides', () => {
  const { breaker, changes, attempt, pass, wait } = lab();
  for (let i = 0; i < 4; i++) attempt('failed');
  pass(500);
  assert.equal(wait(), 0);
  breaker.begin();
  assert.equal(breaker.state, 'half-open');
  assert.equal(wait(), Number.POSITIVE_INFINITY, 'one at a time');
  breaker.end('failed', true, SETTINGS);
  assert.equal(wait(), 500, 'open again, for a whole pause');
  pass(500);
  attempt('fine');
  assert.deepEqual(
    [breaker.state, changes],
    ['closed', ['open', 'half-open', 'open', 'half-open', 'closed']],
  );
  attempt('failed');
  assert.equal(breaker.state, 'closed', 'it counts anew');
});

test('a try whose client went away leaves the try to the next one', () => {
  const { breaker, attempt, pass } = lab();
  for (let i = 0; i < 4; i++) attempt('failed');
  pass(500);
  attempt('neither');
  assert.equal(breaker.state, 'half-open');
  assert.equal(attempt('fine'), true);
  assert.equal(breaker.state, 'closed');
});

test('attempts from before it opened say nothing after', () => {
  const { breaker, attempt } = lab();
  breaker.begin();
  for (let i = 0; i < 4; i++) attempt('failed');
  breaker.end('fine', false, SETTINGS);
  assert.equal(breaker.state, 'open');
});
