import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { EntryBody } from '../audit/entry.ts';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { Refusal } from '../base/refusal.ts';
import { initLedger, ledgerPaths, PUBLIC_KEYS } from './init.ts';
import type { LedgerKeys } from './keys.ts';
import { Ledger } from './ledger.ts';
import { lockFolder } from './lock.ts';
import type { LedgerOptions } from './options.ts';
import { listSegments } from './read.ts';
import { Receipt } from './receipt.ts';
import { verifyFiles } from './verify-files.ts';

interface Place {
  readonly data: string;
  readonly folder: string;
  readonly keys: LedgerKeys;
  open(options?: Partial<LedgerOptions>): Promise<Ledger>;
}

async function place(t: TestContext): Promise<Place> {
  const data = await mkdtemp(join(tmpdir(), 'ledger-'));
  t.after(() => rm(data, { recursive: true }));
  const { folder } = ledgerPaths(data);
  const { keys } = await initLedger({ data, clock: systemClock });
  return {
    data,
    folder,
    keys,
    open: (options) => Ledger.open({ folder, keys, clock: systemClock, ...options }),
  };
}

const FIRST = '0000000000000000.jsonl';

/** Appends entries and closes. */
async function filled({ open }: Place, count: number, options: Partial<LedgerOptions> = {}): Promise<void> {
  const ledger = await open(options);
  for (let n = 0; n < count; n++) await ledger.append({ kind: 'test', n });
  await ledger.close();
}

const unavailable = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'ledger_unavailable';
const environment =
  (about: RegExp) =>
  (error: unknown): boolean =>
    error instanceof Problem &&
    error.kind === 'environment' &&
    about.test(error.message) &&
    error.advice !== undefined;

test('entries are durable when their receipts come, in order, and are signed at the close', async (t) => {
  const at = await place(t);
  const ledger = await at.open();
  const receipts = await Promise.all(
    Array.from({ length: 50 }, (_, n) => ledger.append({ kind: 'test', n, text: 'ä\n' })),
  );
  assert.deepEqual(
    receipts.map(({ seq }) => seq),
    Array.from({ length: 50 }, (_, n) => n),
  );
  assert.ok(receipts.every(Receipt.check));
  assert.equal((await readFile(join(at.folder, FIRST), 'utf8')).split('\n').length, 51);
  assert.equal(ledger.size, 50);
  const root = ledger.root();
  await ledger.close();
  assert.equal(ledger.state, 'closed');
  await assert.rejects(ledger.append({ kind: 'late' }), unavailable);

  const report = await verifyFiles({ ledger: at.folder });
  assert.equal(report.outcome, 'ok');
  assert.deepEqual([report.entries, report.signed, report.unsigned, report.checkpoints], [50, 50, 0, 2]);
  assert.equal(report.newest?.root, root);
});

test('only the ledger makes receipts', () => {
  assert.ok(!Receipt.check({ seq: 0, leaf: '' } as Receipt));
});

