import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { requestId } from '../base/ids.ts';
import { type ExchangeQuery, findExchange, searchEvents, searchExchanges } from './search.ts';
import { Entries } from './testing.ts';
import { HOUR, MINUTE } from './traffic.ts';
import { Views } from './views.ts';

const START = Date.UTC(2026, 10, 21, 12);

function opened(t: TestContext, file = fileOf(t)) {
  const views = Views.open(file, 'ledger', Number.MAX_SAFE_INTEGER);
  t.after(() => views.close());
  return views;
}

function fileOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-views-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'views.sqlite');
}

const ann = { id: 'clr_ann', name: 'ann', team: 'web' };

test('an exchange is both of its entries', (t) => {
  const views = opened(t);
  const entries = new Entries();
  const id = requestId(START);
  const inspected = (reason: string) => ({ guards: { pii: { ran: 1, findings: [{ reason }, { reason }] } } });
  entries.add(START, 'system.start');
  entries.add(START, 'request.begin', {
    id,
    caller: ann,
    model: 'gpt',
    upstream: 'openai',
    operation: 'openai.chat',
    inspected: inspected('pii.email'),
  });
  const end = {
    id,
    begin: 1,
    outcome: 'cut',
    code: 'reply_blocked',
    status: 200,
    ms: 42.5,
    guarding: 3.5,
    charge: { input: 3, output: 4, cost: '0.0012' },
    inspected: inspected('secrets.aws'),
  };
  const [closed] = [entries.add(START + 50, 'request.end', end)];
  assert.deepEqual(views.take(entries.all.slice(0, 2)), []);
  const [exchange] = views.take([closed]);
  assert.deepEqual(exchange, {
    seq: 2,
    began: 1,
    time: START,
    id,
    caller: 'clr_ann',
    name: 'ann',
    team: 'web',
    model: 'gpt',
    upstream: 'openai',
    operation: 'openai.chat',
    outcome: 'cut',
    code: 'reply_blocked',
    admin: false,
    status: 200,
    ms: 42.5,
    guarding: 3.5,
    input: 3,
    output: 4,
    cost: 1_200_000,
    reasons: ['pii.email', 'secrets.aws'],
  });
  const { reasons, ...rest } = exchange ?? assert.fail();
  assert.deepEqual(findExchange(views, id), { ...rest, findings: reasons.length });
  assert.equal(findExchange(views, requestId(START)), undefined);
  assert.equal(findExchange(views, "' OR 1=1"), undefined);
  const page = searchExchanges(views, { reason: 'pii.email', limit: 10 });
  assert.deepEqual([page.rows.map(({ seq }) => seq), page.next], [[2], undefined]);
  assert.deepEqual(searchExchanges(views, { reason: 'pii.phone', limit: 10 }).rows, []);
  assert.deepEqual(searchEvents(views, { limit: 5 }).rows, [
    { seq: 0, time: START, kind: 'system.start', caller: '' },
  ]);
});

test('a batch that does not fit changes nothing, and the next one does', (t) => {
  const views = opened(t);
  const entries = new Entries();
  for (let i = 0; i < 4; i++) entries.exchange(START + i, requestId(START + i), { caller: ann });
  views.take(entries.all.slice(0, 3));
  assert.throws(() => views.take([...entries.all.slice(3, 5), ...entries.all.slice(6)]), RangeError);
  assert.equal(views.next, 3);
  views.take(entries.all.slice(3));
  assert.equal(searchExchanges(views, { limit: 10 }).rows.length, 4);
  const requests = views.traffic.minutes(START, START + MINUTE, 10).map((minute) => minute.requests);
  assert.deepEqual(requests, [4]);
});

test('a restart goes on where it was; what is damaged, or of another ledger, is begun anew', (t) => {
  const file = fileOf(t);
  const entries = new Entries();
  entries.exchange(START, requestId(START), { caller: ann });
  entries.exchange(START, requestId(START), { caller: ann });
  const first = Views.open(file, 'ledger', 100);
  first.take(entries.all.slice(0, 3));
  first.setCursor('feeds', 2);
  first.close();
  const second = Views.open(file, 'ledger', 100);
  assert.deepEqual([second.next, second.cursor('feeds'), second.cursor('other')], [3, 2, 0]);
  const [exchange] = second.take(entries.all.slice(3));
  assert.equal(exchange?.caller, 'clr_ann', 'the first entry was remembered');
  second.close();
  for (const open of [() => Views.open(file, 'another', 100), () => Views.open(file, 'another', 3)]) {
    const views = open();
    assert.equal(views.next, 0);
    views.take(entries.all);
    views.close();
  }
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, 5000).fill(7, 200));
  const anew = opened(t, file);
  assert.equal(anew.next, 0);
});

