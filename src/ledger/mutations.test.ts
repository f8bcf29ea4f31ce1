import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parsePublicKeys } from '../audit/keys.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Failure, Report } from '../audit/report.ts';
import { MOST_FAILURES } from '../audit/report.ts';
import { verifyLedger } from '../audit/verify.ts';
import { systemClock } from '../base/clock.ts';
import { nodeDisk } from './disk.ts';
import { nodeTreeHash, sha256 } from './hashing.ts';
import { createLedger, initLedger, ledgerPaths, PUBLIC_KEYS } from './init.ts';
import type { LedgerKeys } from './keys.ts';
import { publicKeys, verifySignature } from './keys.ts';
import { Ledger } from './ledger.ts';
import { segmentFirsts, segmentName } from './segments.ts';

/** A ledger's files, changed in memory. */
type Files = Map<string, Buffer>;

let data: string;
let keys: LedgerKeys;
/** 12 entries in 4 segments under 5 checkpoints (0, 3, 6, 9, 12), then 3 entries that are not signed yet. */
let whole: Files;
/** The same ledger when it had 6 entries. */
let older: Files;

const SIGNED = 12;
const TAIL = 3;
const HISTORY = 'checkpoints';

before(async () => {
  data = await mkdtemp(join(tmpdir(), 'ledger-'));
  const { folder } = ledgerPaths(data);
  ({ keys } = await initLedger({ data, clock: systemClock }));
  const ledger = await Ledger.open({
    folder,
    keys,
    clock: systemClock,
    segmentBytes: 1,
    checkpointAfter: 1e6,
  });
  const add = (from: number, count: number): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, n) =>
        ledger.append({ kind: 'test.entry', n: from + n, model: 'm-1' }),
      ),
    );
  older = new Map();
  for (let n = 0; n < SIGNED; n += 3) {
    await add(n, 3);
    await ledger.checkpoint();
    if (n === 3) older = await read(folder);
  }
  await add(SIGNED, TAIL);
  whole = await read(folder);
  await ledger.close();
});

after(() => rm(data, { recursive: true }));

async function read(folder: string): Promise<Files> {
  const names = (await readdir(folder)).filter(
    (name) => name.endsWith('.jsonl') || name.startsWith('checkpoint'),
  );
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

/** @param chunk bytes a read gives at once */
function verify(files: Files, kept?: Buffer, chunk = 1 << 20): Promise<Report> {
  async function* chunks(name: string): AsyncGenerator<Uint8Array> {
    const bytes = files.get(name) ?? Buffer.alloc(0);
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return verifyLedger(
    {
      newest: files.get('checkpoint'),
      history: () => chunks(HISTORY),
      segments: segmentFirsts([...files.keys()]).map((first) => ({
        file: segmentName(first),
        first,
        chunks: () => chunks(segmentName(first)),
      })),
    },
    {
      keys: publicKeys(keys),
      hash: nodeTreeHash,
      verify: verifySignature,
      ...(kept && { kept: { file: 'kept', note: kept } }),
    },
  );
}

const changed = (
  changes: Readonly<Record<string, Buffer | string | undefined>>,
  from: Files = whole,
): Files => {
  const files = new Map(from);
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === undefined) files.delete(name);
    else files.set(name, Buffer.from(bytes));
  }
  return files;
};

const text = (name: string, files: Files = whole): string => files.get(name)?.toString('utf8') ?? '';
const segment = (seq: number): string => segmentName(seq - (seq % 3));
const linesOf = (name: string): string[] => text(name).split('\n').slice(0, -1);
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const covers = ({ place: { seq, toSeq } }: Failure, wanted: number): boolean =>
  seq !== undefined && seq <= wanted && wanted <= (toSeq ?? seq);

/** The change is found, and entry `seq` is named. */
async function assertNamed(files: Files, seq: number, name: string): Promise<Report> {
  const report = await verify(files);
  assert.equal(report.outcome, 'tampered', name);
  assert.ok(
    report.failures.some((failure) => covers(failure, seq)),
    `${name}: entry ${seq} is not among ${JSON.stringify(report.failures)}`,
  );
  assert.ok(
    report.failures.every(({ place }) => place.file.endsWith('.jsonl')),
    name,
  );
  return report;
}

