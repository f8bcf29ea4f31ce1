import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../harness/machine.ts';
import { writeCheckpoint, writeOpcodes, writeSmall } from './files.ts';
import { goalsOf } from './goals.ts';
import { HOSTILE_FILES } from './hostile.ts';
import { type Measured, type Results, report } from './report.ts';
import { gatehouse, picklescan, type Run, runOnce, type Scanner } from './runs.ts';

export const HELP = `npm run bench -- scan [options]

Speed and memory of gatehouse scan on files that it makes: a torch checkpoint of 1 GiB, 5,000 small pickles, and one pickle
of 11 million opcodes. Each run is a process of its own, start-up included; the files are in the system's memory by then.

  --picklescan DIR  beside picklescan, whose source is in DIR: the same files, in turns (needs python3)
  --dir DIR         where the files are made, and taken away again (default: the folder for temporary files)
  --rounds N        of each measurement, after one that does not count; the median counts (default: 3)
  --memory          instead of speed, the most memory for files that are made to fill it: a few minutes
  --quick           a tenth of everything, one round
  --targets         exit 1 where a target is missed
  --json            one JSON document on stdout instead of tables

Targets: a tenth of picklescan's CPU on opcodes, a third on many small files, never more than 256 MB of memory.
CPU is user and system time of all threads. Gatehouse is what "npm run build" made, where it is there, else the sources.

Exit: 0 measured, 1 a target missed (with --targets), 3 wrong usage, 4 could not run.
`;

/** A kind of file: how it is made, of a share of its size. */
interface Load {
  readonly name: string;
  readonly file: string;
  make(path: string, share: number): void;
}

const LOADS: readonly Load[] = [
  {
    name: 'checkpoint',
    file: 'checkpoint.pt',
    make: (path, share) => writeCheckpoint(path, 2 ** 30 * share),
  },
  { name: 'small files', file: 'small', make: (path, share) => writeSmall(path, 5000 * share) },
  { name: 'opcodes', file: 'opcodes.pkl', make: (path, share) => writeOpcodes(path, 11e6 * share) },
];

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      picklescan: { type: 'string' },
      dir: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      memory: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      targets: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const rounds = values.quick ? 1 : Number(values.rounds);
  if (!(rounds >= 1)) throw new Error('--rounds is a number from 1 on');
  const ours = [gatehouse(1), gatehouse(undefined)];
  const scanners = values.picklescan === undefined ? ours : [...ours, picklescan(values.picklescan)];
  const folder = mkdtempSync(join(values.dir ?? tmpdir(), 'gatehouse-bench-scan-'));
  try {
    const about = machine();
    const measured: Measured[] = [];
    const loads = values.memory ? HOSTILE_FILES.map((one) => ({ ...one, file: 'hostile' })) : LOADS;
    for (const load of loads) {
      const path = join(folder, load.file);
      load.make(path, values.quick ? 0.1 : 1);
      measured.push({
        load: load.name,
        scanners: values.memory
          ? await once(load.name, path)
          : await inTurns(load.name, path, scanners, rounds),
      });
      rmSync(path, { recursive: true });
    }
    const results: Results = {
      date: new Date().toISOString().slice(0, 10),
      quick: values.quick,
      machine: about,
      measured,
      goals: goalsOf(measured),
    };
    process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : report(results));
    return values.targets && results.goals.some(({ reached }) => !reached) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a file makes of memory does not waver: once is enough. Whatever the verdict is. */
async function once(load: string, path: string): Promise<Measured['scanners']> {
  process.stderr.write(`${load} …\n`);
  const ours = { ...gatehouse(1), ended: [0, 1, 2] };
  return [{ name: ours.name, runs: [await runOnce(ours, path)] }];
}

/** All scanners in turns, so that a slow minute of the machine meets all alike. The first round does not count. */
async function inTurns(
  load: string,
  path: string,
  scanners: readonly Scanner[],
  rounds: number,
): Promise<Measured['scanners']> {
  const runs = new Map<string, Run[]>(scanners.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    process.stderr.write(`${load}, round ${round} of ${rounds} …\n`);
    for (const scanner of scanners) {
      const used = await runOnce(scanner, path);
      if (round > 0) runs.get(scanner.name)?.push(used);
    }
  }
  return [...runs].map(([name, all]) => ({ name, runs: all }));
}
