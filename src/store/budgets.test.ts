import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import { Accounts } from '../policy/accounts.ts';
import { readBudgets } from '../policy/budget.ts';
import type { BudgetEntry } from '../policy/budget-schema.ts';
import type { BudgetAlert } from './desk.ts';
import type { Quotas } from './quotas.ts';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-budgets-'));
after(() => rmSync(folder, { recursive: true }));

const pepper = createSecretKey(Buffer.alloc(32, 1));
const DOLLAR = 1_000_000_000;
const START = Date.parse('2026-11-21T12:00:00Z');
let serial = 0;
function open(now = { ms: START }, file = join(folder, `${serial++}.sqlite`)) {
  const store = openStore(file, { pepper, clock: { now: () => now.ms, tick: () => 0 } });
  const desk = store.quotas as Quotas;
  const alerts: BudgetAlert[] = [];
  desk.onAlert = async (alert) => void alerts.push(alert);
  const reserve = (entries: BudgetEntry[], cost: number, caller: Partial<Caller> = {}) =>
    desk.reserve(
      new Accounts({ quotas: [], budgets: budgets(entries) })
        .of({ ...ann, ...caller }, 'm')
        .claims({ requests: 1, tokens: 0, dollars: cost }),
    );
  const used = (counter: string, calendar: 'day' | 'month') =>
    desk.used([{ counter, window: { calendar } }])[0];
  return { store, desk, reserve, alerts, used, now, file };
}
const ann: Caller = {
  id: 'ann',
  name: 'ann',
  owner: '',
  team: 'web',
  roles: [],
  tags: {},
  credential: 'key1',
};
const budgets = (entries: BudgetEntry[]) => readBudgets(() => assert.fail('no error is expected'), entries);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('1000 at once: never a billionth of a dollar over, and none lost', async () => {
  const { reserve, used, store } = open();
  const rules: BudgetEntry[] = [{ per: 'team', dollars: '1/month' }];
  let held = 0;
  let spent = 0;
  let refused = 0;
  await Promise.all(
    Array.from({ length: 1000 }, async (_, n) => {
      const most = 3_333_333 + n;
      await settled();
      try {
        const reservation = reserve(rules, most);
        held += most;
        assert.ok(held + spent <= DOLLAR, 'what is set aside and what is spent stay within the budget');
        await settled();
        const cost = Math.floor(most / 7);
        held -= most;
        if (n % 10 === 0) reservation.cancel();
        else {
          reservation.settle({ dollars: cost });
          spent += cost;
        }
      } catch (error) {
        refused += 1;
        assert.equal((error as Refusal).code, 'quota_dollars');
      }
    }),
  );
  assert.ok(refused > 0 && spent > 0);
  assert.equal(used('dollars a month, team: web', 'month'), spent);
  store.close();
});

test('all that fit hold, and what one refuses is not taken from another', () => {
  const { reserve, used, store } = open();
  const rules: BudgetEntry[] = [
    { per: 'organisation', dollars: '10/month' },
    { per: 'team', dollars: '5/month' },
    { per: 'key', dollars: ['1/day', '3/month'] },
  ];
  reserve(rules, DOLLAR).settle({ dollars: DOLLAR });
  assert.throws(() => reserve(rules, 1), { code: 'quota_dollars' });
  reserve(rules, DOLLAR, { credential: 'key2' });
  reserve(rules, DOLLAR, { credential: 'key3', team: 'other', tags: { organisation: 'acme' } });
  assert.equal(used('dollars a month, organisation: ', 'month'), 2 * DOLLAR);
  assert.equal(used('dollars a month, organisation: acme', 'month'), DOLLAR);
  assert.equal(used('dollars a month, team: web', 'month'), 2 * DOLLAR);
  assert.equal(used('dollars a day, key: key1 ann', 'day'), DOLLAR);
  store.close();
});

