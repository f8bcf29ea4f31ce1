import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Domain, domains } from './domains.ts';
import { type Habit, habits } from './habits.ts';
import {
  attack,
  type Benign,
  type Crowd,
  crowd,
  type Detected,
  honest,
  type Prepared,
  prepare,
} from './measure.ts';
import { otherStreams } from './other-streams.ts';
import { replaced, tables } from './report.ts';
import { type Stream, streams } from './streams.ts';

export const HELP = `npm run eval -- monitors --models DIR [options]

Calibrates the monitors on a part of the data, then lets honest callers and real attacks ask: how many honest ones are alarmed
about, also those with habits that are hard to tell from attacks, how many queries an attack has until the first alarm, and whom
alarms name where attackers are among honest callers. Some minutes.

  --models DIR    folder with mnist-lenet5.onnx, mnist-mlp.onnx, breast-cancer-forest.onnx; what is not there is left out
  --tabular DIR   folder with digits.csv.gz and breast_cancer.csv. Default: tabular, beside the models
  --only NAME     one of the models
  --callers N     honest callers, 100 queries each. Default: 1000
  --seed N        default 1
  --write         puts the tables into docs/monitors.md
  --json          figures as JSON

Example:
  npm run eval -- monitors --models ../models --write
`;

/** How an attack is sent: by so many callers, with so many honest queries for each of its own. */
const WAYS = [
  { name: 'alone', split: 1, cover: 0 },
  { name: 'split over 10', split: 10, cover: 0 },
  { name: 'half is cover', split: 1, cover: 1 },
  { name: 'split, half is cover', split: 10, cover: 1 },
] as const;

interface Measured {
  readonly name: string;
  readonly ways: Readonly<Record<string, Detected>>;
  readonly crowd: Crowd;
}

export interface Result {
  readonly name: string;
  readonly benign: Readonly<Record<string, Benign>>;
  readonly habits: readonly Habit[];
  readonly attacks: readonly Measured[];
  /** Those that the monitors were not made with in view. */
  readonly others: readonly Measured[];
  readonly seconds: number;
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string' },
      tabular: { type: 'string' },
      only: { type: 'string' },
      callers: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [callers, seed] = [Number(values.callers), Number(values.seed)];
  if (values.models === undefined || !Number.isSafeInteger(callers) || !Number.isSafeInteger(seed)) {
    process.stderr.write(HELP);
    return 3;
  }
  const tabular = values.tabular ?? join(values.models, '..', 'tabular');
  const found = await domains({ models: values.models, tabular }, seed);
  for (const name of found.missing) process.stderr.write(`left out, its files are not there: ${name}\n`);
  const results: Result[] = [];
  for (const domain of found.domains.filter(({ name }) => values.only === undefined || name === values.only))
    results.push(await measured(domain, callers, seed));
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else process.stdout.write(`${tables(results)}\n`);
  if (values.write)
    replaced(tables(results), `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? ''}`);
  return 0;
}

async function measured(domain: Domain, callers: number, seed: number): Promise<Result> {
  process.stderr.write(`${domain.name}: calibrates\n`);
  const prepared: Prepared = await prepare(domain, seed);
  process.stderr.write(`${domain.name}: honest callers\n`);
  const benign = {
    'any rows': honest(prepared, callers, 100, 'any', seed),
    'rows of one class': honest(prepared, Math.ceil(callers / 5), 100, 'one class', seed),
  };
  const known = async (from: AsyncGenerator<Stream>): Promise<Measured[]> => {
    const measured: Measured[] = [];
    for await (const stream of from) {
      process.stderr.write(`${domain.name}: ${stream.name}, ${stream.rows.length} queries\n`);
      const ways = WAYS.map(({ name, split, cover }) => [name, attack(prepared, stream, split, cover, seed)]);
      measured.push({
        name: stream.name,
        ways: Object.fromEntries(ways) as Record<string, Detected>,
        crowd: crowd(prepared, stream, seed),
      });
    }
    return measured;
  };
  return {
    name: domain.name,
    benign,
    habits: await Array.fromAsync(habits(prepared, seed)),
    attacks: await known(streams(domain, seed)),
    others: await known(otherStreams(domain, seed)),
    seconds: prepared.seconds,
  };
}
