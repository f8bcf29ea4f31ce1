import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../audit/entry.ts';
import type { JsonObject } from '../base/json.ts';
import { type UsageQuery, UsageReport, usageJson } from './usage.ts';

let seq = 0;
const entry = (kind: string, time: string, fields: JsonObject): Entry => ({
  seq: seq++,
  time: `2026-${time}.000Z`,
  prev: '',
  kind,
  fields,
});
const ann = { id: 'clr_1', name: 'ann', team: 'red', credential: 'key_1' };
const begin = (id: string, time: string, more: JsonObject = {}) =>
  entry('request.begin', time, {
    id,
    caller: ann,
    model: 'm',
    reserved: { input: 10, output: 100, cost: '0.50' },
    ...more,
  });
const end = (id: string, time: string, more: JsonObject) =>
  entry('request.end', time, { id, caller: ann, model: 'm', upstream: 'up', ...more });
const charge = (cost: string, more: JsonObject = {}) => ({
  charge: { input: 5, output: 7, basis: 'reported', cost, ...more },
});
function report(entries: readonly Entry[], query: UsageQuery = { by: [] }): UsageReport {
  const made = new UsageReport(query);
  for (const one of entries) made.add(one);
  return made;
}

test('costs are added exactly, whatever their number', () => {
  const entries = Array.from({ length: 10_000 }, (_, n) => [
    begin(`r${n}`, '01-01T00:00:00'),
    end(`r${n}`, '01-01T00:00:01', charge('0.000000001', { cached: 2, cacheWrite: 1, reasoning: 3 })),
  ]).flat();
  assert.deepEqual(usageJson(report(entries).total), {
    requests: 10_000,
    input: 50_000,
    cached: 20_000,
    cache_write: 10_000,
    output: 70_000,
    reasoning: 30_000,
    unpriced: 0,
    estimated: 0,
    cost: '0.00001',
  });
});

test('sorted by one thing or several, the dearest first', () => {
  const bob = { ...ann, id: 'clr_2', name: 'bob', team: 'blue' };
  const entries = [
    begin('1', '01-31T23:59:59'),
    begin('2', '02-01T00:00:00', { caller: bob }),
    end('1', '02-01T00:00:09', charge('0.10')),
    end('2', '02-01T00:00:09', { caller: bob, purpose: 'support', ...charge('0.30') }),
    begin('3', '02-02T00:00:00'),
    end('3', '02-02T00:00:01', charge('0.05')),
  ];
  const rows = (query: UsageQuery) =>
    report(entries, query)
      .rows()
      .map(({ of, sums }) => [...Object.values(of), usageJson(sums).cost]);
  assert.deepEqual(rows({ by: ['team'] }), [
    ['blue', '0.30'],
    ['red', '0.15'],
  ]);
  assert.deepEqual(
    rows({ by: ['month', 'caller'] }),
    [
      ['2026-02', 'bob', '0.30'],
      ['2026-01', 'ann', '0.10'],
      ['2026-02', 'ann', '0.05'],
    ],
    'a request belongs to the month in which it began',
  );
  assert.deepEqual(
    rows({ by: ['purpose'], since: '2026-02-01T00:00:00.000Z', until: '2026-02-02T00:00:00.000Z' }),
    [['support', '0.30']],
  );
});

test('what a killed process or a lost worker left open is counted as it was set aside', () => {
  const before = [
    begin('1', '01-01T00:00:00'),
    begin('2', '01-01T00:00:00'),
    end('2', '01-01T00:00:01', { usage: null, lost: 'worker' }),
    begin('3', '01-01T00:00:00'),
    end('3', '01-01T00:00:01', { charge: null }),
  ];
  const running = report(before);
  assert.deepEqual([running.open, running.total.requests, usageJson(running.total).cost], [1, 1, '0.50']);
  const restarted = report([...before, entry('system.start', '01-01T00:01:00', {})]);
  const { requests, estimated } = restarted.total;
  assert.deepEqual([restarted.open, requests, estimated], [0, 2, 2]);
  assert.equal(usageJson(restarted.total).cost, '1.00');
});

test('entries of versions before prices count as unpriced; a refusal is a request that costs nothing', () => {
  const { total } = report([
    begin('1', '01-01T00:00:00'),
    end('1', '01-01T00:00:01', { usage: { input: 3, output: 4 } }),
    entry('request.refused', '01-01T00:00:02', {
      id: '2',
      caller: ann,
      ...charge('0.00', { input: 0, output: 0 }),
    }),
    entry('request.refused', '01-01T00:00:02', { id: '3', code: 'credential_invalid' }),
  ]);
  assert.deepEqual([total.requests, total.unpriced, total.input, total.cost], [2, 1, 3, 0n]);
});

test('an answer that was kept is a request, as the counters have it', () => {
  const { total } = report([
    entry('request.answered', '01-01T00:00:00', {
      id: '1',
      caller: ann,
      ...charge('0.00', { input: 0, output: 0 }),
    }),
    entry('request.answered', '01-01T00:00:01', { id: '2', caller: ann, operation: 'openai.models' }),
  ]);
  assert.deepEqual([total.requests, total.cost], [1, 0n]);
});

test('callers who make up names do not make up rows without end', () => {
  const entries = Array.from({ length: 60_000 }, (_, n) =>
    end(`r${n}`, '01-01T00:00:01', { model: `m-${n}`, ...charge('0.01') }),
  );
  const made = report(entries, { by: ['model'] });
  assert.ok(made.rows().length <= 50_001);
  assert.equal(made.rows()[0]?.of.model, '(others)');
  assert.equal(usageJson(made.total).cost, '600.00');
});

test('what is settled after its request was archived takes nothing back', () => {
  const asked = [begin('1', '01-01T00:00:00'), end('1', '01-01T00:00:01', charge('0.50'))];
  const settled = [
    begin('2', '01-02T00:00:00'),
    end('2', '01-02T00:00:01', {
      ...charge('0.00', { input: 0, output: 0 }),
      settles: { request: '1', time: asked[0]?.time ?? '', ...charge('0.10'), instead_of: { cost: '0.50' } },
    }),
  ];
  const { total: whole } = report([...asked, ...settled]);
  assert.deepEqual([whole.requests, usageJson(whole).cost], [2, '0.10']);
  const { total: left } = report(settled);
  assert.deepEqual([left.requests, usageJson(left).cost], [1, '0.00']);
});