test('traffic is added up by minute and by hour', (t) => {
  const views = opened(t);
  const entries = new Entries();
  const charge = { input: 10, output: 5, cost: '1.00' };
  for (let i = 0; i < 90; i++)
    entries.exchange(
      START + i * MINUTE,
      requestId(START),
      { caller: ann, model: 'gpt' },
      { charge, ms: i === 0 ? 1000 : 10, guarding: 2, outcome: i % 2 === 0 ? 'completed' : 'blocked' },
    );
  for (const entry of entries.all) views.take([entry]);
  const hours = views.traffic.hours(START, START + 2 * HOUR, 100);
  assert.deepEqual(
    hours.map(({ time, caller, ms, guarding, outcome, requests, cost }) => [
      time,
      caller,
      ms,
      guarding,
      outcome,
      requests,
      cost,
    ]),
    [
      [START, 'clr_ann', 1290, 60, 'completed', 30, 30e9],
      [START, 'clr_ann', 300, 60, 'blocked', 30, 30e9],
      [START + HOUR, 'clr_ann', 150, 30, 'completed', 15, 15e9],
      [START + HOUR, 'clr_ann', 150, 30, 'blocked', 15, 15e9],
    ],
  );
  const minutes = views.traffic.minutes(START, START + HOUR, 1000);
  assert.equal(minutes.length, 60);
  const slow = minutes[0]?.latencies.quantile(0.5) ?? 0;
  assert.ok(slow > 800 && slow < 1250, `${slow}`);
});

test('whatever is asked, what is found is what fits, newest first, page by page', (t) => {
  const views = opened(t);
  const entries = new Entries();
  const callers = ['clr_a', 'clr_b', 'clr_c'];
  const outcomes = ['completed', 'refused', 'blocked', 'failed', 'cut'];
  for (let i = 0; i < 300; i++) {
    const caller = callers[(i * 7) % 3] ?? '';
    entries.exchange(
      START + i * 7000,
      requestId(START + i * 7000),
      { caller: { id: caller, name: caller, team: i % 2 === 0 ? 'x' : 'y' }, model: `m${i % 4}` },
      {
        outcome: outcomes[(i * i) % 5] ?? '',
        ...(i % 10 === 0 && { inspected: { guards: { g: { findings: [{ reason: 'r' }] } } } }),
      },
    );
  }
  const exchanges = views.take(entries.all).toReversed();
  const one = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
  const query = fc.record({
    caller: one(...callers, 'clr_nobody'),
    outcome: one(...outcomes),
    team: one('x', 'y'),
    model: one('m0', 'm3'),
    reason: one('r'),
    since: one(START + 5 * MINUTE, START + 20 * MINUTE),
    until: one(START + 10 * MINUTE, START + 25 * MINUTE),
    limit: fc.constantFrom(1, 7, 400),
  });
  const fits = (wanted: ExchangeQuery) =>
    exchanges.filter(
      (exchange) =>
        (['caller', 'outcome', 'team', 'model'] as const).every(
          (name) => wanted[name] === undefined || wanted[name] === exchange[name],
        ) &&
        (wanted.reason === undefined || exchange.reasons.includes(wanted.reason)) &&
        exchange.time + 10 >= (wanted.since ?? 0) &&
        exchange.time + 10 < (wanted.until ?? Number.POSITIVE_INFINITY),
    );
  fc.assert(
    fc.property(query, (wanted) => {
      const found: number[] = [];
      let before: number | undefined;
      do {
        const page = searchExchanges(views, { ...wanted, before });
        assert.ok(page.rows.length <= wanted.limit);
        found.push(...page.rows.map(({ seq }) => seq));
        before = page.next;
      } while (before !== undefined);
      assert.deepEqual(
        found,
        fits(wanted).map(({ seq }) => seq),
      );
    }),
    { numRuns: 60 },
  );
});
