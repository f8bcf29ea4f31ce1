import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { initLedger, ledgerPaths } from '../../ledger/init.ts';
import { Ledger } from '../../ledger/ledger.ts';
import { listSegments, segmentEntries } from '../../ledger/read.ts';
import type { Entered } from '../../ledger/remote.ts';
import type { Claim } from '../../policy/claim.ts';
import { openStore } from '../../store/store.ts';
import { WorkerDesk } from './desk.ts';
import { asJson } from './protocol.ts';

/** The primary's ledger and store, and the desk of a worker that asks for an answer in the background and dies. */
async function scene(t: TestContext) {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-desk-'));
  const { keys } = await initLedger({ data, clock: systemClock });
  const ledger = await Ledger.open({ folder: ledgerPaths(data).folder, keys, clock: systemClock });
  const pepper = createSecretKey(Buffer.alloc(32, 1));
  const store = openStore(join(data, 'store.sqlite'), { pepper, clock: systemClock });
  t.after(async () => {
    store.close();
    await ledger.close();
    rmSync(data, { recursive: true });
  });
  const { quotas, background } = store;
  const desk = () => new WorkerDesk({ ledger, quotas, background, clock: systemClock });
  const window = { calendar: 'month' } as const;
  const claim: Claim = { kind: 'count', counter: 'tokens', window, measure: 'tokens', amount: 100 };
  const key = background.key('resp_1');
  const reservation = await quotas.reserve([claim]);
  const charged = { tokens: 100, dollars: 0 };
  const answer = { key, caller: 'c', upstream: 'u', model: 'm', as: 'm' };
  await reservation.defer(answer, charged, { account: {}, charge: {}, charged });
  const used = async () => (await quotas.used([{ counter: 'tokens', window }]))[0];
  const call = async ({ handlers }: WorkerDesk, name: string, argument: Json) => {
    const handler = handlers[name];
    assert.ok(handler);
    return handler(argument);
  };
  const take = async (worker: WorkerDesk, request: string) => {
    const begun = await call(worker, 'append', { kind: 'request.begin', id: request });
    const by = { request, begin: (begun as Entered).seq, used: { tokens: 7, dollars: 0 } };
    return call(worker, 'take', asJson({ key, by }));
  };
  const enter = (worker: WorkerDesk, request: string) =>
    call(worker, 'append', { kind: 'request.end', id: request, settles: {} });
  const finish = (worker: WorkerDesk) => call(worker, 'finish', key);
  const kinds = async () => {
    await ledger.checkpoint();
    const lines: string[] = [];
    for (const { file } of await listSegments(ledgerPaths(data).folder)) {
      for await (const { entry } of segmentEntries(ledgerPaths(data).folder, file)) {
        const { kind, id, outcome } = entry.fields;
        if (typeof id === 'string') lines.push([kind, id, outcome].filter(Boolean).join(' '));
      }
    }
    return lines;
  };
  return { desk, call, take, enter, finish, used, kinds };
}

test('a settlement that a worker had taken, and not said, may be taken by another', async (t) => {
  const { desk, take, enter, finish, used } = await scene(t);
  const first = desk();
  assert.notEqual(await take(first, 'req_1'), null);
  const second = desk();
  assert.equal(await take(second, 'req_2'), null, 'the first has it');
  await first.bury();
  assert.equal(await used(), 100);
  assert.notEqual(await take(second, 'req_3'), null);
  await enter(second, 'req_3');
  await finish(second);
  assert.equal(await used(), 7);
  await second.bury();
  assert.equal(await used(), 7);
});

test('one that it had said is finished for it, also where the entry was still on its way', async (t) => {
  for (const waits of [true, false]) {
    const { desk, take, enter, used } = await scene(t);
    const worker = desk();
    await take(worker, 'req_1');
    const entered = enter(worker, 'req_1');
    if (waits) await entered;
    await worker.bury();
    await entered;
    assert.equal(await used(), 7);
    assert.equal(await take(desk(), 'req_2'), null, 'it is settled');
  }
});

test('a worker that dies while its last entry is written has its request ended once, and a registration too', async (t) => {
  const { desk, call, kinds } = await scene(t);
  const worker = desk();
  await call(worker, 'append', { kind: 'request.begin', id: 'req_1' });
  await call(worker, 'append', { kind: 'admin.begin', id: 'req_2' });
  const ending = call(worker, 'append', { kind: 'request.end', id: 'req_1', outcome: 'completed' });
  await worker.bury();
  await ending;
  assert.deepEqual(await kinds(), [
    'request.begin req_1',
    'admin.begin req_2',
    'request.end req_1 completed',
    'admin.end req_2 failed',
  ]);
});

test('what a dead worker had set aside is charged where the ledger says that it had begun, and else given back', async (t) => {
  const { desk, call, used } = await scene(t);
  const before = (await used()) ?? 0;
  const worker = desk();
  const claims = [
    { kind: 'count', counter: 'tokens', window: { calendar: 'month' }, measure: 'tokens', amount: 10 },
  ];
  await call(worker, 'reserve', asJson({ claims, request: 'req_1' }));
  await call(worker, 'append', { kind: 'request.begin', id: 'req_1' });
  await call(worker, 'reserve', asJson({ claims, request: 'req_2' }));
  await call(worker, 'reserve', asJson({ claims, request: 'req_3' }));
  const beginning = call(worker, 'append', { kind: 'request.begin', id: 'req_3' });
  assert.equal(await used(), before + 30);
  await worker.bury();
  await beginning;
  assert.equal(await used(), before + 20);
});
