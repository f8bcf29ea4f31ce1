import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../base/clock.ts';
import { isObject } from '../base/json.ts';
import { Refusal } from '../base/refusal.ts';
import { initLedger, ledgerPaths } from '../ledger/init.ts';
import { Ledger } from '../ledger/ledger.ts';
import { listSegments, segmentEntries } from '../ledger/read.ts';
import type { Claim } from '../policy/claim.ts';
import { openStore, type Store } from '../store/store.ts';
import { resumeSettlements } from './settlements.ts';

const pepper = createSecretKey(Buffer.alloc(32, 1));
const WINDOW = { calendar: 'month' } as const;
const ESTIMATE = { tokens: 1000, dollars: 5000 };
/** What the answer used: more than was set aside in one measure, less in the other. */
const USED = { tokens: 1600, dollars: 70 };

const claims = (n: number): Claim[] =>
  (['tokens', 'dollars'] as const).map((measure) => ({
    kind: 'count',
    counter: `${measure} ${n}`,
    window: WINDOW,
    measure,
    amount: 2 * ESTIMATE[measure],
  }));

/** Ledger and store on disk, as one process after the other has them. */
async function place() {
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-settle-'));
  const { folder } = ledgerPaths(data);
  const { keys } = await initLedger({ data, clock: systemClock });
  const open = async () => {
    const ledger = await Ledger.open({ folder, keys, clock: systemClock, segmentBytes: 4096 });
    const store = openStore(join(data, 'store.sqlite'), { pepper, clock: systemClock });
    await resumeSettlements(store, folder);
    return { ledger, store };
  };
  /** How often the ledger settles each answer. */
  const settled = async () => {
    const found: Record<string, number> = {};
    for (const { file } of await listSegments(folder))
      for await (const { entry } of segmentEntries(folder, file)) {
        const { settles } = entry.fields;
        if (isObject(settles)) found[String(settles.request)] = (found[String(settles.request)] ?? 0) + 1;
      }
    return found;
  };
  return { open, settled, close: () => rm(data, { recursive: true }) };
}

const used = (store: Store, n: number) =>
  store.quotas.used([
    { counter: `tokens ${n}`, window: WINDOW },
    { counter: `dollars ${n}`, window: WINDOW },
  ]);
const amounts = ({ tokens, dollars }: typeof USED) => [tokens, dollars];

/** Where the process dies while somebody asks for an answer. */
const DEATHS = ['never', 'after it is taken', 'after the entry', 'after all'] as const;
const step = fc.record({ answer: fc.nat(2), dies: fc.constantFrom(...DEATHS) });

test('an answer is settled once, whenever and however often processes die', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
      const at = await place();
      let { ledger, store } = await at.open();
      let serial = 0;
      /** Somebody asks for the answer; true where the process has to die. */
      const ask = async (n: number, dies: (typeof DEATHS)[number]): Promise<boolean> => {
        const request = `req_${++serial}`;
        const { seq } = await ledger.append({ kind: 'request.begin', id: request });
        const key = store.background.key(`resp_${n}`);
        const owed = await store.quotas.take(key, { request, begin: seq, used: USED });
        if (dies === 'after it is taken') return true;
        const settles = owed && { ...owed.account, charge: {}, instead_of: owed.charge };
        await ledger.append({ kind: 'request.end', id: request, ...(settles && { settles }) });
        if (dies === 'after the entry') return true;
        if (owed !== undefined) await store.quotas.finish(key);
        return dies === 'after all';
      };
      try {
        for (const n of [0, 1, 2]) {
          const answer = {
            key: store.background.key(`resp_${n}`),
            caller: 'c',
            upstream: 'u',
            model: 'm',
            as: 'm',
          };
          const owed = { account: { request: `asked_${n}` }, charge: {}, charged: ESTIMATE };
          const reservation = await store.quotas.reserve(claims(n));
          await reservation.defer(answer, ESTIMATE, owed);
        }
        for (const { answer, dies } of steps) {
          if (!(await ask(answer, dies))) continue;
          // What it had in memory is gone; its files are let go of for the next one.
          await ledger.close();
          ({ ledger, store } = await at.open());
          const settled = await at.settled();
          for (const n of [0, 1, 2]) {
            const once = settled[`asked_${n}`] ?? 0;
            assert.ok(once <= 1);
            assert.deepEqual(await used(store, n), amounts(once === 1 ? USED : ESTIMATE));
          }
        }
        for (const n of [0, 1, 2, 0]) await ask(n, 'never');
        assert.deepEqual(await at.settled(), { asked_0: 1, asked_1: 1, asked_2: 1 });
        for (const n of [0, 1, 2]) assert.deepEqual(await used(store, n), amounts(USED));
      } finally {
        await ledger.close();
        store.close();
        await at.close();
      }
    }),
    { numRuns: 15 },
  );
});

test('what was charged in a window that is over stays there; what was used beyond it is used now', async () => {
  let now = Date.UTC(2026, 0, 31, 23);
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-settle-'));
  const store = openStore(join(data, 's.sqlite'), { pepper, clock: { now: () => now, tick: () => 0 } });
  try {
    const key = store.background.key('resp_1');
    const reservation = await store.quotas.reserve(claims(1));
    const answer = { key, caller: 'c', upstream: 'u', model: 'm', as: 'm' };
    await reservation.defer(answer, ESTIMATE, { account: {}, charge: {}, charged: ESTIMATE });
    now += 2 * 3_600_000;
    await store.quotas.take(key, { request: 'req_1', begin: 0, used: USED });
    await store.quotas.finish(key);
    assert.deepEqual(await used(store, 1), [USED.tokens - ESTIMATE.tokens, 0]);
  } finally {
    store.close();
    await rm(data, { recursive: true });
  }
});

test('an id is given once, and forgotten when the model server has forgotten it', async () => {
  let now = 1_000_000;
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-settle-'));
  const store = openStore(join(data, 's.sqlite'), { pepper, clock: { now: () => now, tick: () => 0 } });
  const key = store.background.key('resp_1');
  const give = async (caller: string) => {
    const reservation = await store.quotas.reserve([]);
    await reservation.defer({ key, caller, upstream: 'u', model: 'm', as: 'm' }, ESTIMATE, undefined);
  };
  await give('a');
  await assert.rejects(give('b'), (error) => error instanceof Refusal && error.code === 'upstream_invalid');
  assert.equal(store.background.find(key)?.caller, 'a');
  assert.equal(
    store.background.take(key, { request: 'r', begin: 0, used: USED }),
    undefined,
    'nothing is owed',
  );
  now += 31 * 86_400_000;
  assert.equal(store.background.find(key), undefined);
  store.close();
  await rm(data, { recursive: true });
});
