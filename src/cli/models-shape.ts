import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Problem } from '../base/problem.ts';
import { type DefenceKeys, type ModelCalibration, readModelCalibration } from '../defences/calibration.ts';
import { type Data, readData } from '../lifecycle/attack/data/read-data.ts';
import { classesOf, type SampleOptions, samplesOf } from '../lifecycle/attack/data/samples.ts';
import { percent } from '../lifecycle/attack/signs.ts';
import { putFile } from '../lifecycle/attack/state.ts';
import { evaluateShaping, type Shaping, type ShapingJob } from '../lifecycle/shaping/evaluate.ts';
import { shapingPage } from '../lifecycle/shaping/report.ts';
import { openVictim } from '../runtime/onnx/victim.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { defenceKeysIn, type ModelsOptions, modelBytes } from './models-place.ts';
import { factor, names, positive } from './numbers.ts';
import { type ListOptions, shaperLists } from './shaper-lists.ts';
import { table } from './table.ts';

interface ShapeOptions extends ModelsOptions, ListOptions {
  readonly data: string;
  readonly thief: string;
  readonly labels?: string;
  readonly label?: string;
  readonly drop: readonly string[];
  readonly classes?: readonly string[];
  readonly scale?: number;
  readonly calibration?: string;
  readonly key?: string;
  readonly file?: string;
  readonly copies: number;
  readonly rows: number;
  readonly report?: string;
}

/** `models shape`: what lists of shapers cost, and how good a copy of the model a thief makes. */
export const shapeOptions = (io: CliIo, command: Command, version: string): Command =>
  command
    .requiredOption('-d, --data <FILE>', 'rows of your own with their classes: CSV, JSON lines, .npy, IDX')
    .requiredOption('--thief <FILE>', 'rows that a thief asks, laid out as those of --data')
    .option('--labels <FILE>', 'the classes in a file of their own')
    .option('--label <COLUMN>', 'column of the class (default: the last)')
    .option('--drop <COLUMNS>', 'columns that the model does not take', names, [])
    .option('--classes <NAMES>', 'classes in the model’s order, where labels are words', names)
    .option(
      '--scale <FACTOR>',
      'what every number is multiplied with (default: 1/255 for pictures of bytes)',
      factor,
    )
    .option('--shapers <FILE>', 'a list of shapers, as a policy has it (default: several usual ones)')
    .option('--policy <FILE>', 'the shapers of a policy: for everybody, and on each rung of its ladder')
    .option('--model-name <NAME>', 'as the policy names the model')
    .option('--calibration <FILE>', 'the gate of “models calibrate”, so that all of --data stand for users')
    .option('--key <FILE>', 'the key of that calibration')
    .option('--file <NAME>', 'the file of a sealed model (default: its only ONNX file)')
    .option('--copies <N>', 'copies that are trained for each list', positive, 3)
    .option('--rows <N>', 'rows of each file that are read', positive, 20_000)
    .option('--report <FILE>', 'one page in HTML, with the curve: the copy against what users lose')
    .option('--evaluate', 'measure: all that it does, as yet')
    .action((model: string, options: ShapeOptions) => shape(io, model, options, version));

async function shape(io: CliIo, path: string, options: ShapeOptions, version: string): Promise<void> {
  const bytes = await modelBytes(io, path, options);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const made = calibrationOf(io, digest, options);
  const candidates = await shaperLists(io, options);
  const read = (file: string) => readData(io.cwd, file, options.rows);
  const labels = options.labels === undefined ? undefined : await read(options.labels);
  const [data, thief] = [await read(options.data), await read(options.thief)];
  const model = await openVictim(bytes);
  const stop = new AbortController();
  const silence = io.onStop(() => stop.abort());
  const progress = io.progress('training copies');
  const found: Shaping[] = [];
  try {
    const { drop, label } = options;
    const scaleOf = ({ content }: Data) =>
      options.scale ?? (content.kind === 'array' && content.bytes ? 1 / 255 : 1);
    const common: Omit<SampleOptions, 'scale'> = { label, drop, features: model.features };
    const samples = samplesOf(data, { ...common, scale: scaleOf(data), labels });
    const named = options.classes ?? made?.calibration.labels?.classes.map(String);
    const classes = classesOf(samples, named, model.classes);
    const asked = samplesOf(thief, {
      ...common,
      scale: scaleOf(thief),
      labels: labels && unlabelled(thief),
    });
    for await (const one of evaluateShaping({
      model,
      ...usersAndOwn(samples.rows, classes, model.features, made?.calibration),
      thieves: [{ name: thief.name, rows: asked.rows, copies: options.copies }],
      candidates,
      // What is measured is the same each time; a gateway's secret is one of chance.
      secret: made?.keys.shapers ?? createHash('sha256').update('models shape').digest(),
      digest,
      progress: (done, of) => progress.update(done, of),
      signal: stop.signal,
    }))
      found.push(one);
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('usage', error.message, undefined, error);
    // What was found before Ctrl-C is told.
    if (!stop.signal.aborted) throw error;
  } finally {
    progress.end();
    silence();
    await model.close();
  }
  if (options.report !== undefined)
    await putFile(
      resolve(io.cwd, options.report),
      shapingPage({ model: path, data: data.name, thief: thief.name, version, found }),
    );
  if (options.json === true) io.json({ complete: found.length === candidates.length, found });
  else io.out(table([HEADS, ...found.map(lineOf)]));
  if (found.length < candidates.length)
    throw new Problem('undecided', `stopped: ${found.length} of ${candidates.length} lists were measured`);
}

interface Made {
  readonly calibration: ModelCalibration;
  readonly keys: DefenceKeys;
}

/** What the gateway would shape by. Throws Problem('usage') for the calibration of another model. */
function calibrationOf(
  io: CliIo,
  digest: string,
  { calibration: file, key }: ShapeOptions,
): Made | undefined {
  if ((file === undefined) !== (key === undefined))
    throw new Problem('usage', '--calibration and --key go together');
  if (file === undefined || key === undefined) return undefined;
  const keys = defenceKeysIn(io, key);
  const text = bytesOf(io, io.cwd, 'the calibration in ')(file).toString('utf8');
  const calibration = readModelCalibration(text, keys, file);
  if (calibration.model !== digest)
    throw new Problem('usage', `${file} is the calibration of another model`, 'Calibrate this one.');
  return { calibration, keys };
}

/** All rows stand for users where the gate is there; else half of them make it. */
function usersAndOwn(
  rows: Float32Array,
  labels: Int32Array,
  features: number,
  made: ModelCalibration | undefined,
): Pick<ShapingJob, 'own' | 'benign'> {
  if (made !== undefined) return { own: made.gate, benign: { rows, labels } };
  const [own, benign] = halves(rows, labels, features);
  return { own: own.rows, benign };
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
