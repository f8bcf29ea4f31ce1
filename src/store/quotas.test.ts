import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Usage } from '../exchange/exchange.ts';
import { Accounts } from '../policy/accounts.ts';
import type { Quota, Rate } from '../policy/policy.ts';
import type { Reservation } from './desk.ts';
import type { Quotas } from './quotas.ts';
import { openStore } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-quotas-'));
after(() => rmSync(folder, { recursive: true }));

const pepper = createSecretKey(Buffer.alloc(32, 1));
const MINUTE = 60_000;
let serial = 0;
function open(now = { ms: 1_000_000 }, file = join(folder, `${serial++}.sqlite`)) {
  const store = openStore(file, { pepper, clock: { now: () => now.ms, tick: () => 0 } });
  const desk = store.quotas as Quotas;
  const reserve = (rules: readonly Quota[], caller: Caller, model: string, used: Usage) =>
    desk.reserve(
      new Accounts({ quotas: rules, budgets: [] })
        .of(caller, model)
        .claims({ requests: 1, tokens: used.input + used.output, dollars: 0 }),
    );
  return { store, desk, reserve, now, file };
}
const callerOf = (id: string, team = 'web'): Caller => ({
  id,
  name: id,
  owner: '',
  team,
  roles: [],
  tags: {},
  credential: '',
});
const ann = callerOf('ann');
interface Rule extends Partial<Omit<Quota, 'rates' | 'id'>> {
  readonly requests?: number;
  readonly tokens?: number;
}
function quota({ requests, tokens: most, per = 'caller', ...fields }: Rule): Quota {
  const rate = (measure: Rate['measure'], limit: number): Rate => ({
    measure,
    limit,
    unit: 'minute',
    window: MINUTE,
  });
  const rates = [
    ...(requests === undefined ? [] : [rate('requests', requests)]),
    ...(most === undefined ? [] : [rate('tokens', most)]),
  ];
  return {
    id: per,
    per,
    rates,
    concurrency: undefined,
    callers: undefined,
    teams: undefined,
    models: undefined,
    ...fields,
  };
}
const tokens = (input: number, output = 0): Usage => ({ input, output });

test('200 at once: exactly as many as the quota says', async () => {
  const { reserve, store } = open();
  const rules = [quota({ requests: 150 }), quota({ per: 'team', tokens: 1000 })];
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return reserve(rules, ann, 'm', tokens(10));
    }),
  );
  assert.equal(
    results.filter(({ status }) => status === 'fulfilled').length,
    100,
    'tokens are the tighter one',
  );
  const codes = new Set(
    results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : [])),
  );
  assert.deepEqual([...codes], ['quota_tokens']);
  store.close();
});

test('all or nothing: what one quota refuses is not taken from the others', () => {
  const { reserve, store } = open();
  const rules = [quota({ requests: 10 }), quota({ per: 'model', tokens: 50 })];
  reserve(rules, ann, 'm', tokens(50));
  assert.throws(() => reserve(rules, ann, 'm', tokens(1)), { code: 'quota_tokens' });
  const held = reserve(rules, ann, 'other', tokens(1));
  assert.equal(held.headers()['x-ratelimit-remaining-requests'], '8');
  store.close();
});

test('settled by what was used, by the estimate where nobody said, given back where nothing was sent', () => {
  const { reserve, store } = open();
  const rules = [quota({ requests: 10, tokens: 100 })];
  const left = (held: Reservation) => held.headers()['x-ratelimit-remaining-tokens'];
  const one = reserve(rules, ann, 'm', tokens(20, 20));
  assert.equal(left(one), '60');
  one.settle({ tokens: 10 });
  assert.equal(left(one), '90');
  one.settle({ tokens: 50 });
  one.cancel();
  assert.equal(left(one), '90', 'once');
  const two = reserve(rules, ann, 'm', tokens(40));
  two.settle({});
  assert.equal(left(two), '50');
  const three = reserve(rules, ann, 'm', tokens(40));
  three.cancel();
  assert.equal(left(three), '50');
  assert.equal(three.headers()['x-ratelimit-remaining-requests'], '8');
  const four = reserve(rules, ann, 'm', tokens(1));
  four.settle({ tokens: 500 });
  assert.equal(left(four), '0', 'more than estimated counts');
  assert.throws(() => reserve(rules, ann, 'm', tokens(1)), { code: 'quota_tokens' });
  store.close();
});

test('a window starts with its first use, says when it ends, and then begins anew', () => {
  const { reserve, store, now } = open();
  const rules = [quota({ requests: 1 })];
  const held = reserve(rules, ann, 'm', tokens(0));
  assert.deepEqual(held.headers(), {
    'x-ratelimit-limit-requests': '1',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1m0s',
  });
  now.ms += 45_000;
  const refused = (error: Refusal) =>
    error.code === 'quota_requests' && error.retryAfter === 15 && error.status === 429;
  assert.throws(() => reserve(rules, ann, 'm', tokens(0)), refused);
  now.ms += 15_000;
  reserve(rules, ann, 'm', tokens(0));
  held.settle({});
  assert.throws(() => reserve(rules, ann, 'm', tokens(0)), { code: 'quota_requests' });
  store.close();
});

test('tokens beyond the estimate count even where the window of the estimate is over', () => {
  const { reserve, store, now } = open();
  const rules = [quota({ tokens: 100 })];
  const long = reserve(rules, ann, 'm', tokens(10));
  now.ms += 2 * MINUTE;
  long.settle({ tokens: 95 });
  assert.throws(() => reserve(rules, ann, 'm', tokens(20)), { code: 'quota_tokens' });
  const refund = reserve(rules, ann, 'm', tokens(15));
  now.ms += 2 * MINUTE;
  refund.settle({ tokens: 0 });
  assert.equal(
    reserve(rules, ann, 'm', tokens(100)).headers()['x-ratelimit-remaining-tokens'],
    '0',
    'no refund is carried over',
  );
  store.close();
});

