import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { parse } from 'yaml';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { type Data, readData } from '../lifecycle/attack/data/read-data.ts';
import { classesOf, type SampleOptions, samplesOf } from '../lifecycle/attack/data/samples.ts';
import { type Candidate, evaluateShaping, type Shaping } from '../lifecycle/shaping/evaluate.ts';
import { openVictim } from '../runtime/onnx/victim.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { factor, names, positive } from './numbers.ts';
import { table } from './table.ts';

interface ShapeOptions {
  readonly data: string;
  readonly thief: string;
  readonly labels?: string;
  readonly label?: string;
  readonly drop: readonly string[];
  readonly classes?: readonly string[];
  readonly scale: number;
  readonly shapers?: string;
  readonly copies: number;
  readonly rows: number;
  readonly json?: boolean;
}

/** What is compared where no list is given. */
const USUAL: readonly Json[] = [
  [{ use: 'label-only' }],
  [{ use: 'rounding', decimals: 1 }],
  [{ use: 'boundary-privacy' }],
  [{ use: 'misinformation', threshold: 0.996 }],
  [{ use: 'misinformation', threshold: 0.999 }],
  [{ use: 'dawn' }],
];

/** `models shape`: what lists of shapers cost, and how good a copy of the model a thief makes. */
export const shapeOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption('-d, --data <FILE>', 'rows of your own with their classes: CSV, JSON lines, .npy, IDX')
    .requiredOption('--thief <FILE>', 'rows that a thief asks, laid out as those of --data')
    .option('--labels <FILE>', 'the classes in a file of their own')
    .option('--label <COLUMN>', 'column of the class (default: the last)')
    .option('--drop <COLUMNS>', 'columns that the model does not take', names, [])
    .option('--classes <NAMES>', 'classes in the model’s order, where labels are words', names)
    .option('--scale <NUMBER>', 'what every number is multiplied with: 1/255', factor, 1)
    .option('--shapers <FILE>', 'a list of shapers, as a policy has it (default: several usual ones)')
    .option('--copies <N>', 'copies that are trained for each list', positive, 3)
    .option('--rows <N>', 'rows of each file that are read', positive, 20_000)
    .option('--evaluate', 'measure: all that it does, as yet')
    .action((model: string, options: ShapeOptions) => shape(io, model, options));

async function shape(io: CliIo, path: string, options: ShapeOptions): Promise<void> {
  const bytes = bytesOf(io)(path);
  const read = (file: string) => readData(io.cwd, file, options.rows);
  const labels = options.labels === undefined ? undefined : await read(options.labels);
  const [data, thief] = [await read(options.data), await read(options.thief)];
  const candidates = candidatesOf(io, options.shapers);
  const model = await openVictim(bytes);
  const stop = new AbortController();
  const silence = io.onStop(() => stop.abort());
  const progress = io.progress('training copies');
  const found: Shaping[] = [];
  try {
    const { drop, label, scale } = options;
    const common: SampleOptions = { label, drop, scale, features: model.features };
    const samples = samplesOf(data, { ...common, labels });
    const classes = classesOf(samples, options.classes, model.classes);
    const [own, benign] = halves(samples.rows, classes, model.features);
    const asked = samplesOf(thief, { ...common, labels: labels && unlabelled(thief) });
    for await (const one of evaluateShaping({
      model,
      own: own.rows,
      benign,
      thieves: [{ name: thief.name, rows: asked.rows, copies: options.copies }],
      candidates,
      // What is measured is the same each time; a gateway's secret is one of chance.
      secret: createHash('sha256').update('models shape').digest(),
      digest: createHash('sha256').update(bytes).digest('hex'),
      progress: (done, of) => progress.update(done, of),
      signal: stop.signal,
    }))
      found.push(one);
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('usage', error.message);
    // What was found before Ctrl-C is told.
    if (!stop.signal.aborted) throw error;
  } finally {
    progress.end();
    silence();
    await model.close();
  }
  if (options.json === true) io.json({ complete: found.length === candidates.length, found });
  else io.out(table([HEADS, ...found.map(lineOf)]));
  if (found.length < candidates.length)
    throw new Problem('undecided', `stopped: ${found.length} of ${candidates.length} lists were measured`);
}

const HEADS = [
  'shapers',
  'accuracy lost',
  'L1',
  'calibration error',
  'copy right',
  'copy like the model',
  'changed',
];

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const lineOf = ({ name, benign, thefts: [theft] }: Shaping): string[] => [
  name,
  benign.lost.toFixed(2),
  benign.l1.toFixed(3),
  benign.calibrationError.toFixed(3),
  ...(theft === undefined
    ? []
    : [
        `${percent(theft.accuracy.mean)} ± ${percent(theft.accuracy.deviation)}`,
        percent(theft.fidelity.mean),
        percent(theft.changed),
      ]),
];

/** Unshaped answers, and what is to be compared with them. */
function candidatesOf(io: CliIo, file: string | undefined): Candidate[] {
  const lists: readonly Json[] = file === undefined ? USUAL : [listIn(io, file)];
  return [[], ...lists].map((shapers) => ({ name: nameOf(shapers), shapers }));
}

function listIn(io: CliIo, file: string): Json {
  try {
    return parse(io.read(file)) as Json;
  } catch (cause) {
    throw new Problem('usage', `${file} is no list of shapers in YAML`, undefined, cause);
  }
}

const nameOf = (shapers: Json): string =>
  Array.isArray(shapers) && shapers.length > 0
    ? shapers.map((one) => JSON.stringify(one).replace(/["{}]/g, '').replace('use:', '')).join(' + ')
    : 'none';

/** Rows in turns: one half calibrates the gate, the other stands for users. */
function halves(rows: Float32Array, classes: Int32Array, features: number) {
  return [0, 1].map((half) => {
    const places = [...classes.keys()].filter((at) => ((at * 0.6180339887498949) % 1 < 0.5 ? 0 : 1) === half);
    const chosen = new Float32Array(places.length * features);
    for (const [to, at] of places.entries())
      chosen.set(rows.subarray(at * features, (at + 1) * features), to * features);
    return { rows: chosen, labels: Int32Array.from(places, (at) => classes[at] as number) };
  }) as [{ rows: Float32Array; labels: Int32Array }, { rows: Float32Array; labels: Int32Array }];
}

/** Where classes are in a file of their own, the thief's rows have none. */
function unlabelled({ name, sha256, content }: Data): Data {
  const count = content.kind === 'array' ? (content.dims[0] ?? 0) : content.rows.length;
  return {
    name,
    sha256,
    content: { kind: 'array', dims: [count], data: new Float64Array(count), bytes: true },
  };
}
