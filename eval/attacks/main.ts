import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Attack, Job, Norm } from '../../src/attacks/attack.ts';
import { ATTACKS } from '../../src/attacks/index.ts';
import { distance } from '../../src/attacks/norms.ts';
import { Random } from '../../src/attacks/random.ts';
import { standard } from '../../src/attacks/standard.ts';
import { rowAt } from '../monitors/data.ts';
import { type Attacked, victims } from './victims.ts';

export const HELP = `npm run eval -- attacks --models DIR [options]

Runs attacks on models, each on the same rows: what share of rows stays right, how far the median row is moved, how many
queries and how long it takes. Beside it stands what was measured before, where there is something.

  --models DIR    folder with mnist-lenet5.onnx, mnist-mlp.onnx, breast-cancer-forest.onnx; what is not there is left out
  --tabular DIR   folder with digits.csv.gz and breast_cancer.csv. Default: tabular, beside the models
  --only NAME     one of the models
  --attacks A,B   attacks by name, and “standard” for the ensemble. Default: those of the table in docs/robustness.md
  --rows N        rows of each model; attacks for the least distance take a tenth. Default: 500
  --norm NORM     Linf, L2, L1 or L0, of attacks for the least distance. Default: that of the model
  --seed N        default 1
  --quick         50 rows
  --json          figures as JSON

Example:
  npm run eval -- attacks --models ../models --rows 200
`;

/** Attacks with settings other than their defaults, as they were measured before. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, number>>>> = { square: { queries: 2000 } };

/** Robust accuracy in percent of 500 test digits, measured before by a prototype: model/attack/ε. */
const REFERENCES: Readonly<Record<string, number>> = {
  'mnist-lenet5/pgd/0.1': 43.2,
  'mnist-lenet5/apgd-ce/0.1': 40.2,
  'mnist-lenet5/square/0.1': 46.4,
  'mnist-mlp/pgd/0.05': 58.0,
  'mnist-mlp/apgd-ce/0.05': 57.2,
  'mnist-mlp/square/0.05': 64.0,
};

const NORMS: readonly Norm[] = ['Linf', 'L2', 'L1', 'L0'];

interface Figure {
  readonly model: string;
  readonly attack: string;
  readonly norm: Norm;
  readonly epsilon: number;
  readonly rows: number;
  /** In percent; undefined for attacks that seek the least distance. */
  readonly robust: number | undefined;
  readonly reference: number | undefined;
  /** Of the rows that the model gets right; infinite where half of them or more were not broken. */
  readonly median: number | undefined;
  readonly queries: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string' },
      tabular: { type: 'string' },
      only: { type: 'string' },
      attacks: { type: 'string' },
      rows: { type: 'string', default: '500' },
      norm: { type: 'string' },
      seed: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const count = values.quick ? 50 : Number(values.rows);
  const seed = Number(values.seed);
  const norm = NORMS.find((one) => one === values.norm);
  if (
    values.models === undefined ||
    !(count > 0) ||
    !Number.isSafeInteger(seed) ||
    (norm === undefined) !== (values.norm === undefined)
  ) {
    process.stderr.write(HELP);
    return 3;
  }
  const found = await victims(values.models, values.tabular);
  for (const name of found.missing) process.stderr.write(`left out, its files are not there: ${name}\n`);
  const figures: Figure[] = [];
  for (const victim of found.victims.filter(({ name }) => values.only === undefined || name === values.only))
    for (const name of values.attacks?.split(',') ?? victim.attacks)
      for (const figure of await measured(victim, name, { norm, count, seed })) {
        figures.push(figure);
        process.stderr.write(`${line(figure)}\n`);
      }
  if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  else process.stdout.write(`${table(figures)}\n`);
  return 0;
}