async function assertFile(files: Files, file: string, name: string): Promise<void> {
  const { outcome, failures } = await verify(files);
  assert.equal(outcome, 'tampered', name);
  assert.ok(
    failures.some(({ place }) => place.file === file),
    `${name}: ${JSON.stringify(failures)}`,
  );
}

test('the ledger as it is: in order, with an unsigned tail, however it is read', async () => {
  for (const chunk of [1, 7, 1 << 20]) {
    const report = await verify(whole, undefined, chunk);
    assert.deepEqual(report.failures, []);
    assert.equal(report.outcome, 'ok');
    assert.deepEqual(
      [report.entries, report.signed, report.unsigned, report.checkpoints],
      [15, SIGNED, TAIL, 5],
    );
  }
});

test('every byte of every signed entry', async () => {
  for (let seq = 0; seq < SIGNED; seq++) {
    const lines = linesOf(segment(seq));
    const line = Buffer.from(`${lines[seq % 3]}\n`);
    const start = lines.slice(0, seq % 3).reduce((sum, before) => sum + Buffer.byteLength(before) + 1, 0);
    // All bytes of two entries, of the others a few of each field.
    const step = seq === 4 || seq === SIGNED - 1 ? 1 : 11;
    for (let at = 0; at < line.length; at += step) {
      const bytes = Buffer.from(whole.get(segment(seq)) ?? '');
      bytes[start + at] = (bytes[start + at] ?? 0) ^ (at % 2 === 0 ? 1 : 0x04);
      await assertNamed(changed({ [segment(seq)]: bytes }), seq, `entry ${seq} byte ${at}`);
    }
  }
});

test('one edited entry is named exactly', async () => {
  for (const [edit, into] of [
    ['"m-1"', '"m-2"'],
    ['"kind":"test', '"kind":"rest'],
    ['T', 'T'],
    ['"prev":"', '"prev":"'],
  ] as const) {
    const lines = linesOf(segment(4));
    const line = lines[1] ?? '';
    const edited = edit === into ? flipped(line, line.indexOf(edit) + edit.length) : line.replace(edit, into);
    const report = await assertNamed(changed({ [segment(4)]: joined(lines.with(1, edited)) }), 4, edit);
    assert.deepEqual(
      report.failures.map(({ place }) => place),
      [{ file: segment(4), line: 2, seq: 4 }],
      edit,
    );
  }
});

function flipped(line: string, at: number): string {
  return line.slice(0, at) + (line[at] === '1' ? '2' : '1') + line.slice(at + 1);
}

test('deleted, repeated, inserted, swapped, joined and split lines', async () => {
  for (let seq = 0; seq < SIGNED; seq++) {
    const name = segment(seq);
    const at = seq % 3;
    const lines = linesOf(name);
    const line = lines[at] ?? '';
    const forged = line.replace('m-1', 'm-9');
    const cases: Record<string, string> = {
      deleted: joined(lines.toSpliced(at, 1)),
      repeated: joined(lines.toSpliced(at, 0, line)),
      'inserted forged': joined(lines.toSpliced(at, 0, forged)),
      'inserted empty line': joined(lines.toSpliced(at, 0, '')),
      'newline removed': joined(lines).replace(`${line}\n`, line),
      'split in two': joined(lines.with(at, `${line.slice(0, 50)}\n${line.slice(50)}`)),
      'carriage return': joined(lines.with(at, `${line}\r`)),
      'other spelling': joined(lines.with(at, line.replace('m-1', 'm\\u002d1'))),
      blank: joined(lines.with(at, `${line} `)),
    };
    if (at < 2) cases.swapped = joined(lines.with(at, lines[at + 1] ?? '').with(at + 1, line));
    for (const [how, content] of Object.entries(cases)) {
      await assertNamed(changed({ [name]: content }), seq, `${seq} ${how}`);
    }
  }
});

