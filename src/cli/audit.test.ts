import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { initLedger, ledgerPaths } from '../ledger/init.ts';
import { Ledger } from '../ledger/ledger.ts';
import { auditCommand } from './audit.ts';
import type { CliIo } from './io.ts';

const START = Date.UTC(2026, 0, 31, 12);
const SEGMENT = '0000000000000000.jsonl';
let now = START;
const clock: Clock = { now: () => now, tick: () => now };

let cwd: string;
let folder: string;
let ledger: Ledger;

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'audit-'));
  const data = join(cwd, 'gatehouse-data');
  ({ folder } = ledgerPaths(data));
  const { keys } = await initLedger({ data, clock, origin: 'example.com/gate' });
  ledger = await Ledger.open({ folder, keys, clock, segmentBytes: 700, checkpointAfter: 1e6 });
  await ledger.append({ kind: 'system.start' });
  for (let n = 0; n < 4; n++) {
    now += 60_000;
    const caller = { id: `clr_${n % 2}`, name: n % 2 === 0 ? 'shop-bot' : 'desk' };
    await ledger.append({ kind: 'request.begin', id: `req_${n}`, caller, model: `m-${n}`, stream: true });
    await ledger.append({
      kind: 'request.end',
      id: `req_${n}`,
      outcome: n === 3 ? 'blocked' : 'completed',
      ms: n,
    });
    if (n === 1) await ledger.checkpoint();
  }
  await ledger.append({
    kind: 'request.refused',
    id: 'req_x',
    model: '=cmd|"calc"\u001b[2J',
    outcome: 'refused',
  });
  await ledger.checkpoint();
});

after(async () => {
  await ledger.close();
  await rm(cwd, { recursive: true });
});

interface Ran {
  readonly out: string;
  readonly problem: Problem | undefined;
  readonly json: unknown;
}

let stop = (): void => {};
/** Called when a command listens for Ctrl-C. */
let listening = (): void => {};

/** Runs `audit …` in the folder that holds the data folder. */
async function run(args: readonly string[], onLine: (line: string) => void = () => {}): Promise<Ran> {
  const lines: string[] = [];
  let json: unknown;
  const out = (text: string): void => {
    lines.push(text);
    onLine(text);
  };
  const io: CliIo = {
    out,
    err: out,
    json: (value) => {
      json = value;
    },
    write: async (text) => out(text),
    input: () => assert.fail('audit reads no input'),
    colour: false,
    progress: () => ({ update: () => {}, end: () => {} }),
    cwd,
    read: () => assert.fail('audit reads no configuration'),
    env: {},
    onStop: (act) => {
      stop = act;
      listening();
      return () => {};
    },
  };
  const command = auditCommand(io);
  for (const each of [
    command,
    ...command.commands,
    ...command.commands.flatMap(({ commands }) => commands),
  ]) {
    each.exitOverride().configureOutput({ writeOut: out, writeErr: out });
  }
  try {
    await command.parseAsync(args, { from: 'user' });
    return { out: lines.join('\n'), problem: undefined, json };
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    return { out: lines.join('\n'), problem, json };
  }
}

const seqs = (out: string): number[] =>
  out === '' ? [] : out.split('\n').map((line) => (JSON.parse(line) as { seq: number }).seq);