async function measured(
  victim: Attacked,
  name: string,
  { norm: asked, count, seed }: { norm: Norm | undefined; count: number; seed: number },
): Promise<Figure[]> {
  const attack = ATTACKS.find((one) => one.name === name);
  if (attack === undefined && name !== 'standard') throw new Error(`there is no attack called ${name}`);
  if (attack?.access === 'gradients' && victim.model.gradients === undefined) {
    process.stderr.write(`left out, it gives no gradients: ${name} on ${victim.name}\n`);
    return [];
  }
  const least = attack?.seeks === 'least';
  const wished = (least ? asked : undefined) ?? victim.norm;
  const norm = attack === undefined || attack.norms.includes(wished) ? wished : (attack.norms[0] as Norm);
  const figures: Figure[] = [];
  for (const epsilon of least ? [victim.epsilons[0] as number] : victim.epsilons)
    figures.push(
      await figure(victim, attack, { norm, epsilon, count: least ? Math.ceil(count / 10) : count, seed }),
    );
  return figures;
}

async function figure(
  victim: Attacked,
  attack: Attack | undefined,
  { norm, epsilon, count, seed }: { norm: Norm; epsilon: number; count: number; seed: number },
): Promise<Figure> {
  const { data, space, model, name, thresholds, others } = victim;
  const rows = Math.min(count, data.labels.length);
  const job: Omit<Job, 'settings'> = {
    victim: model,
    rows: data.rows.slice(0, rows * data.features),
    labels: data.labels.slice(0, rows),
    norm,
    epsilon,
    space,
    random: new Random(seed),
    thresholds,
    others,
  };
  const before = performance.now();
  const all =
    attack === undefined ? await standard({ ...job, flat: victim.flat, settings: SETTINGS }) : undefined;
  const outcome =
    all ??
    (await (attack as Attack).run({
      ...job,
      settings: { ...attack?.defaults, ...SETTINGS[attack?.name ?? ''] },
    }));
  const seconds = (performance.now() - before) / 1000;
  const moved = [...outcome.found.keys()]
    .filter((at) => (outcome.queries[at] as number) > 1)
    .map((at) =>
      outcome.found[at] === 1
        ? distance(norm, space, rowAt({ rows: outcome.rows, features: data.features }, at), rowAt(data, at))
        : Number.POSITIVE_INFINITY,
    )
    .sort((a, b) => a - b);
  const called = attack?.name ?? 'standard';
  const least = attack?.seeks === 'least';
  return {
    model: name,
    attack: called,
    norm,
    epsilon,
    rows,
    robust: least ? undefined : (100 * outcome.found.filter((one) => one === 0).length) / rows,
    reference: rows !== 500 ? undefined : REFERENCES[`${name}/${called}/${epsilon}`],
    median: least ? moved[moved.length >> 1] : undefined,
    queries: Math.round(outcome.queries.reduce((sum, one) => sum + one, 0) / rows),
    seconds,
    warnings: all?.warnings.map(({ sign }) => sign) ?? [],
  };
}

const line = ({
  model,
  attack,
  norm,
  epsilon,
  rows,
  robust,
  reference,
  median,
  queries,
  seconds,
  warnings,
}: Figure) =>
  `| ${[
    model,
    attack,
    robust === undefined ? norm : `${norm} ${epsilon}`,
    rows,
    robust === undefined ? '' : robust.toFixed(1),
    reference?.toFixed(1) ?? '',
    median?.toFixed(3) ?? '',
    queries.toLocaleString('en'),
    seconds.toFixed(1),
    warnings.join(', '),
  ].join(' | ')} |`;

function table(figures: readonly Figure[]): string {
  const load = loadavg().map((one) => one.toFixed(0))[0];
  return [
    `Measured on ${new Date().toISOString().slice(0, 16).replace('T', ' at ')}, ${cpus()[0]?.model ?? ''}, load ${load}:`,
    '',
    '| model | attack | budget | rows | left right, % | before, % | median distance | queries a row | s | warnings |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|---|',
    ...figures.map(line),
  ].join('\n');
}
