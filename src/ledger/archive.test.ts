import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Report } from '../audit/report.ts';
import { verifyLedger } from '../audit/verify.ts';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { archivable, archive } from './archive.ts';
import { nodeDisk } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import { createLedger, PUBLIC_KEYS } from './init.ts';
import { makeLedgerKeys, publicKeys, verifySignature } from './keys.ts';
import { Ledger } from './ledger.ts';
import { segmentFirsts, segmentName, stateName } from './segments.ts';
import { type How, MemoryDisk, sourceOn } from './testing.ts';

const FOLDER = '/ledger';
const ARCHIVE = '/archive';
const clock: Clock = { now: () => Date.UTC(2026, 0, 31), tick: () => 0 };
const { keys } = makeLedgerKeys('example.com/log');

const open = (disk: MemoryDisk): Promise<Ledger> =>
  Ledger.open({
    folder: FOLDER,
    keys,
    clock,
    disk,
    segmentBytes: 500,
    checkpointAfter: 1e6,
    recoverAfter: 1,
  });

/** A ledger of some segments, two of them under a checkpoint of their own. */
const made = new MemoryDisk();
await createLedger(made, FOLDER, keys, clock);
const maker = await open(made);
for (let round = 0; round < 3; round++) {
  for (let i = 0; i < 4; i++)
    await maker.append({ kind: 'test', say: `${round} ${i}`, text: 'x'.repeat(80) });
  await maker.checkpoint();
}
await maker.close();
const ENTRIES = 12;

const fresh = (): MemoryDisk => made.after('power cut');

/** Each signature is checked once: the same ones come again with every fault. */
const checked = new Map<string, boolean | Promise<boolean>>();
const verifyOnce: typeof verifySignature = (algorithm, publicKey, message, signature) => {
  const known = `${Buffer.from(message).toString('base64')} ${Buffer.from(signature).toString('base64')}`;
  const holds = checked.get(known) ?? verifySignature(algorithm, publicKey, message, signature);
  checked.set(known, holds);
  return holds;
};

const verify = (disk: MemoryDisk, behind?: string): Promise<Report> =>
  verifyLedger(sourceOn(disk, FOLDER, behind), {
    keys: publicKeys(keys),
    hash: nodeTreeHash,
    verify: verifyOnce,
  });

/** Archives all that can be but what is younger than `spare` segments. */
async function run(disk: MemoryDisk, ledger: Ledger, spare = 0): Promise<number> {
  const spans = await archivable(disk, FOLDER, { before: clock.now() + 1, covered: ledger.signedSize });
  const options = { ledger, disk, folder: FOLDER, to: ARCHIVE, keys: publicKeys(keys) };
  const done = await archive(options, spans.slice(0, spans.length - spare));
  return done?.next ?? 0;
}

const firstsIn = (disk: MemoryDisk, folder: string): number[] =>
  segmentFirsts(
    [...disk.names.keys()].flatMap((path) =>
      path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [],
    ),
  );

/** Nothing is lost, wherever it lies now; and the ledger alone is whole as well. */
async function assertWhole(disk: MemoryDisk, name: string): Promise<void> {
  for (const behind of [undefined, ARCHIVE]) {
    const report = await verify(disk, behind);
    assert.deepEqual(report.failures, [], `${name}, ${behind ?? 'alone'}`);
    assert.ok(report.signed >= ENTRIES, name);
    if (behind !== undefined) assert.deepEqual([report.archived, report.outcome], [0, 'ok'], name);
  }
}

test('segments move to the archive, twice; the ledger goes on, alone and with it', async () => {
  const disk = fresh();
  const before = firstsIn(disk, FOLDER);
  const history = disk.text(join(FOLDER, 'checkpoints')).length;
  const ledger = await open(disk);
  const next = await run(disk, ledger, 1);
  assert.ok(next > 0);
  assert.equal(firstsIn(disk, FOLDER)[0], next);
  assert.ok(disk.text(join(FOLDER, 'checkpoints')).length < history);
  await assertWhole(disk, 'once');
  assert.equal((await verify(disk)).archived, next);
  await ledger.append({ kind: 'test', say: 'between' });
  await ledger.checkpoint();
  const last = await run(disk, ledger);
  assert.ok(last > next);
  assert.deepEqual(firstsIn(disk, ARCHIVE).slice(0, before.length - 1), before.slice(0, -1));
  assert.equal(firstsIn(disk, FOLDER)[0], last);
  await ledger.close();
  await assertWhole(disk, 'twice');
  const again = await open(disk.after('power cut'));
  assert.ok(again.size > last);
  await again.close();
});

