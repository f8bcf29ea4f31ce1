import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/harness/machine.ts';
import { Random } from '../../src/attacks/random.ts';
import { CloneTrainer } from '../../src/lifecycle/shaping/clone.ts';
import { evaluateShaping, type Shaping, type ShapingJob } from '../../src/lifecycle/shaping/evaluate.ts';
import { openVictim } from '../../src/runtime/onnx/victim.ts';
import { digits, fashion, mnist, shrunk } from './data.ts';
import { LISTS } from './lists.ts';
import { picture } from './picture.ts';
import { table } from './table.ts';

export const HELP = `npm run eval -- shapers [options]

Trains copies of a model on shaped answers, and measures what the shaping costs. MNIST, with Fashion-MNIST and digits as what
thieves ask (Debian's package dataset-fashion-mnist; without it MNIST is left out), and the small digits of scikit-learn with
noise. Some minutes; the same figures every time.

  --models DIR    folder of mnist-lenet5.onnx; without it that part is left out
  --tables DIR    folder of digits.csv.gz; without it that part is left out
  --copies N      copies trained for each list of shapers, on rows unlike the owner's. Default: 3
  --write         writes docs/images/shapers.svg, of the first part
  --json          figures as JSON

Examples:
  npm run eval -- shapers --models ../models --tables ../tables --write
  npm run eval -- shapers --models ../models --copies 1 --json
`;

const ROOT = join(import.meta.dirname, '..', '..');
/** Of the evaluation only: an owner has one of chance. */
const SECRET = createHash('sha256').update('the evaluation of shapers').digest();

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: 'string' },
      tables: { type: 'string' },
      copies: { type: 'string', default: '3' },
      write: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const copies = Number(values.copies);
  if ((values.models ?? values.tables) === undefined || !Number.isSafeInteger(copies) || copies < 1) {
    process.stderr.write(HELP);
    return 3;
  }
  const sets: { readonly name: string; readonly found: readonly Shaping[] }[] = [];
  const shoes = values.models === undefined ? undefined : fashion(5000);
  if (values.models !== undefined && shoes === undefined)
    process.stderr.write('MNIST is left out: dataset-fashion-mnist is not installed.\n');
  if (values.models !== undefined && shoes !== undefined)
    sets.push({
      name: 'MNIST, LeNet-5',
      found: await onMnist(join(values.models, 'mnist-lenet5.onnx'), shoes, copies),
    });
  const table64 = join(values.tables ?? '', 'digits.csv.gz');
  if (values.tables !== undefined && existsSync(table64))
    sets.push({ name: 'digits of 8 × 8, a perceptron', found: await onDigits(table64, copies) });
  const { cpu, cores, node, load } = machine();
  const about = `${new Date().toISOString().slice(0, 10)}, ${cpu}, ${cores} cores, load ${load}, Node ${node}`;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ about, sets }, null, 2)}\n`
      : `${about}\n\n${sets.map(({ name, found }) => `## ${name}\n\n${table(found)}`).join('\n')}`,
  );
  const [first] = sets;
  if (values.write && values.models !== undefined && first !== undefined)
    writeFileSync(join(ROOT, 'docs', 'images', 'shapers.svg'), picture(first.found, first.name));
  return 0;
}

/** All that is found, each told as it comes. */
async function evaluated(job: ShapingJob): Promise<Shaping[]> {
  const found: Shaping[] = [];
  for await (const one of evaluateShaping(job)) {
    found.push(one);
    process.stderr.write(`${found.length} of ${job.candidates.length}: ${table([one]).split('\n')[2]}\n`);
  }
  return found;
}

async function onMnist(file: string, shoes: Float32Array, copies: number): Promise<Shaping[]> {
  const bytes = readFileSync(file);
  const model = await openVictim(bytes);
  const { features } = model;
  const { rows } = mnist('train', 32_000);
  try {
    return await evaluated({
      model,
      own: rows.subarray(20_000 * features, 30_000 * features),
      benign: mnist('t10k', 10_000),
      thieves: [
        { name: 'unlike the owner’s', rows: shoes, copies },
        { name: 'like the owner’s', rows: rows.subarray(31_000 * features), copies: 1 },
      ],
      candidates: LISTS,
      secret: SECRET,
      digest: createHash('sha256').update(bytes).digest('hex'),
    });
  } finally {
    await model.close();
  }
}

/** The model is made here: a perceptron that learns a third of the digits. The gate is calibrated on another third. */
async function onDigits(file: string, copies: number): Promise<Shaping[]> {
  const [features, classes] = [64, 10];
  const shoes = fashion(2000);
  const { rows, labels } = digits(file);
  const part = (from: number, to: number) => ({
    rows: rows.subarray(from * features, to * features),
    labels: labels.subarray(from, to),
  });
  const [learned, own, benign] = [part(0, 600), part(600, 1200), part(1200, 1697)];
  const truth = new Float32Array(learned.labels.length * classes);
  for (const [at, label] of learned.labels.entries()) truth[at * classes + label] = 1;
  const random = new Random(2);
  const noise = Float32Array.from({ length: 2000 * features }, () => random.between(0, 16));
  const trainer = await CloneTrainer.open(features, classes);
  try {
    const model: ShapingJob['model'] = await trainer.train(learned.rows, truth, 1);
    return await evaluated({
      model,
      own: own.rows,
      benign,
      thieves: [
        ...(shoes === undefined ? [] : [{ name: 'unlike the owner’s', rows: shrunk(shoes), copies }]),
        { name: 'of noise', rows: noise, copies },
        { name: 'like the owner’s', rows: part(1697, 1797).rows, copies: 1 },
      ],
      candidates: LISTS,
      secret: SECRET,
      digest: 'digits',
    });
  } finally {
    await trainer.close();
  }
}
