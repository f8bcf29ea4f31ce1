import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Victim } from '../../src/attacks/attack.ts';
import { Random } from '../../src/attacks/random.ts';
import { boxOf, type Space } from '../../src/attacks/space.ts';
import { openVictim } from '../../src/runtime/onnx/victim.ts';
import { fashion, mnist, picked, type Rows, rowAt, table } from './data.ts';
import { Substitute } from './substitute.ts';

/** A model, rows to calibrate on, others that honest callers ask about, others that attackers begin with, and rows of another kind. */
export interface Domain {
  readonly name: string;
  readonly victim: Victim;
  readonly space: Space;
  /** In units of the space: how far evasions go. */
  readonly epsilon: number;
  readonly calibration: Rows;
  readonly callers: Rows;
  readonly seeds: Rows;
  readonly others: Rows | undefined;
}

const CALIBRATED_ON = 10_000;
/** Rows that honest callers draw from: each its own hundred. */
const ASKED_ABOUT = 20_000;
const BEGUN_WITH = 5000;

export interface Folders {
  readonly models: string;
  readonly tabular: string;
}

/** Those whose files are there; the others are named. */
export async function domains(
  { models, tabular }: Folders,
  seed: number,
): Promise<{ domains: Domain[]; missing: string[] }> {
  const made: Domain[] = [];
  const missing: string[] = [];
  const digits = mnist();
  for (const name of ['mnist-lenet5', 'mnist-mlp']) {
    const path = join(models, `${name}.onnx`);
    if (digits === undefined || !existsSync(path)) missing.push(name);
    else
      made.push({
        name,
        victim: await openVictim(readFileSync(path), { threads: 1 }),
        space: { ...boxOf(784), image: { channels: 1, height: 28, width: 28 } },
        epsilon: 0.1,
        ...parts(digits, [CALIBRATED_ON, ASKED_ABOUT, BEGUN_WITH], new Random(seed)),
        others: fashion(),
      });
  }
  const small = join(tabular, 'digits.csv.gz');
  if (existsSync(small)) {
    const data = table(small);
    made.push({
      name: 'digits-softmax',
      ...tabularDomain(data, new Random(seed)),
      victim: softmax(data, 10, seed),
    });
  } else missing.push('digits-softmax');
  const [forest, cancer] = [join(models, 'breast-cancer-forest.onnx'), join(tabular, 'breast_cancer.csv')];
  if (existsSync(forest) && existsSync(cancer))
    made.push({
      name: 'breast-cancer-forest',
      ...tabularDomain(table(cancer), new Random(seed)),
      victim: await openVictim(readFileSync(forest), { threads: 1 }),
    });
  else missing.push('breast-cancer-forest');
  return { domains: made, missing };
}

function parts(data: Rows, [first, second, third]: readonly [number, number, number], random: Random) {
  const order = random.shuffle(Array.from(data.labels, (_, at) => at));
  return {
    calibration: picked(data, order.slice(0, first)),
    callers: picked(data, order.slice(first, first + second)),
    seeds: picked(data, order.slice(first + second, first + second + third)),
  };
}

/** Of small tables, somewhat more for calibration. */
const thirds = (count: number): readonly [number, number, number] => {
  const part = Math.floor(0.3 * count);
  return [count - 2 * part, part, part];
};

/** Units are standard deviations; rows of another kind are the features of different rows, mixed. */
function tabularDomain(data: Rows, random: Random) {
  const { features, labels } = data;
  const column = (at: number) => Array.from(labels, (_, row) => data.rows[row * features + at] as number);
  const columns = Array.from({ length: features }, (_, at) => column(at));
  const unit = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  });
  const mixed = Float32Array.from(
    { length: 1000 * features },
    (_, at) => columns[at % features]?.[random.below(labels.length)] ?? 0,
  );
  return {
    space: {
      ...boxOf(features),
      lower: Float32Array.from(columns, (values) => Math.min(...values)),
      upper: Float32Array.from(columns, (values) => Math.max(...values)),
      unit: Float32Array.from(unit),
    },
    epsilon: 0.5,
    ...parts(data, thirds(labels.length), random),
    others: { features, rows: mixed, labels: new Int32Array(1000) },
  };
}

function softmax(data: Rows, classes: number, seed: number): Victim {
  const model = new Substitute(data, classes, new Random(seed), 30);
  return {
    features: data.features,
    classes,
    answers: 'logits',
    scores: async (rows) => {
      const count = rows.length / data.features;
      const out = new Float32Array(count * classes);
      for (let at = 0; at < count; at++)
        out.set(model.scores(rowAt({ rows, features: data.features }, at)), at * classes);
      return out;
    },
  };
}
