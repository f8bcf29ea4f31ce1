import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../audit/report.ts';
import { verifyLedger } from '../audit/verify.ts';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Disk } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import { createLedger } from './init.ts';
import { makeLedgerKeys, publicKeys, verifySignature } from './keys.ts';
import { Ledger } from './ledger.ts';
import type { LedgerOptions } from './options.ts';
import type { Receipt } from './receipt.ts';
import { segmentFirsts, segmentName } from './segments.ts';
import { type How, MemoryDisk, sourceOn } from './testing.ts';

const FOLDER = '/ledger';
const clock: Clock = { now: () => Date.UTC(2026, 0, 31), tick: () => 0 };
const { keys } = makeLedgerKeys('example.com/log');

const created = new MemoryDisk();
await createLedger(created, FOLDER, keys, clock);

const empty = (): MemoryDisk => created.after('power cut');

const open = (disk: Disk, options: Partial<LedgerOptions> = {}): Promise<Ledger> =>
  Ledger.open({
    folder: FOLDER,
    keys,
    clock,
    disk,
    segmentBytes: 400,
    checkpointAfter: 1e6,
    recoverAfter: 1,
    ...options,
  });

const verify = (disk: MemoryDisk): Promise<Report> =>
  verifyLedger(sourceOn(disk, FOLDER), {
    keys: publicKeys(keys),
    hash: nodeTreeHash,
    verify: verifySignature,
  });

/** Lines of all segments, in order. */
const entries = (disk: MemoryDisk): string[] =>
  segmentFirsts([...disk.names.keys()].map((path) => basename(path))).flatMap((first) =>
    disk
      .text(join(FOLDER, segmentName(first)))
      .split('\n')
      .slice(0, -1),
  );

/** What a caller was told: entries with a receipt, by what they say. */
type Told = Map<string, Receipt>;

const refused = (error: unknown): void => {
  assert.ok(error instanceof Refusal && error.code === 'ledger_unavailable', String(error));
};

async function append(ledger: Ledger, told: Told, ...says: string[]): Promise<void> {
  await Promise.all(
    says.map((say) =>
      ledger.append({ kind: 'test', say }).then((receipt) => void told.set(say, receipt), refused),
    ),
  );
}

const NEVER = 1e6;

/** Opens, fills three segments, signs twice, closes. A ledger that fails and never recovers is left as it is. */
async function work(disk: MemoryDisk, told: Told, options: Partial<LedgerOptions>): Promise<void> {
  const ledger = await open(disk, options);
  const steps = [
    () => append(ledger, told, 'a'),
    () => append(ledger, told, 'b', 'c', 'd'),
    () => ledger.checkpoint().catch(refused),
    () => append(ledger, told, 'e', 'f', 'g'),
    () => append(ledger, told, 'h'),
    () => ledger.close().catch((error: unknown) => assert.ok(error instanceof Error)),
  ];
  for (const step of steps) {
    while (ledger.state === 'failed') {
      await assert.rejects(ledger.append({ kind: 'test' }), Refusal);
      if (options.recoverAfter === NEVER) return;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await step();
  }
}

/** Every entry with a receipt is there, at its place, once. */
function assertKept(disk: MemoryDisk, told: Told): void {
  const lines = entries(disk);
  for (const [say, { seq, leaf }] of told) {
    const line = lines[seq] ?? '';
    assert.ok(line.endsWith(`"kind":"test","say":"${say}"}`), `${say} at ${seq}: ${line}`);
    assert.equal(nodeTreeHash.leaf(Buffer.from(line)), leaf);
  }
}

/** Every way in which one operation of {@link work} can fail. */
async function faults(): Promise<{ readonly at: number; readonly how: How }[]> {
  const disk = empty();
  const told: Told = new Map();
  await work(disk, told, {});
  assert.equal(told.size, 8);
  assert.equal((await verify(disk)).signed, 8);
  return Array.from({ length: disk.steps }, (_, index) => index + 1).flatMap((at) => [
    { at, how: 'before' },
    { at, how: 'after' },
    ...(disk.writes.has(at) ? [{ at, how: 'half' } as const] : []),
  ]);
}

test('one failure anywhere: callers are refused, the ledger recovers and loses nothing it acknowledged', async () => {
  for (const fault of await faults()) {
    const disk = empty();
    disk.fault = fault;
    const told: Told = new Map();
    await work(disk, told, {}).catch((error: unknown) => assert.match(String(error), /injected/));
    const name = `${fault.how} step ${fault.at}`;
    const report = await verify(disk);
    assert.deepEqual(report.failures, [], name);
    assertKept(disk, told);
    // Entries that were refused are taken back while the process lives.
    if (report.unsigned === 0 && told.size > 0) assert.equal(entries(disk).length, told.size, name);
  }
});

for (const crash of ['kill', 'power cut'] as const) {
  test(`a failure anywhere, then a ${crash}: nothing acknowledged is lost, and what is signed is durable`, async () => {
    for (const fault of await faults()) {
      const disk = empty();
      disk.fault = fault;
      const told: Told = new Map();
      await work(disk, told, { recoverAfter: NEVER }).catch((error: unknown) =>
        assert.match(String(error), /injected/),
      );
      await reopened(disk.after(crash), told, `${fault.how} step ${fault.at}`);
    }
  });
}

/** A crashed ledger opens, goes on, and is whole after the power was cut. */
async function reopened(disk: MemoryDisk, before: Told, name: string): Promise<void> {
  const told: Told = new Map(before);
  const ledger = await open(disk).catch((error: unknown) => assert.fail(`${name}: ${error}`));
  await append(ledger, told, 'after');
  assert.ok(told.has('after'), name);
  await ledger.close();
  const left = disk.after('power cut');
  const report = await verify(left);
  assert.deepEqual(report.failures, [], name);
  assert.equal(report.unsigned, 0, name);
  assertKept(left, told);
}

test('a full disk: refused until there is room again', async () => {
  const disk = empty();
  const failures: unknown[] = [];
  let recovered = 0;
  const ledger = await open(disk, { onFail: (error) => failures.push(error), onRecover: () => recovered++ });
  const told: Told = new Map();
  await append(ledger, told, 'a');
  disk.room = 100;
  await append(ledger, told, 'b', 'c');
  assert.deepEqual([...told.keys()], ['a']);
  assert.equal(ledger.state, 'failed');
  assert.equal(failures.length, 1);
  await assert.rejects(ledger.checkpoint(), Refusal);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(recovered, 0);
  disk.room = Number.POSITIVE_INFINITY;
  while (ledger.state === 'failed') await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(recovered, 1);
  await append(ledger, told, 'd');
  await ledger.close();
  assertKept(disk, told);
  assert.equal((await verify(disk)).entries, 2);
});
