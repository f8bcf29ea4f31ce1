import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Entry } from '../../src/audit/entry.ts';
import { inclusionRanges } from '../../src/audit/proof.ts';
import { requestId } from '../../src/base/ids.ts';
import { nodeTreeHash } from '../../src/ledger/hashing.ts';
import { type ExchangeQuery, searchExchanges } from '../../src/views/search.ts';
import { LEAST_LEVEL, Subtrees } from '../../src/views/subtrees.ts';
import { Views } from '../../src/views/views.ts';
import { machine } from '../harness/machine.ts';
import { median } from '../harness/stats.ts';
import { figure, table } from '../harness/table.ts';

export const HELP = `npm run bench -- views [options]

Searches of the views of a ledger by time, caller and verdict, and what it costs to fill them. Two entries make an exchange; 500
callers take turns, one exchange in ten is refused and one in ten blocked.

  --entries N    of the ledger (default: 10000000, which takes some minutes and a gigabyte of disk)
  --targets      exit 1 where a search takes more than 200 ms

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run.
`;

/** Milliseconds. */
const GOAL = 200;
const START = Date.UTC(2026, 0, 1);
/** Milliseconds between two exchanges. */
const STEP = 300;
const BATCH = 2000;
const OUTCOMES = ['refused', 'blocked'];

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      entries: { type: 'string', default: '10000000' },
      targets: { type: 'boolean', default: false },
    },
  });
  const count = Number(values.entries);
  if (!(count >= 2)) throw new Error('--entries is 2 or more');
  const { load } = machine();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const views = Views.open(join(folder, 'views.sqlite'), 'bench', Number.MAX_SAFE_INTEGER);
  try {
    const subtrees = new Subtrees(views.database, nodeTreeHash);
    const { cpu, hashing } = fill(views, subtrees, count);
    const measured = Object.entries(queries(count)).map(([name, query]) => {
      const times = Array.from({ length: 9 }, () => {
        const from = performance.now();
        searchExchanges(views, { limit: 50, ...query });
        return performance.now() - from;
      });
      return { name, median: median(times), most: Math.max(...times) };
    });
    const rows = measured.map(({ name, median: middle, most }) => [name, figure(middle), figure(most)]);
    process.stdout.write(
      `${table(['search', 'ms, median of 9', 'ms, slowest'], rows)}\n\n${count} entries, ${figure(cpu)} µs of CPU an entry to fill, ${figure(hashing)} more for the subtrees that proofs are made of; ${proofLine(subtrees)}; load before: ${load}; target: ${GOAL} ms\n`,
    );
    return values.targets && measured.some(({ most }) => most > GOAL) ? 1 : 0;
  } finally {
    views.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long the hashes of a proof take to be found, as far as they are kept. */
function proofLine(subtrees: Subtrees): string {
  const { size } = subtrees;
  const times = Array.from({ length: 99 }, (_, at) => {
    const from = performance.now();
    for (const range of inclusionRanges(Math.floor((size * at) / 99), size)) {
      const level = Math.log2(range.to - range.from);
      if (Number.isInteger(level) && level >= LEAST_LEVEL) subtrees.root(level, range.from / 2 ** level);
    }
    return performance.now() - from;
  });
  return `hashes of a proof found in ${figure(median(times))} ms (median of 99, slowest ${figure(Math.max(...times))})`;
}

/** Gives microseconds of CPU an entry: of the views, and of the subtrees. */
function fill(
  views: Views,
  subtrees: Subtrees,
  count: number,
): { readonly cpu: number; readonly hashing: number } {
  let spent = 0;
  let hashing = 0;
  for (let from = 0; from + 1 < count; from += BATCH) {
    const entries: Entry[] = [];
    for (let seq = from; seq + 1 < Math.min(count, from + BATCH); seq += 2) entries.push(...exchange(seq));
    const before = process.cpuUsage();
    views.take(entries);
    const { user, system } = process.cpuUsage(before);
    spent += user + system;
    const taken = process.cpuUsage();
    subtrees.take(entries);
    const rest = process.cpuUsage(taken);
    hashing += rest.user + rest.system;
  }
  return { cpu: spent / count, hashing: hashing / count };
}

function exchange(seq: number): Entry[] {
  const at = seq / 2;
  const time = START + at * STEP;
  const who = (at * 7919) % 500;
  const facts = {
    id: requestId(time),
    caller: { id: `clr_${who}`, name: `caller-${who}`, team: `team-${who % 10}` },
    operation: 'openai.chat',
    model: `model-${who % 5}`,
    upstream: 'openai',
  };
  const outcome = OUTCOMES[Math.floor(at / 500) % 10] ?? 'completed';
  const charge = { input: 100, output: 50, cost: '0.0012' };
  const entry = (number: number, kind: string, fields: Entry['fields']): Entry => ({
    seq: number,
    time: new Date(time).toISOString(),
    prev: nodeTreeHash.empty,
    kind,
    fields,
  });
  return [
    entry(seq, 'request.begin', facts),
    entry(seq + 1, 'request.end', {
      ...facts,
      begin: seq,
      outcome,
      status: 200,
      ms: 20 + (at % 300),
      charge,
    }),
  ];
}

function queries(count: number): Readonly<Record<string, Omit<ExchangeQuery, 'limit'>>> {
  const end = START + (count / 2) * STEP;
  const part = { since: START + (end - START) / 4, until: START + (end - START) / 2 };
  return {
    newest: {},
    'a caller': { caller: 'clr_77' },
    'a caller, blocked': { caller: 'clr_77', outcome: 'blocked' },
    'a caller, blocked, a quarter of the time': { caller: 'clr_77', outcome: 'blocked', ...part },
    'blocked, a quarter of the time': { outcome: 'blocked', ...part },
    'a verdict that never was': { outcome: 'failed', ...part },
    'a caller who never was': { caller: 'clr_nobody', ...part },
  };
}