test('verify: what it says, and the codes it ends with', async (t) => {
  const fine = await run(['verify']);
  assert.equal(fine.problem, undefined);
  assert.match(
    fine.out,
    /example\.com\/gate: 10 entries, 3 checkpoints\nThe first 10 entries are as they were signed at 2026-01-31T12:04:00/,
  );

  const copy = await mkdtemp(join(tmpdir(), 'audit-'));
  t.after(() => rm(copy, { recursive: true }));
  for (const name of [SEGMENT, 'checkpoint', 'checkpoints', 'ledger.pub'])
    await copyFile(join(folder, name), join(copy, name));
  const cut = await run(['verify', '--ledger', copy, '--key', join(folder, 'ledger.pub')]);
  assert.equal(cut.problem?.kind, 'findings');
  assert.match(cut.out, /missing at the end: checkpoints? .*signed 10/);

  const edited = (await readFile(join(folder, SEGMENT), 'utf8')).replace('m-0', 'm-7');
  await writeFile(join(copy, SEGMENT), edited);
  const changed = await run(['verify', '--ledger', copy, '--json']);
  assert.equal(changed.problem?.kind, 'findings');
  const report = changed.json as { outcome: string; failures: { place: unknown }[] };
  assert.equal(report.outcome, 'tampered');
  assert.deepEqual(report.failures[0]?.place, { file: SEGMENT, line: 2, seq: 1 });

  await rm(join(copy, 'checkpoint'));
  await rm(join(copy, 'checkpoints'));
  await copyFile(join(folder, SEGMENT), join(copy, SEGMENT));
  assert.equal((await run(['verify', '--ledger', copy])).problem?.kind, 'undecided');
  await writeFile(join(copy, 'ledger.pub'), 'no key\n');
  assert.equal((await run(['verify', '--ledger', copy])).problem?.kind, 'undecided');
  assert.equal((await run(['verify', '--data', './nowhere'])).problem?.kind, 'environment');
  assert.equal((await run(['verify', '--checkpoint', './nowhere'])).problem?.kind, 'environment');
});

test('verify finds an older state with a checkpoint that was kept', async () => {
  assert.equal((await run(['verify', '--checkpoint', join(folder, 'checkpoint')])).problem, undefined);
});

test('show: filters, the newest, and no control characters on the terminal', async () => {
  const all = await run(['show']);
  assert.equal(all.out.split('\n').length, 10);
  assert.match(
    all.out,
    /1 {2}2026-01-31T12:01:00\.000Z {2}request\.begin {4}shop-bot {2}m-0 {2}req_0 {2}stream=true/,
  );
  assert.ok(!all.out.includes('\u001b') && all.out.includes('\\u{1b}[2J'));
  const chosen = async (...args: string[]): Promise<number[]> =>
    seqs((await run(['show', '--json', ...args])).out);
  assert.deepEqual(await chosen('--limit', '3'), [7, 8, 9]);
  assert.deepEqual(await chosen('--limit', '0'), []);
  assert.deepEqual(await chosen('--kind', 'request.end'), [2, 4, 6, 8]);
  assert.deepEqual(await chosen('--kind', 'system.'), [0]);
  // A closing entry belongs to its opening one.
  assert.deepEqual(await chosen('--caller', 'shop-bot'), [1, 2, 5, 6]);
  assert.deepEqual(await chosen('--caller', 'clr_1', '--limit', '2'), [7, 8]);
  assert.deepEqual(await chosen('--model', 'm-3', '--outcome', 'blocked'), [8]);
  assert.deepEqual(await chosen('--outcome', 'blocked'), [8]);
  assert.deepEqual(await chosen('--since', '2026-01-31T12:04:00Z'), [7, 8, 9]);
  assert.deepEqual(await chosen('--until', '2026-01-31T13:01:00+01:00'), [0]);
  assert.deepEqual(await chosen('--since', '1s', '--until', '1s'), []);
  await assert.rejects(run(['show', '--since', 'yesterday']), /2026-01-31/);
  await assert.rejects(run(['show', '--limit', '-1']));
});

test('show --follow prints what is written from then on', async () => {
  const seen: string[] = [];
  const ready = new Promise<void>((resolve) => {
    listening = resolve;
  });
  const running = run(['show', '--follow', '--json', '--kind', 'test.follow'], (line) => {
    seen.push(line);
    if (seen.length === 2) stop();
  });
  await ready;
  await ledger.append({ kind: 'test.follow', n: 1 });
  await ledger.append({ kind: 'test.other' });
  await ledger.append({ kind: 'test.follow', n: 2 });
  await running;
  assert.deepEqual(seqs(seen.join('\n')), [10, 12]);
  await ledger.checkpoint();
});

