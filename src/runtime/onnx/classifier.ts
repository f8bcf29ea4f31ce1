import { Problem } from '../../base/problem.ts';
import { encodeModel } from '../../graph/encode.ts';
import { logitsOf, withoutMaps } from '../../graph/logits.ts';
import type { OnnxModel } from '../../graph/onnx.ts';
import { CannotUpgrade } from '../../graph/upgrade.ts';
import { MalformedModel } from '../../graph/wire.ts';
import { elementCount, float32, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { preparedModel } from './prepared-model.ts';
import { OnnxSession, type Port, type SessionOptions } from './session.ts';

/** A model that takes rows of numbers and answers with scores, and how both are laid out. */
export interface Classifier {
  readonly session: OnnxSession;
  /** As it is differentiated; undefined where it cannot be, and `opaque` says why. */
  readonly model: OnnxModel | undefined;
  readonly opaque: string | undefined;
  readonly input: Port;
  /** The sizes of a row, without the batch. */
  readonly dims: readonly number[];
  readonly features: number;
  /** Rows that the model takes at a time, where that is fixed. */
  readonly batch: number | undefined;
  readonly output: string;
  readonly type: 'float32' | 'float64';
  readonly classes: number;
  /** The output is one number: the logit of the second of two classes, where that of the first is zero. */
  readonly single: boolean;
  /** The nodes behind the logits, that are left out. */
  readonly left: readonly string[];
}

/** Opens a model as one that classifies, up to its logits where it can be seen where they are. Rejects with Problem('usage'). */
export async function openClassifier(bytes: Uint8Array, options: SessionOptions): Promise<Classifier> {
  const { model, opaque } = await prepared(bytes);
  const whole = await OnnxSession.open(model === undefined ? bytes : encodeModel(model), options);
  const shape = shapeOf(whole);
  for (const { name, made } of await realOutputs(whole, shape)) {
    const logits = model && logitsOf(model, name);
    if (logits !== undefined) {
      const session = await OnnxSession.open(encodeModel(logits.model), options);
      const [found] = await realOutputs(session, shape);
      if (found !== undefined) {
        await whole.close();
        const { model, output, left } = logits;
        return { ...shape, ...layoutOf(found.made), session, model, opaque, output, left };
      }
      await session.close();
    }
    if ((made.dims[1] ?? 0) >= 2)
      return { ...shape, ...layoutOf(made), session: whole, model, opaque, output: name, left: [] };
  }
  await whole.close();
  throw new Problem(
    'usage',
    'the model has no output of scores, [batch, classes] with two classes or more, nor one sigmoid for each row: only classifiers can be attacked',
  );
}

/** Rows as the model takes them. */
export const feedsOf = (
  { input, dims, features }: Pick<Classifier, 'input' | 'dims' | 'features'>,
  rows: Float32Array,
): Tensors => new Map([[input.name, realTensor(input.type, [rows.length / features, ...dims], rows)]]);

export const realTensor = (type: string, dims: readonly number[], data: Float32Array): Tensor =>
  type === 'float64' ? { type, dims, data: Float64Array.from(data) } : float32(dims, data);

/** What cannot be read or brought up to date is run as it is, without gradients. */
async function prepared(bytes: Uint8Array): Promise<{ model?: OnnxModel; opaque: string | undefined }> {
  try {
    const model = await preparedModel(bytes, () => samplesFor(bytes));
    return { model: withoutMaps(model), opaque: undefined };
  } catch (error) {
    if (error instanceof CannotUpgrade || error instanceof MalformedModel) return { opaque: error.message };
    throw error;
  }
}

/** Zeros, in two numbers of rows where the model takes any. */
async function samplesFor(bytes: Uint8Array): Promise<Tensors[]> {
  const session = await OnnxSession.open(bytes);
  try {
    return blankRows(shapeOf(session));
  } finally {
    await session.close();
  }
}

export const blankRows = (shape: Pick<Classifier, 'input' | 'dims' | 'features' | 'batch'>): Tensors[] =>
  (shape.batch === undefined ? [2, 3] : [shape.batch]).map((count) =>
    feedsOf(shape, new Float32Array(shape.features * count)),
  );

/** How a model takes rows. Throws Problem('usage') where it has another input than one of real numbers. */
export function shapeOf({
  inputs,
}: Pick<OnnxSession, 'inputs'>): Pick<Classifier, 'input' | 'dims' | 'features' | 'batch'> {
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || !/^float(32|64)$/.test(input.type))
    throw new Problem(
      'usage',
      `the model takes ${inputs.map(({ name, type }) => `${name} (${type})`).join(', ') || 'no tensor'}: only models of one input of real numbers are taken here`,
      'join its inputs into one tensor in front of the model, and export it again',
    );
  const varying = input.dims.slice(1).find((dim) => typeof dim !== 'number' || dim < 1);
  if (varying !== undefined || input.dims.length < 2)
    throw new Problem(
      'usage',
      `input ${input.name} is [${input.dims.join(', ')}]: only the first size may vary`,
    );
  const dims = input.dims.slice(1).map(Number);
  const [first] = input.dims;
  const batch = typeof first === 'number' && first > 0 ? first : undefined;
  return { input, dims, features: elementCount(dims), batch };
}

/** Outputs of real numbers, [rows, classes], and what they are for rows of some numbers. */
async function realOutputs(
  session: OnnxSession,
  shape: Pick<Classifier, 'input' | 'dims' | 'features' | 'batch'>,
): Promise<{ name: string; made: Tensor }[]> {
  const count = shape.batch ?? 2;
  const rows = new Float32Array(shape.features * count).map((_, at) => ((at * 37) % 101) / 100);
  const names = session.outputs.map(({ name }) => name);
  const made = await session.probe(feedsOf(shape, rows), names);
  return [...made].flatMap(([name, made]) =>
    /^float(32|64)$/.test(made.type) && made.dims.length === 2 && made.dims[0] === count
      ? [{ name, made }]
      : [],
  );
}

const layoutOf = ({ dims, type }: Tensor): Pick<Classifier, 'classes' | 'single' | 'type'> => ({
  classes: Math.max(2, dims[1] ?? 0),
  single: dims[1] === 1,
  type: type === 'float64' ? type : 'float32',
});

/** What probabilities are off by, in single precision: trees that add up to more than one say less than zero of the other class. */
const ROUNDED = 1e-3;

/** Whether a score is a probability. */
export const isProbability = (score: number): boolean => score >= -ROUNDED && score <= 1 + ROUNDED;

/** Whether every row of some scores adds up to one. */
export function areProbabilities(scores: Float32Array, classes: number): boolean {
  for (let from = 0; from < scores.length; from += classes) {
    const row = scores.subarray(from, from + classes);
    if (!row.every(isProbability)) return false;
    if (Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > ROUNDED) return false;
  }
  return true;
}

export const scoresIn = (tensor: Tensor | undefined): Float32Array =>
  Float32Array.from(tensor === undefined ? [] : numbersOf(tensor));