test('a checkpoint comes by itself after a commit, and none without one', async (t) => {
  const at = await place(t);
  const ledger = await at.open({ checkpointAfter: 5 });
  await ledger.append({ kind: 'test' });
  while (ledger.signedSize < 1) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.equal((await verifyFiles({ ledger: at.folder })).unsigned, 0);
  const history = await readFile(join(at.folder, 'checkpoints'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await ledger.checkpoint();
  assert.deepEqual(await readFile(join(at.folder, 'checkpoints')), history);
  await ledger.close();
});

test('a reader may verify while the ledger is written', async (t) => {
  const at = await place(t);
  const ledger = await at.open({ checkpointAfter: 1, segmentBytes: 5000 });
  let open = true;
  const writer = (async () => {
    while (open) await Promise.all(Array.from({ length: 8 }, (_, n) => ledger.append({ kind: 'test', n })));
  })();
  for (let round = 0; round < 15; round++)
    assert.equal((await verifyFiles({ ledger: at.folder })).outcome, 'ok');
  open = false;
  await writer;
  await ledger.close();
});

test('segments follow each other, and a start reads only the last', async (t) => {
  const at = await place(t);
  await filled(at, 60, { segmentBytes: 1000 });
  const segments = await listSegments(at.folder);
  assert.ok(segments.length > 5);
  const ledger = await at.open({ segmentBytes: 1000 });
  assert.deepEqual(ledger.opened, { entries: 60, unsigned: 0, tornBytes: 0, segmentsRead: 1 });
  assert.equal((await ledger.append({ kind: 'test' })).seq, 60);
  await ledger.close();
  assert.equal((await verifyFiles({ ledger: at.folder })).outcome, 'ok');

  // The shortcut is only a shortcut: without it, or with a wrong one, older segments are read or the start is refused.
  const last = (await listSegments(at.folder)).at(-1)?.first ?? 0;
  const state = join(at.folder, `${String(last).padStart(16, '0')}.tree`);
  const good = await readFile(state, 'utf8');
  await writeFile(state, '{}');
  const slow = await at.open();
  assert.equal(slow.opened.segmentsRead, 2);
  await slow.close();
  await writeFile(state, good.replace(/"nodes":\["../, '"nodes":["//'));
  await assert.rejects(at.open(), environment(/not those that were signed/));
});

test('too much at once, and too long an entry, are refused', async (t) => {
  const at = await place(t);
  const ledger = await at.open({ queueEntries: 3 });
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, (_, n) => ledger.append({ kind: 'test', n })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  await assert.rejects(ledger.append({ kind: 'test', text: 'x'.repeat(256 * 1024) }), unavailable);
  await assert.rejects(ledger.append({ kind: 'test', text: 'é'.repeat(140 * 1024) }), unavailable);
  await ledger.append({ kind: 'test', text: '€'.repeat(80 * 1024) });
  await assert.rejects(ledger.append({ kind: 'test', seq: 7 }), TypeError);
  await assert.rejects(ledger.append({} as EntryBody), TypeError);
  assert.equal(ledger.state, 'open');
  await ledger.close();
  assert.equal((await verifyFiles({ ledger: at.folder })).entries, 4);
});

test('a line cut off by a crash is removed and reported', async (t) => {
  const at = await place(t);
  await filled(at, 3);
  await writeFile(join(at.folder, FIRST), '{"v":1,"seq":3,"ti', { flag: 'a' });
  assert.equal((await verifyFiles({ ledger: at.folder })).tornBytes, 18);
  const ledger = await at.open();
  assert.equal(ledger.opened.tornBytes, 18);
  assert.equal((await ledger.append({ kind: 'test' })).seq, 3);
  await ledger.close();
  assert.equal((await verifyFiles({ ledger: at.folder })).outcome, 'ok');
});

test('whole entries that no checkpoint covers yet are kept and signed', async (t) => {
  const at = await place(t);
  await filled(at, 2);
  const [checkpoint, history] = [
    await readFile(join(at.folder, 'checkpoint')),
    await readFile(join(at.folder, 'checkpoints')),
  ];
  await filled(at, 3);
  await writeFile(join(at.folder, 'checkpoint'), checkpoint);
  await writeFile(join(at.folder, 'checkpoints'), history);
  assert.equal((await verifyFiles({ ledger: at.folder })).unsigned, 3);
  const ledger = await at.open({ checkpointAfter: 1 });
  assert.equal(ledger.opened.unsigned, 3);
  while (ledger.signedSize < 5) await new Promise((resolve) => setTimeout(resolve, 2));
  await ledger.close();
});

test('a tail that does not hang together is refused, with the place and the way out', async (t) => {
  const at = await place(t);
  await filled(at, 2);
  const good = await readFile(join(at.folder, FIRST));
  for (const tail of ['\n', 'null\n', `${'\0'.repeat(9)}\n{}\n`, `${good.toString().split('\n')[0]}\n`]) {
    await writeFile(join(at.folder, FIRST), good.toString() + tail);
    await assert.rejects(at.open(), (error) => {
      assert.ok(error instanceof Problem && error.kind === 'environment');
      assert.match(error.message, /0000000000000000\.jsonl line 3 \(entry \d\)/);
      return true;
    });
  }
  await truncate(join(at.folder, FIRST), good.length);
  await (await at.open()).close();
});

test('what is signed and does not match is refused', async (t) => {
  const at = await place(t);
  await filled(at, 4);
  const read = (name: string): Promise<string> => readFile(join(at.folder, name), 'utf8');
  const files = {
    [FIRST]: await read(FIRST),
    checkpoint: await read('checkpoint'),
    checkpoints: await read('checkpoints'),
  };
  const lines = files[FIRST]?.split('\n').slice(0, -1) ?? [];
  const records = files.checkpoints?.split('\n').slice(0, -1) ?? [];
  const cases: [name: string, about: RegExp, changed: Partial<Record<string, string | undefined>>][] = [
    [
      'an edited entry',
      /line 2 \(entry 1\): this entry was changed/,
      { [FIRST]: files[FIRST]?.replace('"n":1', '"n":7') },
    ],
    [
      'the last entry edited',
      /not those that were signed/,
      { [FIRST]: files[FIRST]?.replace('"n":3', '"n":7') },
    ],
    [
      'entries cut off',
      /entries 2 to 3 were signed and are missing/,
      { [FIRST]: `${lines.slice(0, 2).join('\n')}\n` },
    ],
    ['an entry removed', /missing here/, { [FIRST]: `${lines.toSpliced(1, 1).join('\n')}\n` }],
    ['no entries at all', /is missing/, { [FIRST]: undefined }],
    ['no history', /checkpoints: it is missing/, { checkpoints: undefined }],
    ['a shorter history', /ends before the newest/, { checkpoints: `${records[0]}\n` }],
    ['nothing signed', /checkpoints: it is missing/, { checkpoints: undefined, checkpoint: undefined }],
    [
      'a damaged history',
      /signature does not hold/,
      { checkpoints: files.checkpoints?.replaceAll('\\n4\\n', '\\n3\\n') },
    ],
    [
      'a damaged newest',
      /signature does not hold/,
      { checkpoint: files.checkpoint?.replace('\n4\n', '\n3\n') },
    ],
  ];
  for (const [name, about, changed] of cases) {
    for (const [file, text] of Object.entries({ ...files, ...changed })) {
      await (text === undefined ? rm(join(at.folder, file)) : writeFile(join(at.folder, file), text));
    }
    await assert.rejects(at.open(), environment(about), name);
    assert.equal(
      (await verifyFiles({ ledger: at.folder })).outcome,
      name === 'nothing signed' ? 'undecided' : 'tampered',
      name,
    );
  }
  // Explained by a crash: the newest file lags behind or is missing, the history ends in half a record.
  for (const changed of [
    { checkpoint: undefined },
    { checkpoint: JSON.parse(records[0] ?? '') as string },
    { checkpoints: `${files.checkpoints}"half` },
  ]) {
    for (const [file, text] of Object.entries({ ...files, ...changed })) {
      await (text === undefined ? rm(join(at.folder, file)) : writeFile(join(at.folder, file), text));
    }
    await (await at.open()).close();
    assert.equal(await read('checkpoint'), files.checkpoint);
    assert.equal(await read('checkpoints'), files.checkpoints);
  }
});

test('one process at a time; a folder of its own for the owner only', async (t) => {
  const at = await place(t);
  const ledger = await at.open();
  await assert.rejects(at.open(), environment(/another process is using/));
  assert.throws(() => lockFolder(at.folder), environment(/another process/));
  await ledger.append({ kind: 'test' });
  await ledger.close();
  await (await at.open()).close();
  for (const name of [FIRST, 'checkpoint', 'checkpoints', 'lock.sqlite', PUBLIC_KEYS]) {
    assert.equal((await stat(join(at.folder, name))).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(at.folder)).mode & 0o777, 0o700);
  assert.equal((await stat(ledgerPaths(at.data).keys)).mode & 0o777, 0o600);
});

test('keys: made once, never readable by others, never replaced beside a ledger', async (t) => {
  const at = await place(t);
  const again = await initLedger({ data: at.data, clock: systemClock });
  assert.equal(again.created, false);
  assert.equal(again.keys.origin, at.keys.origin);
  assert.match(at.keys.origin, /^gatehouse\/[0-9a-f]{16}$/);
  await filled(at, 1);
  const { keys } = ledgerPaths(at.data);
  await chmod(keys, 0o644);
  await assert.rejects(
    initLedger({ data: at.data, clock: systemClock }),
    environment(/can be read by other users/),
  );
  await chmod(keys, 0o600);
  await writeFile(keys, '{"v":1,"ed25519":"hunter2"}');
  await assert.rejects(
    initLedger({ data: at.data, clock: systemClock }),
    (error) => environment(/does not hold/)(error) && !String(error).includes('hunter2'),
  );
  await rm(keys);
  await assert.rejects(
    initLedger({ data: at.data, clock: systemClock }),
    environment(/its keys are missing/),
  );

  const other = await mkdtemp(join(tmpdir(), 'ledger-'));
  t.after(() => rm(other, { recursive: true }));
  await assert.rejects(initLedger({ data: other, clock: systemClock, origin: 'a b' }), Problem);
  await assert.rejects(
    Ledger.open({ folder: join(other, 'gone'), keys: at.keys, clock: systemClock }),
    environment(/there is no ledger/),
  );
  const made = await initLedger({ data: other, clock: systemClock, origin: 'example.com/gate' });
  assert.equal(made.keys.origin, 'example.com/gate');
  await assert.rejects(
    Ledger.open({ folder: at.folder, keys: made.keys, clock: systemClock }),
    environment(/another ledger/),
  );
});