test('a re-linked edit is narrowed down to what one checkpoint signed', async () => {
  for (const seq of [0, 4, 11]) {
    const lines = segmentFirsts([...whole.keys()]).flatMap((first) => linesOf(segmentName(first)));
    let prev: string | undefined;
    const relinked = lines.map((line, n) => {
      if (n < seq) return line;
      const edited =
        n === seq ? line.replace('m-1', 'm-2') : line.replace(/"prev":"[^"]*"/, `"prev":"${prev}"`);
      prev = nodeTreeHash.leaf(Buffer.from(edited));
      return edited;
    });
    const files = changed(
      Object.fromEntries(
        [0, 3, 6, 9, 12].map((first) => [segmentName(first), joined(relinked.slice(first, first + 3))]),
      ),
    );
    const report = await assertNamed(files, seq, `re-linked ${seq}`);
    assert.equal(report.failures.length, 1);
    const { place } = report.failures[0] ?? {};
    assert.deepEqual([place?.seq, place?.toSeq], [seq - (seq % 3), seq - (seq % 3) + 2]);
  }
});

test('segments removed, cut off, exchanged, renamed or added', async () => {
  for (let first = 0; first < SIGNED; first += 3) {
    const name = segmentName(first);
    await assertNamed(changed({ [name]: undefined }), first, `without ${name}`);
    await assertNamed(changed({ [name]: '' }), first, `empty ${name}`);
    const lines = linesOf(name);
    await assertNamed(changed({ [name]: joined(lines.slice(0, 1)) }), first + 1, `cut ${name}`);
    await assertNamed(changed({ [name]: joined(lines).slice(0, -20) }), first + 2, `torn ${name}`);
    const other = segmentName((first + 3) % SIGNED);
    await assertNamed(changed({ [name]: text(other), [other]: text(name) }), first, `exchanged ${name}`);
    await assertNamed(
      changed({ [name]: undefined, [segmentName(first + 1)]: text(name) }),
      first,
      `renamed ${name}`,
    );
  }
  // The ledger ends early.
  for (let size = 0; size < SIGNED; size += 3) {
    const gone = Object.fromEntries(
      [0, 3, 6, 9, 12].filter((first) => first >= size).map((first) => [segmentName(first), undefined]),
    );
    const { outcome, failures } = await verify(changed(gone));
    assert.equal(outcome, 'tampered');
    assert.ok(
      failures.some((failure) => covers(failure, size) && covers(failure, SIGNED - 1)),
      `cut to ${size}`,
    );
  }
  await assertNamed(changed({ [segmentName(40)]: text(segmentName(3)) }), 15, 'a segment far away');
});

test('the unsigned tail: what can be said of it is said, and no more', async () => {
  const name = segmentName(SIGNED);
  const lines = linesOf(name);
  const shorter = await verify(changed({ [name]: joined(lines.slice(0, 1)) }));
  assert.deepEqual([shorter.outcome, shorter.unsigned], ['ok', 1]);
  const torn = await verify(changed({ [name]: joined(lines).slice(0, -5) }));
  assert.deepEqual([torn.outcome, torn.unsigned, torn.tornBytes > 0], ['ok', 2, true]);
  const last = await verify(
    changed({ [name]: joined(lines.with(2, (lines[2] ?? '').replace('m-1', 'm-2'))) }),
  );
  assert.deepEqual([last.outcome, last.unsigned], ['ok', TAIL]);
  await assertNamed(
    changed({ [name]: joined(lines.with(0, (lines[0] ?? '').replace('m-1', 'm-2'))) }),
    12,
    'tail edited',
  );
});

test('every kind of byte of every checkpoint', async () => {
  const note = text('checkpoint');
  const [body = '', signatures = ''] = note.split('\n\n');
  const classes = [...body].map((_, at) => at);
  for (let at = body.length; at < note.length; at += at < body.length + 120 ? 1 : 97) classes.push(at);
  classes.push(note.length - 1, note.length - signatures.length, note.indexOf('\n— ', body.length + 5));
  for (const at of classes) {
    const bytes = Buffer.from(note, 'utf8');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await assertFile(changed({ checkpoint: bytes }), 'checkpoint', `checkpoint byte ${at}`);
  }

  const history = whole.get(HISTORY) ?? Buffer.alloc(0);
  const records = history.toString('utf8').split('\n').slice(0, -1);
  for (let at = 0; at < history.length; at += at % 3700 < 90 ? 3 : 83) {
    const bytes = Buffer.from(history);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const line = history.subarray(0, at).toString('utf8').split('\n').length;
    const { outcome, failures } = await verify(changed({ [HISTORY]: bytes }));
    assert.equal(outcome, 'tampered', `history byte ${at}`);
    assert.ok(
      failures.some(({ place }) => place.file === HISTORY && place.line === line),
      `history byte ${at}: ${JSON.stringify(failures)}`,
    );
  }
  assert.equal(records.length, 5);
});

