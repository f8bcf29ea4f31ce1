import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Listed } from './listed.ts';
import { type LiveEvent, Minute, quantile } from './minute.ts';

const NOW = 1_800_000_000_000;

const listed = (seq: number): Listed => ({
  seq,
  began: seq,
  time: new Date(NOW).toISOString(),
  id: `req_${seq}`,
  caller: `clr_${seq}`,
  name: `caller ${seq}`,
  team: 't',
  model: 'm',
  upstream: 'u',
  operation: 'chat',
  outcome: 'completed',
  code: '',
  admin: false,
  status: 200,
  ms: seq % 100,
  guarding: 0,
  input: 1,
  output: 1,
  cost: '0.01',
});

const event = (requests: number, from: number): LiveEvent => ({
  next: 0,
  sums: [
    {
      model: 'm',
      outcome: 'completed',
      requests,
      input: 1,
      output: 1,
      cost: '0.50',
      ms: 4,
      slowest: 1,
      guarding: 1,
    },
    {
      model: 'm',
      outcome: 'blocked',
      requests: 1,
      input: 1,
      output: 0,
      cost: '0.00',
      ms: 4,
      slowest: 1,
      guarding: 1,
    },
  ],
  newest: Array.from({ length: 40 }, (_, at) => listed(from + at)),
});

test('a minute is added up by the second, and what is older is gone', () => {
  const minute = new Minute();
  minute.add(event(10, 0), NOW);
  minute.add(event(5, 100), NOW + 1000);
  const seconds = minute.seconds(NOW + 1000);
  assert.equal(seconds.length, 60);
  assert.deepEqual(
    seconds
      .slice(-2)
      .map(({ outcomes, requests, cost, ms, guarding }) => ({ outcomes, requests, cost, ms, guarding })),
    [
      { outcomes: { completed: 10, blocked: 1 }, requests: 11, cost: 0.5, ms: 8, guarding: 2 },
      { outcomes: { completed: 5, blocked: 1 }, requests: 6, cost: 0.5, ms: 8, guarding: 2 },
    ],
  );
  assert.deepEqual(minute.models(NOW + 1000), [{ id: 'm', name: 'm', requests: 17, stopped: 2, cost: 1 }]);
  assert.deepEqual(minute.models(NOW + 120_000), []);
  assert.equal(
    minute.seconds(NOW + 120_000).reduce((sum, { requests }) => sum + requests, 0),
    0,
  );
});

test('it stays as small whatever comes: a thousand a second for ten minutes', () => {
  const minute = new Minute();
  for (let quarter = 0; quarter < 2400; quarter += 1)
    minute.add(event(250, quarter * 40), NOW + quarter * 250);
  const end = NOW + 599_750;
  assert.equal(minute.newest.length, 20);
  assert.equal(minute.newest[0]?.seq, 2399 * 40 + 39);
  assert.equal(minute.callers(end).length, 12);
  assert.equal(minute.seconds(end).at(-2)?.requests, 1004);
});

test('quantiles are by the nearest rank', () => {
  assert.equal(quantile([], 0.5), null);
  assert.equal(quantile([7], 0.95), 7);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2);
  assert.equal(quantile([1, 2, 3, 4], 0.95), 4);
});