test('prove and check, with the public keys only', async () => {
  const key = join(folder, 'ledger.pub');
  const check = async (proof: unknown): Promise<Ran> => {
    await writeFile(join(cwd, 'proof.json'), typeof proof === 'string' ? proof : JSON.stringify(proof));
    return run(['prove', 'check', 'proof.json', '--key', key]);
  };
  for (const seq of [0, 3, 9]) {
    const { json } = await run(['prove', 'inclusion', String(seq)]);
    const proved = await check(json);
    assert.equal(proved.problem, undefined);
    assert.match(
      proved.out,
      new RegExp(`^proved: entry ${seq} is in the log of 1[0-9] entries signed by example.com/gate`),
    );
    const proof = json as Record<string, unknown> & { entry: string; checkpoint: string };
    assert.match(proof.entry, new RegExp(`"seq":${seq},`));
    assert.equal((await check({ ...proof, seq: 5 })).problem?.kind, 'findings');
    assert.equal(
      (await check({ ...proof, entry: proof.entry.replace('kind', 'king') })).problem?.kind,
      'findings',
    );
    assert.equal((await check({ ...proof, path: [] })).problem?.kind, 'findings');
    assert.equal(
      (await check({ ...proof, checkpoint: proof.checkpoint.replace('\n1', '\n2') })).problem?.kind,
      'findings',
    );
  }
  const { json: grown } = await run(['prove', 'consistency', '5', '10']);
  assert.match((await check(grown)).out, /the log of 5 entries is the beginning of that of 10/);
  assert.equal((await check({ ...(grown as object), path: [] })).problem?.kind, 'findings');
  assert.equal((await run(['prove', 'consistency', '0'])).problem, undefined);
  assert.match((await run(['prove', 'consistency', '7'])).problem?.advice ?? '', /below is of 5 entries/);
  assert.equal((await run(['prove', 'consistency', '10', '5'])).problem?.kind, 'usage');
  assert.equal((await run(['prove', 'inclusion', '999'])).problem?.kind, 'usage');
  await assert.rejects(run(['prove', 'inclusion', 'x']));
  for (const nothing of ['', '{}', '[]', JSON.stringify({ ...(grown as object), v: 2 })]) {
    assert.equal((await check(nothing)).problem?.kind, 'undecided');
  }
});

test('export: as it stands, or a table that no spreadsheet runs', async () => {
  const lines = await run(['export', '--until', '2026-01-31T12:01:00Z']);
  assert.equal(lines.out, (await readFile(join(folder, SEGMENT), 'utf8')).split('\n')[0]);
  assert.equal(
    (await run(['export', '--format', 'csv', '--kind', 'request.refused', '-o', 'out.csv'])).problem,
    undefined,
  );
  const [head, row] = (await readFile(join(cwd, 'out.csv'), 'utf8')).split('\n');
  assert.equal(head, 'seq,time,kind,id,caller,model,outcome,entry');
  assert.match(row ?? '', /^9,2026-01-31T12:04:00\.000Z,request\.refused,req_x,,"'=cmd\|""calc""/);
  assert.equal((await stat(join(cwd, 'out.csv'))).mode & 0o777, 0o600);
  assert.equal((await run(['export', '-o', 'out.csv'])).problem?.kind, 'usage');
});

test('help has examples everywhere', async () => {
  for (const path of [
    ['verify'],
    ['show'],
    ['export'],
    ['prove', 'inclusion'],
    ['prove', 'consistency'],
    ['prove', 'check'],
  ]) {
    const lines: string[] = [];
    await assert.rejects(
      run([...path, '--help'], (line) => void lines.push(line)),
      { code: 'commander.helpDisplayed' },
    );
    assert.match(lines.join(''), new RegExp(`Examples?:\\n +gatehouse audit ${path.join(' ')}`));
  }
});