test('checkpoints removed, repeated, exchanged, cut off, spelled differently', async () => {
  const records = text(HISTORY).split('\n').slice(0, -1);
  const cases: Record<string, string | undefined> = {
    'no history': undefined,
    'newest removed': joined(records.slice(0, -1)),
    repeated: joined(records.toSpliced(2, 0, records[2] ?? '')),
    swapped: joined(records.with(1, records[2] ?? '').with(2, records[1] ?? '')),
    'cut off': joined(records).slice(0, -1),
    'blank line': joined(records.toSpliced(2, 0, '')),
    spelled: joined(records.with(2, (records[2] ?? '').replace('gatehouse', '\\u0067atehouse'))),
    'not a note': joined(records.with(2, '{"size":6}')),
  };
  for (const [how, content] of Object.entries(cases))
    await assertFile(changed({ [HISTORY]: content }), HISTORY, how);
  await assertFile(changed({ checkpoint: undefined }), 'checkpoint', 'no newest');
  const neither = await verify(changed({ checkpoint: undefined, [HISTORY]: undefined }));
  assert.equal(neither.outcome, 'undecided');
});

test('a ledger put back to an older state is found by who kept a checkpoint', async () => {
  const kept = whole.get('checkpoint') ?? Buffer.alloc(0);
  const back = await verify(older);
  assert.deepEqual([back.outcome, back.entries, back.unsigned], ['ok', 6, 0]);
  const found = await verify(older, kept);
  assert.equal(found.outcome, 'tampered');
  assert.ok(
    found.failures.some(
      (failure) => covers(failure, 6) && covers(failure, 11) && /missing at the end/.test(failure.reason),
    ),
  );

  // The entries are still there, only their newest checkpoints were taken away.
  const unsignedAgain = changed({ checkpoint: older.get('checkpoint'), [HISTORY]: older.get(HISTORY) });
  assert.equal((await verify(unsignedAgain)).unsigned, 9);
  assert.equal((await verify(unsignedAgain, kept)).outcome, 'tampered');

  // Kept earlier, and grown since.
  assert.equal((await verify(whole, older.get('checkpoint'))).outcome, 'ok');
  const broken = Buffer.from(kept.toString().replace('\n12\n', '\n11\n'));
  assert.ok((await verify(whole, broken)).failures.some(({ place }) => place.file === 'kept'));
});

test('a fork signed by the same keys', async () => {
  const other = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    await createLedger(nodeDisk, other, keys, systemClock);
    const ledger = await Ledger.open({ folder: other, keys, clock: systemClock });
    for (let n = 0; n < 6; n++) await ledger.append({ kind: 'test.entry', n, model: 'm-2' });
    await ledger.close();
    const fork = await read(other);
    assert.equal((await verify(fork)).outcome, 'ok');
    const report = await verify(fork, older.get('checkpoint'));
    assert.equal(report.outcome, 'tampered');
    assert.match(report.failures[0]?.reason ?? '', /kept signed.*forked/);
  } finally {
    await rm(other, { recursive: true });
  }
});

test('another key, and every kind of byte of the public keys', async () => {
  const pub = await readFile(join(ledgerPaths(data).folder, PUBLIC_KEYS));
  for (let at = 0; at < pub.length; at += at < 140 ? 1 : 41) {
    const bytes = Buffer.from(pub);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    assert.throws(() => parsePublicKeys(bytes.toString('utf8'), sha256), Malformed, `byte ${at}`);
  }
});

test('the list of failures is bounded', async () => {
  const name = segmentName(3);
  const report = await verify(changed({ [name]: '\n'.repeat(1000) }));
  assert.equal(report.failures.length, MOST_FAILURES);
  assert.ok(report.more > 800);
});