test('what is young, open, or not covered stays', async () => {
  const disk = fresh();
  const plan = (before: number, covered: number) => archivable(disk, FOLDER, { before, covered });
  const firsts = firstsIn(disk, FOLDER);
  assert.deepEqual(await plan(clock.now(), ENTRIES), []);
  assert.deepEqual(
    (await plan(clock.now() + 1, ENTRIES)).map(({ first }) => first),
    firsts.slice(0, -1),
  );
  const [, second = 0, third = 0] = firsts;
  assert.deepEqual(await plan(clock.now() + 1, third - 1), [{ first: 0, next: second }]);
});

/** Every way in which one operation of two runs can fail. */
async function faults(): Promise<{ readonly at: number; readonly how: How }[]> {
  const disk = fresh();
  const ledger = await open(disk);
  const begun = disk.steps;
  await run(disk, ledger, 2);
  const { steps } = disk;
  await ledger.close();
  return Array.from({ length: steps - begun }, (_, index) => begun + index + 1).flatMap((at) => [
    { at, how: 'before' },
    { at, how: 'after' },
    ...(disk.writes.has(at) ? [{ at, how: 'half' } as const] : []),
  ]);
}

const expected = (error: unknown): void =>
  assert.ok(error instanceof Refusal || /injected/.test(String(error)), String(error));

for (const crash of ['none', 'kill', 'power cut'] as const) {
  test(`a failure anywhere in an archiving, then ${crash}: nothing is lost, and the next one finishes`, async () => {
    for (const fault of await faults()) {
      // To die after a step is to die before the next one.
      if (crash !== 'none' && fault.how === 'after') continue;
      const name = `${fault.how} step ${fault.at}`;
      let disk = fresh();
      disk.fault = fault;
      let ledger = await open(disk);
      await run(disk, ledger, 2).catch(expected);
      if (crash === 'none') {
        while (ledger.state === 'failed') await new Promise((resolve) => setTimeout(resolve, 1));
      } else {
        disk = disk.after(crash);
        await ledger.close().catch(expected);
        await assertWhole(disk, name);
        ledger = await open(disk).catch((error: unknown) => assert.fail(`${name}: ${error}`));
      }
      const next = await run(disk, ledger, 2);
      await ledger.close();
      const left = disk.after('power cut');
      await assertWhole(left, name);
      assert.ok(next === 0 || firstsIn(left, FOLDER)[0] === next, name);
    }
  });
}

async function archived(): Promise<{ disk: MemoryDisk; next: number }> {
  const disk = fresh();
  const ledger = await open(disk);
  const next = await run(disk, ledger, 1);
  await ledger.append({ kind: 'test', say: 'later' });
  await ledger.close();
  return { disk, next };
}

const change = (disk: MemoryDisk, path: string, how: (text: string) => string): void => {
  const file = disk.names.get(path);
  assert.ok(file !== undefined, path);
  file.bytes = Buffer.from(how(file.bytes.toString('utf8')));
};