test('a window of the calendar ends when its month does, and says so', () => {
  const { reserve, now, store } = open();
  const rules: BudgetEntry[] = [{ per: 'caller', dollars: '1/month' }];
  const long = reserve(rules, DOLLAR);
  const seconds = (Date.parse('2026-12-01T00:00:00Z') - START) / 1000;
  assert.throws(
    () => reserve(rules, 1),
    (error: Refusal) => error.status === 429 && error.retryAfter === seconds,
  );
  assert.throws(
    () => reserve(rules, DOLLAR + 1),
    (error: Refusal) =>
      error.retryAfter === undefined && /\$1\.000000001, more than the \$1\.00 of/.test(error.message),
  );
  now.ms += seconds * 1000;
  reserve(rules, DOLLAR - 100);
  long.settle({ dollars: 0 });
  assert.throws(() => reserve(rules, 101), { code: 'quota_dollars' }, 'nothing comes back from last month');
  reserve(rules, 100);
  store.close();
});

test('alerts are told once in each window, of what is spent and not of what is set aside', async () => {
  const { reserve, alerts, now, desk, store, file } = open();
  const rules: BudgetEntry[] = [{ per: 'team', dollars: '1/day', alerts: ['50%', '80%', '100%'] }];
  const big = reserve(rules, DOLLAR);
  big.settle({ dollars: DOLLAR / 2 - 1 });
  assert.deepEqual(alerts, []);
  for (let n = 0; n < 3; n++) reserve(rules, 10).settle({ dollars: 1 });
  assert.deepEqual(
    alerts.map(({ percent, owner, spent, limit }) => [percent, owner, spent, limit]),
    [[50, 'web', DOLLAR / 2, DOLLAR]],
  );
  await settled();
  await desk.flushed();
  const next = open(now, file);
  next.reserve(rules, 1000).settle({ dollars: DOLLAR / 2 });
  assert.deepEqual(
    next.alerts.map(({ percent }) => percent),
    [80, 100],
    'a restart remembers the first',
  );
  now.ms += 86_400_000;
  next.reserve(rules, DOLLAR).settle({ dollars: DOLLAR });
  assert.equal(next.alerts.length, 5, 'a new day');
  store.close();
  next.store.close();
});

test('an alert that cannot be recorded is told again', async () => {
  const { reserve, desk, store } = open();
  const rules: BudgetEntry[] = [{ per: 'team', dollars: '1/day', alerts: ['50%'] }];
  let tries = 0;
  desk.onAlert = async () => {
    tries += 1;
    if (tries < 3) throw new Error('the ledger cannot be written');
  };
  for (let n = 0; n < 5; n++) {
    reserve(rules, DOLLAR / 10).settle({ dollars: n === 0 ? DOLLAR / 2 : 1 });
    await settled();
  }
  assert.equal(tries, 3);
  store.close();
});

test('what a killed process had set aside stays set aside', async () => {
  const first = open();
  const rules: BudgetEntry[] = [{ per: 'key', dollars: '1/month' }];
  first.reserve(rules, DOLLAR / 4).settle({ dollars: 7 });
  first.reserve(rules, DOLLAR / 2);
  await first.desk.flushed();
  const second = open(first.now, first.file);
  assert.equal(second.used('dollars a month, key: key1 ann', 'month'), DOLLAR / 2 + 7);
  assert.throws(() => second.reserve(rules, DOLLAR / 2), { code: 'quota_dollars' });
  second.reserve(rules, DOLLAR / 2 - 7);
  first.store.close();
  second.store.close();
});

test('whatever is reserved, settled and cancelled, the counter is the sum of what was settled', () => {
  const amount = fc.integer({ min: 0, max: 2_000_000_000 });
  const act = fc.record({ most: amount, cost: amount, cancel: fc.boolean() });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { reserve, used, store } = open();
      const rules: BudgetEntry[] = [{ per: 'model', dollars: '5000000/month' }];
      let sum = 0;
      const all = acts.map(({ most, cost, cancel }) => ({ held: reserve(rules, most), cost, cancel }));
      for (const { held, cost, cancel } of all.reverse()) {
        if (cancel) held.cancel();
        else {
          held.settle({ dollars: cost });
          sum += cost;
        }
      }
      assert.equal(used('dollars a month, model: m', 'month'), sum);
      store.close();
    }),
    { numRuns: 30 },
  );
});
