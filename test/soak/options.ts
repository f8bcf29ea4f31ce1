import { parseArgs } from 'node:util';

export interface Options {
  readonly minutes: number;
  readonly workers: number;
  readonly clients: number;
  readonly seed: number;
  readonly json: boolean;
  /** Everything happens within half a minute, and nothing is said of memory. */
  readonly quick: boolean;
  /** The folder of the run stays. */
  readonly keep: boolean;
}

export const HELP = `npm run soak -- [options]

A real gateway with everything switched on, under load, while its configuration is reloaded, keys are rotated, witnesses and
model servers fail, and workers are killed. Each answer is judged when it comes; afterwards the ledger, the counters, the
mirror, the files and the memory are.

  --minutes N   how long (default: 10)
  --workers N   processes of the gateway (default: 2)
  --clients N   clients at the same time (default: 24)
  --seed N      which requests and faults are drawn (default: of the clock)
  --quick       some seconds of load, all of it in short (memory is judged from five minutes on)
  --keep        leave the folder of the run, and say where it is
  --json        the report as JSON

Ctrl-C ends the load early; what was found so far is reported.
Exit codes: 0 nothing found, 1 something found, 3 wrong usage, 4 the scene could not be set up.
`;

/** Wrong usage of the command. */
export class WrongUsage extends Error {}

export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string' },
        workers: { type: 'string' },
        clients: { type: 'string' },
        seed: { type: 'string' },
        quick: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { quick, keep, json } = values;
    return {
      minutes: quick ? 0.18 : number('minutes', values.minutes ?? '10', 0.1, 10_000),
      workers: whole('workers', values.workers ?? '2', 1, 16),
      clients: whole('clients', values.clients ?? (quick ? '12' : '24'), 1, 500),
      seed: whole('seed', values.seed ?? String(Date.now() % 1_000_000), 0, 2 ** 31),
      quick,
      keep,
      json,
    };
  } catch (error) {
    throw error instanceof WrongUsage ? error : new WrongUsage((error as Error).message);
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most) return value;
  throw new WrongUsage(`--${name} takes a number from ${least} to ${most}`);
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = number(name, text, least, most);
  if (Number.isInteger(value)) return value;
  throw new WrongUsage(`--${name} takes a whole number`);
}
