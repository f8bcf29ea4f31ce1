import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupsOf, hasMinutes, pointsOf, type Traffic } from './traffic.ts';

const row = (minute: number, model: string, outcome: string, p50: number): Traffic => ({
  time: new Date(minute * 60_000).toISOString(),
  model,
  outcome,
  requests: 2,
  cost: '0.25',
  ms: 40,
  guarding: 10,
  p50,
  p95: 2 * p50,
});

test('rows are added up by time and by model, and quiet minutes are points too', () => {
  const rows = [row(10, 'a', 'completed', 5), row(10, 'b', 'blocked', 9), row(13, 'a', 'completed', 1)];
  const { points, latency } = pointsOf(rows, 'minute');
  assert.deepEqual(
    points.map(({ time, requests, p50, ms, guarding }) => [time / 60, requests, p50, ms, guarding]),
    [
      [10, 4, 9, 80, 20],
      [11, 0, null, 0, 0],
      [12, 0, null, 0, 0],
      [13, 2, 1, 40, 10],
    ],
  );
  assert.deepEqual(points[0]?.outcomes, { completed: 2, blocked: 2 });
  assert.deepEqual(
    groupsOf(rows, ({ model }) => model, new Map([['b', 'B']])),
    [
      { id: 'a', name: 'a', requests: 4, cost: 0.5, stopped: 0 },
      { id: 'b', name: 'B', requests: 2, cost: 0.25, stopped: 2 },
    ],
  );
  assert.deepEqual(latency, { p50: 9, p95: 18 });
  assert.deepEqual(pointsOf([], 'hour').points, []);
});

test('minutes are asked for where the gateway has them', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  for (const since of ['24h', '90 m', '1.5d', '2026-11-21', '2026-11-22T11:00:00+01:00'])
    assert.ok(hasMinutes(since, now), since);
  for (const since of ['7d', '48h', '2026-11-20', 'soon', '3 fortnights'])
    assert.ok(!hasMinutes(since, now), since);
});
