import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../audit/report.ts';
import { verifyLedger } from '../audit/verify.ts';
import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import type { Disk, DiskFile } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import { createLedger } from './init.ts';
import { makeLedgerKeys, publicKeys, verifySignature } from './keys.ts';
import { Ledger } from './ledger.ts';
import type { LedgerOptions } from './options.ts';
import type { Receipt } from './receipt.ts';
import { segmentFirsts, segmentName } from './segments.ts';

/**
 * A disk as POSIX leaves it open: what is written can be read at once, but is durable only after a sync; a sync that
 * fails forgets what was to be written and the next one succeeds without it (fsyncgate); names are durable only after
 * their folder was synced. Any one operation can fail before, after or half-way through its effect, in the manner of
 * sunlight's TestSequenceErrors.
 */
class MemoryDisk implements Disk {
  names = new Map<string, MemoryFile>();
  durableNames = new Map<string, MemoryFile>();
  /** Operations so far, and which of them wrote: only a write can stop half-way. */
  steps = 0;
  readonly writes = new Set<number>();
  fault: { readonly at: number; readonly how: How } | undefined;
  /** Bytes that still fit. */
  room = Number.POSITIVE_INFINITY;

  open(path: string): Promise<DiskFile> {
    return this.step(() => {
      const file = this.names.get(path) ?? new MemoryFile(this);
      this.names.set(path, file);
      return file;
    });
  }

  async list(folder: string): Promise<string[]> {
    return [...this.names.keys()].filter((path) => dirname(path) === folder).map((path) => basename(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.step(() => {
      const file = this.names.get(from);
      assert.ok(file !== undefined);
      this.names.delete(from);
      this.names.set(to, file);
    });
  }

  syncFolder(): Promise<void> {
    return this.step(() => {
      this.durableNames = new Map(this.names);
    });
  }

  lock(): { release(): void } {
    return { release: () => {} };
  }

  async step<T>(effect: () => T, without?: () => void, half?: () => void): Promise<T> {
    this.steps += 1;
    await null;
    const how = this.fault?.at === this.steps ? this.fault.how : 'not';
    if (how === 'before') without?.();
    if (how === 'half') (half ?? effect)();
    if (how === 'before' || how === 'half') throw new Error('injected');
    const result = effect();
    if (how === 'after') throw new Error('injected');
    return result;
  }

  /** The disk after the process was killed, or after the power was cut. */
  after(what: 'kill' | 'power cut'): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, file] of what === 'kill' ? this.names : this.durableNames) {
      disk.names.set(path, file.on(disk, what));
    }
    disk.durableNames = new Map(
      [...this.durableNames].map(([path, file]) => [path, disk.names.get(path) ?? file.on(disk, what)]),
    );
    return disk;
  }

  text(path: string): string {
    return this.names.get(path)?.bytes.toString('utf8') ?? '';
  }
}

type How = 'before' | 'after' | 'half';

class MemoryFile implements DiskFile {
  readonly #disk: MemoryDisk;
  bytes: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
  #dirty: { from: number; to: number }[] = [];
  #resized = false;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async size(): Promise<number> {
    return this.bytes.length;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return this.bytes.copy(into, 0, position);
  }

  write(bytes: Uint8Array, position: number): Promise<number> {
    // Copied now: the writer may use its buffer again as soon as it was told of a failure.
    const copy = Buffer.from(bytes);
    this.#disk.writes.add(this.#disk.steps + 1);
    return this.#disk.step(
      () => this.#put(copy.subarray(0, Math.ceil(copy.length / 2)), position),
      undefined,
      () => this.#put(copy.subarray(0, Math.ceil(copy.length / 3)), position),
    );
  }

  truncate(size: number): Promise<void> {
    return this.#disk.step(() => {
      this.#disk.room += this.bytes.length - size;
      this.bytes = Buffer.concat([this.bytes.subarray(0, size)]);
      this.#dirty = this.#dirty
        .map(({ from, to }) => ({ from, to: Math.min(to, size) }))
        .filter(({ from, to }) => from < to);
      this.#resized = true;
    });
  }

  sync(): Promise<void> {
    return this.#disk.step(
      () => {
        const length = this.#resized ? this.bytes.length : Math.max(this.durable.length, this.#end());
        const durable = Buffer.alloc(length);
        this.durable.copy(durable);
        for (const { from, to } of this.#dirty) this.bytes.copy(durable, from, from, to);
        this.durable = durable;
        this.#forget();
      },
      () => this.#forget(),
    );
  }

  async close(): Promise<void> {}

  on(disk: MemoryDisk, after: 'kill' | 'power cut'): MemoryFile {
    const file = new MemoryFile(disk);
    file.durable = Buffer.from(this.durable);
    file.bytes = Buffer.from(after === 'kill' ? this.bytes : this.durable);
    if (after === 'kill') {
      file.#dirty = [...this.#dirty];
      file.#resized = this.#resized;
    }
    return file;
  }

  #put(bytes: Buffer, position: number): number {
    const fits = bytes.subarray(0, Math.min(bytes.length, this.#disk.room));
    if (fits.length === 0) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    this.#disk.room -= Math.max(0, position + fits.length - this.bytes.length);
    const grown = Buffer.alloc(Math.max(this.bytes.length, position + fits.length));
    this.bytes.copy(grown);
    fits.copy(grown, position);
    this.bytes = grown;
    this.#dirty.push({ from: position, to: position + fits.length });
    return fits.length;
  }

  #end(): number {
    return Math.max(0, ...this.#dirty.map(({ to }) => to));
  }

  #forget(): void {
    this.#dirty = [];
    this.#resized = false;
  }
}

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

function verify(disk: MemoryDisk): Promise<Report> {
  async function* chunks(name: string): AsyncGenerator<Uint8Array> {
    yield disk.names.get(join(FOLDER, name))?.bytes ?? Buffer.alloc(0);
  }
  const names = [...disk.names.keys()].map((path) => basename(path));
  return verifyLedger(
    {
      newest: disk.names.get(join(FOLDER, 'checkpoint'))?.bytes,
      history: () => chunks('checkpoints'),
      segments: segmentFirsts(names).map((first) => ({
        file: segmentName(first),
        first,
        chunks: () => chunks(segmentName(first)),
      })),
    },
    { keys: publicKeys(keys), hash: nodeTreeHash, verify: verifySignature },
  );
}

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
