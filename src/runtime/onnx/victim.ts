import type { Victim } from '../../attacks/attack.ts';
import { Problem } from '../../base/problem.ts';
import { NotDifferentiable } from '../../graph/differentiate.ts';
import { CannotUpgrade } from '../../graph/upgrade.ts';
import { MalformedModel } from '../../graph/wire.ts';
import { elementCount, float32, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';
import { OnnxSession, type Port, type SessionOptions } from './session.ts';

/** A classifier that is to be attacked, in this process. */
export interface OnnxVictim extends Victim {
  /** The sizes of a row as the model takes it, without the batch. */
  readonly dims: readonly number[];
  /** Why there are no gradients; undefined where there are. */
  readonly opaque: string | undefined;
  /** Nodes at which gradients are zero almost everywhere. */
  readonly flat: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens a model of one input of numbers, [batch, …], and one output of scores, [batch, classes]. Rejects with
 * Problem('usage') for models of another kind. A model that cannot be differentiated gives no gradients, and says why.
 */
export async function openVictim(bytes: Uint8Array, options: SessionOptions = {}): Promise<OnnxVictim> {
  const session = await OnnxSession.open(bytes, options);
  const input = inputOf(session);
  const dims = input.dims.slice(1).map(Number);
  const features = elementCount(dims);
  const batch = (rows: Float32Array): Tensors =>
    new Map([[input.name, tensorFor(input, [rows.length / features, ...dims], rows)]]);
  const made = await session.run(batch(new Float32Array(features * 2)));
  const output = session.outputs.find(({ name }) => {
    const tensor = made.get(name);
    return tensor?.type.startsWith('float') && tensor.dims.length === 2 && tensor.dims[0] === 2;
  });
  const classes = output === undefined ? 0 : (made.get(output.name)?.dims[1] ?? 0);
  if (output === undefined || classes < 2)
    throw new Problem(
      'usage',
      'the model has no output of scores, [batch, classes] with two classes or more: only classifiers can be attacked',
    );
  const scores = async (rows: Float32Array): Promise<Float32Array> => {
    const tensor = (await session.run(batch(rows), [output.name])).get(output.name);
    return Float32Array.from(tensor === undefined ? [] : numbersOf(tensor));
  };
  const probe = await scores(new Float32Array(features * 2).map((_, at) => ((at * 37) % 101) / 100));
  const { model, opaque } = await differentiable(bytes, batch, features, output.name, options);
  const common = {
    features,
    classes,
    dims,
    opaque,
    flat: model?.flat ?? [],
    answers: areProbabilities(probe, classes) ? ('probabilities' as const) : ('logits' as const),
    scores,
    close: async () => {
      await Promise.all([session.close(), model?.close()]);
    },
  };
  if (model === undefined) return common;
  return {
    ...common,
    gradients: async (rows, cotangentOf) => {
      const given = await scores(rows);
      const cotangent = tensorFor(output, [rows.length / features, classes], cotangentOf(given));
      const { gradients } = await model.gradients(batch(rows), cotangent);
      const gradient = gradients.get(input.name);
      return {
        scores: given,
        gradient: Float32Array.from(gradient === undefined ? [] : numbersOf(gradient)),
      };
    },
  };
}

function inputOf({ inputs }: OnnxSession): Port {
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined || !/^float(32|64)$/.test(input.type))
    throw new Problem(
      'usage',
      `the model takes ${inputs.map(({ name, type }) => `${name} (${type})`).join(', ') || 'no tensor'}: only models of one input of real numbers can be attacked`,
    );
  const varying = input.dims.slice(1).find((dim) => typeof dim !== 'number' || dim < 1);
  if (varying !== undefined || input.dims.length < 2)
    throw new Problem(
      'usage',
      `input ${input.name} is [${input.dims.join(', ')}]: only the first size may vary`,
    );
  return input;
}

const tensorFor = ({ type }: Port, dims: readonly number[], data: Float32Array): Tensor =>
  type === 'float64' ? { type, dims, data: Float64Array.from(data) } : float32(dims, data);

async function differentiable(
  bytes: Uint8Array,
  batch: (rows: Float32Array) => Tensors,
  features: number,
  output: string,
  options: SessionOptions,
): Promise<{ model?: DifferentiableModel; opaque: string | undefined }> {
  const samples = [2, 3].map((count) => batch(new Float32Array(features * count)));
  try {
    return {
      model: await DifferentiableModel.open(bytes, samples, { ...options, output }),
      opaque: undefined,
    };
  } catch (error) {
    if (
      error instanceof NotDifferentiable ||
      error instanceof CannotUpgrade ||
      error instanceof MalformedModel
    )
      return { opaque: error.message };
    throw error;
  }
}

function areProbabilities(scores: Float32Array, classes: number): boolean {
  for (let from = 0; from < scores.length; from += classes) {
    const row = scores.subarray(from, from + classes);
    if (row.some((score) => !(score >= 0 && score <= 1))) return false;
    if (Math.abs(row.reduce((sum, score) => sum + score, 0) - 1) > 1e-3) return false;
  }
  return true;
}