test('a reservation that cannot be written is not flushed, however often it is asked', async () => {
  const { desk, reserve, store, file } = open();
  const held = new DatabaseSync(file, { timeout: 0 });
  held.exec('BEGIN IMMEDIATE');
  reserve([quota({ requests: 5 })], ann, 'm', tokens(0));
  await assert.rejects(desk.flushed());
  await assert.rejects(desk.flushed());
  held.exec('ROLLBACK');
  held.close();
  await desk.flushed();
  store.close();
});

test('a clock that is set back forgets nothing', () => {
  const { reserve, store, now } = open();
  const rules = [quota({ requests: 1 })];
  reserve(rules, ann, 'm', tokens(0));
  now.ms -= 3_600_000;
  assert.throws(() => reserve(rules, ann, 'm', tokens(0)), { code: 'quota_requests' });
  now.ms += MINUTE;
  reserve(rules, ann, 'm', tokens(0));
  store.close();
});

test('concurrency counts those at work, and gives each place back once', () => {
  const { reserve, store } = open();
  const rules = [quota({ concurrency: 2 })];
  const one = reserve(rules, ann, 'm', tokens(0));
  reserve(rules, ann, 'm', tokens(0));
  assert.throws(() => reserve(rules, ann, 'm', tokens(0)), { code: 'quota_concurrency' });
  reserve(rules, callerOf('bob'), 'm', tokens(0));
  one.settle({});
  one.cancel();
  reserve(rules, ann, 'm', tokens(0));
  assert.throws(() => reserve(rules, ann, 'm', tokens(0)), { code: 'quota_concurrency' });
  store.close();
});

test('scopes: by caller, team, model and both; only where named', () => {
  const { reserve, store } = open();
  const one = (rule: Quota, caller = ann, model = 'm') => reserve([rule], caller, model, tokens(0));
  const team = quota({ per: 'team', requests: 1 });
  one(team);
  assert.throws(() => one(team, callerOf('bob')));
  one(team, callerOf('bob', 'other'));
  const pair = quota({ per: 'caller+model', requests: 1 });
  one(pair);
  one(pair, ann, 'n');
  one(pair, callerOf('bob'));
  assert.throws(() => one(pair));
  const only = quota({ per: 'model', models: (name) => name === 'dear', requests: 1 });
  one(only);
  one(only);
  one(only, ann, 'dear');
  assert.throws(() => one(only, ann, 'dear'));
  store.close();
});

test('a request that can never fit is told so, without a time to wait', () => {
  const { reserve, store } = open();
  assert.throws(
    () => reserve([quota({ tokens: 100 })], ann, 'm', tokens(101)),
    (error: Refusal) => error.retryAfter === undefined && /ask for less/.test(error.message),
  );
  store.close();
});

test('what was used survives a restart, and a process that is killed once it is flushed', async () => {
  const rules = [quota({ requests: 3, tokens: 100 })];
  const first = open();
  first.reserve(rules, ann, 'm', tokens(30)).settle({ tokens: 10 });
  first.reserve(rules, ann, 'm', tokens(30));
  await first.desk.flushed();
  // The first is not closed: what another process reads now is what a kill would have left.
  const second = open(first.now, first.file);
  const held = second.reserve(rules, ann, 'm', tokens(1));
  assert.equal(held.headers()['x-ratelimit-remaining-requests'], '0');
  assert.equal(held.headers()['x-ratelimit-remaining-tokens'], '59');
  first.store.close();
  second.store.close();
});

test('agrees with a simple model of a quota, whatever happens in whatever order', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('reserve' as const), tokens: fc.nat(40) }),
    fc.record({ do: fc.constant('settle' as const), which: fc.nat(9), tokens: fc.nat(60) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat(9) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30_000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { reserve, store, now } = open();
      const rules = [quota({ requests: 5, tokens: 100 })];
      const model = { ends: 0, requests: 0, tokens: 0 };
      const held: { reservation: Reservation; window: number; tokens: number; open: boolean }[] = [];
      for (const act of steps) {
        if (act.do === 'wait') now.ms += act.ms;
        else if (act.do === 'reserve') {
          if (now.ms >= model.ends) Object.assign(model, { ends: now.ms + MINUTE, requests: 0, tokens: 0 });
          const fits = model.requests + 1 <= 5 && model.tokens + act.tokens <= 100;
          if (!fits) {
            assert.throws(() => reserve(rules, ann, 'm', tokens(act.tokens)));
            continue;
          }
          const reservation = reserve(rules, ann, 'm', tokens(act.tokens));
          held.push({ reservation, window: model.ends, tokens: act.tokens, open: true });
          model.requests += 1;
          model.tokens += act.tokens;
        } else {
          const one = held[act.which];
          if (one === undefined) continue;
          if (act.do === 'settle') one.reservation.settle({ tokens: act.tokens });
          else one.reservation.cancel();
          if (now.ms >= model.ends) Object.assign(model, { ends: now.ms + MINUTE, requests: 0, tokens: 0 });
          const change = act.do === 'settle' ? act.tokens - one.tokens : -one.tokens;
          if (one.open && (one.window === model.ends || change > 0)) {
            model.tokens = Math.max(0, model.tokens + change);
          }
          if (one.open && act.do === 'cancel' && one.window === model.ends) model.requests -= 1;
          one.open = false;
        }
      }
      store.close();
    }),
    { numRuns: 100 },
  );
});
