import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { readTotals, type Totals, writeTotals } from './totals.ts';

/** What a process says of its step: how far it is, and at the end the file of the input that failed, if one did. */
export interface Told {
  readonly runs: number;
  readonly failed?: string;
  readonly over?: true;
}

export interface Campaign {
  readonly targets: readonly string[];
  /** Executions of each target, those of earlier campaigns counted. */
  readonly goal: number;
  readonly seed: number;
  /** Processes at a time. */
  readonly jobs: number;
  /** When to end, in milliseconds since 1970. */
  readonly until: number;
  readonly say: (line: string) => void;
}

const STEP = join(import.meta.dirname, 'step.ts');
/** The first step of a target; each further one makes it so many times as much. */
const FIRST = 60_000;
const GROWTH = 4;
/** A target that failed so often has been shown to be broken. */
const ENOUGH = 3;

/**
 * Brings every target to the goal, in steps: the one with the fewest executions is next. Each step is a process of its
 * own, so that one that dies (of memory, or ended by the watchdog) is a failure and not the end. What was done is
 * written down behind every step.
 */
export async function campaign({ targets, goal, seed, jobs, until, say }: Campaign): Promise<boolean> {
  let totals: Totals = readTotals();
  const failures = new Map<string, number>();
  const busy = new Set<string>();
  const next = (): string | undefined =>
    targets
      .filter((name) => !busy.has(name) && runsOf(name) < goal && (failures.get(name) ?? 0) < ENOUGH)
      .sort((a, b) => runsOf(a) - runsOf(b))[0];
  const runsOf = (name: string): number => totals[name]?.runs ?? 0;

  const work = async (): Promise<void> => {
    for (let name = next(); name !== undefined && Date.now() < until; name = next()) {
      const before = totals[name] ?? { runs: 0, failed: 0, seed, last: '' };
      const aim = Math.min(goal, Math.max(FIRST, GROWTH * before.runs));
      const own = (before.seed + before.runs) >>> 0;
      busy.add(name);
      const { runs, failed } = await step(name, own, aim - before.runs, until);
      busy.delete(name);
      if (failed !== undefined || runs === 0) failures.set(name, (failures.get(name) ?? 0) + 1);
      totals = {
        ...totals,
        [name]: {
          ...before,
          runs: before.runs + runs,
          failed: before.failed + (failed === undefined ? 0 : 1),
          last: new Date().toISOString().slice(0, 10),
        },
      };
      if (runs > 0) writeTotals(totals);
      say(`${name} ${before.runs + runs} (seed ${own})${failed === undefined ? '' : `: failed, ${failed}`}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return failures.size === 0;
}

async function step(name: string, seed: number, runs: number, until: number): Promise<Told> {
  const child = fork(STEP, [name, String(seed), String(runs), String(until)], {
    // Readers make much that is gone at once.
    execArgv: ['--max-semi-space-size=64'],
  });
  return told(child);
}

const told = (child: ChildProcess): Promise<Told> =>
  new Promise((resolve) => {
    let last: Told = { runs: 0 };
    child.on('message', (message) => {
      last = message as Told;
    });
    child.on('exit', (code, signal) => {
      // What it could not even begin with has nothing to do with an input.
      const died = last.over !== true && last.runs > 0;
      resolve({ ...last, ...(died && { failed: `the process ended with ${signal ?? code}` }) });
    });
  });