test('what is dropped or changed around the cut is found and named', async () => {
  const cases: readonly [string, (disk: MemoryDisk, next: number) => void, RegExp, string?][] = [
    [
      '.tree dropped',
      (disk, next) => disk.names.delete(join(FOLDER, stateName(next))),
      /\.tree.*missing or malformed/,
    ],
    [
      '.tree changed',
      (disk, next) =>
        change(disk, join(FOLDER, stateName(next)), (text) =>
          text.replace(/"nodes":\[".{4}/, '"nodes":["AAAA'),
        ),
      /\.tree.*not the tree that was archived/,
    ],
    [
      'one segment more dropped in front',
      (disk, next) => disk.names.delete(join(FOLDER, segmentName(next))),
      /entries 0 to \d+.*no signed entry says|these entries are missing/,
    ],
    [
      'archived entry changed',
      (disk) => change(disk, join(ARCHIVE, segmentName(0)), (text) => text.replace('0 1', '0 7')),
      /0000000000000000\.jsonl.*this entry was changed/,
      ARCHIVE,
    ],
    [
      'last archived segment dropped',
      (disk, next) =>
        disk.names.delete(
          join(
            ARCHIVE,
            segmentName(
              firstsIn(disk, ARCHIVE)
                .filter((first) => first < next)
                .at(-1) ?? 0,
            ),
          ),
        ),
      /these entries are missing/,
      ARCHIVE,
    ],
    [
      'archived checkpoint changed',
      (disk) =>
        change(disk, join(ARCHIVE, '0000000000000000.checkpoints'), (text) =>
          text.replace('example', 'exbmple'),
        ),
      /checkpoints line 1/,
      ARCHIVE,
    ],
  ];
  for (const [name, break_, named, behind] of cases) {
    const { disk, next } = await archived();
    await assertWhole(disk, name);
    break_(disk, next);
    const report = await verify(disk, behind);
    assert.equal(report.outcome, 'tampered', name);
    const said = report.failures.map(
      ({ place, reason }) =>
        `${place.file} line ${place.line} entries ${place.seq} to ${place.toSeq}: ${reason}`,
    );
    assert.match(said.join('\n'), named, name);
  }
});

test('a checkpoint from before the cut is not passed over: without the archive nothing is decided', async () => {
  const note = made.names.get(join(FOLDER, 'checkpoints'))?.bytes.toString('utf8').split('\n')[1] ?? '';
  const { disk } = await archived();
  const look = (behind?: string): Promise<Report> =>
    verifyLedger(sourceOn(disk, FOLDER, behind), {
      keys: publicKeys(keys),
      hash: nodeTreeHash,
      verify: verifyOnce,
      kept: { file: 'kept', note: Buffer.from(JSON.parse(note)) },
    });
  const alone = await look();
  assert.deepEqual([alone.outcome, alone.uncompared, alone.failures], ['undecided', 1, []]);
  assert.equal((await look(ARCHIVE)).outcome, 'ok');
});

test('a first segment that nobody archived is a failure, with a tree file too', async () => {
  const disk = fresh();
  disk.names.delete(join(FOLDER, segmentName(0)));
  const report = await verify(disk);
  assert.equal(report.outcome, 'tampered');
  assert.match(report.failures.at(-1)?.reason ?? '', /no signed entry says that they were archived/);
});

test('an archive of another ledger, an unmounted one, and another file of that name are refused', async () => {
  const disk = fresh();
  const ledger = await open(disk);
  const put = async (name: string, text: string): Promise<void> => {
    const file = await disk.open(join(ARCHIVE, name));
    await file.truncate(0);
    await file.write(Buffer.from(text), 0);
    await file.write(Buffer.from(text), 0);
  };
  await put(PUBLIC_KEYS, 'other\n');
  await assert.rejects(run(disk, ledger), /of another ledger/);
  disk.names.delete(join(ARCHIVE, PUBLIC_KEYS));
  await put(segmentName(0), 'something\n');
  await assert.rejects(run(disk, ledger), /not what the ledger has of it/);
  disk.names.delete(join(ARCHIVE, segmentName(0)));
  assert.ok((await run(disk, ledger, 1)) > 0);
  for (const path of [...disk.names.keys()]) if (path.startsWith(ARCHIVE)) disk.names.delete(path);
  await assert.rejects(run(disk, ledger), /Is it mounted|there is no archive/);
  await ledger.close();
});

test('entries that are not as they were signed are never archived', async () => {
  const disk = fresh();
  const ledger = await open(disk);
  change(disk, join(FOLDER, segmentName(0)), (text) => text.replace('0 1', '0 7'));
  await assert.rejects(
    run(disk, ledger),
    (error) => error instanceof Problem && /not as it was signed/.test(error.message),
  );
  assert.ok(disk.names.has(join(FOLDER, segmentName(0))));
  await ledger.close();
});

test('the ledger’s own folder under another name is no archive: nothing is removed', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'gatehouse-archive-'));
  t.after(() => rm(home, { recursive: true }));
  const folder = join(home, 'ledger');
  await mkdir(folder);
  await createLedger(nodeDisk, folder, keys, clock);
  await symlink(folder, join(home, 'old'));
  const ledger = await Ledger.open({ folder, keys, clock, segmentBytes: 500, checkpointAfter: 1e6 });
  for (let i = 0; i < 8; i++) await ledger.append({ kind: 'test', text: 'x'.repeat(80) });
  await ledger.checkpoint();
  const before = await readdir(folder);
  const spans = await archivable(nodeDisk, folder, { before: clock.now() + 1, covered: ledger.signedSize });
  assert.ok(spans.length > 0);
  for (const to of [folder, join(home, 'old')])
    await assert.rejects(
      archive({ ledger, disk: nodeDisk, folder, to, keys: publicKeys(keys) }, spans),
      (error) => error instanceof Problem && /own folder/.test(error.message),
    );
  assert.deepEqual(await readdir(folder), before);
  await ledger.close();
});
