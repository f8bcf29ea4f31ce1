import type { Victim } from '../../attacks/attack.ts';
import { type DifferentiateOptions, NotDifferentiable } from '../../graph/differentiate.ts';
import {
  areProbabilities,
  blankRows,
  type Classifier,
  feedsOf,
  openClassifier,
  realTensor,
  scoresIn,
} from './classifier.ts';
import { DifferentiableModel } from './differentiable.ts';
import type { SessionOptions } from './session.ts';

/** A classifier that is to be attacked, in this process. */
export interface OnnxVictim extends Victim {
  /** The sizes of a row as the model takes it, without the batch. */
  readonly dims: readonly number[];
  /** Why there are no gradients; undefined where there are. */
  readonly opaque: string | undefined;
  /** Nodes at which gradients are zero almost everywhere. */
  readonly flat: readonly string[];
  /**
   * Nodes that make probabilities of the logits, and are left out: scores are the logits. See `graph/logits.ts` for why. The
   * class with the highest score is the same.
   */
  readonly left: readonly string[];
  close(): Promise<void>;
}

export interface VictimOptions extends SessionOptions {
  /** Gradients pass rounding and quantisation as if they were not there. */
  readonly straightThrough?: boolean | undefined;
}

/**
 * Opens a model of one input of numbers, [batch, …], and one output of scores, [batch, classes], or of one sigmoid for each row,
 * which become two classes. Rejects with Problem('usage') for models of another kind. A model that cannot be differentiated gives
 * no gradients, and says why.
 */
export async function openVictim(bytes: Uint8Array, options: VictimOptions = {}): Promise<OnnxVictim> {
  const model = await openClassifier(bytes, options);
  const { session, features, classes, output, dims, left } = model;
  const scores = async (rows: Float32Array): Promise<Float32Array> => {
    const parts = chunksOf(model, rows).map(async (part) => {
      const made = await session.run(feedsOf(model, part), [output]);
      return asClasses(model, scoresIn(made.get(output)));
    });
    return joined(await Promise.all(parts), (rows.length / features) * classes);
  };
  const probe = await scores(new Float32Array(features * 2).map((_, at) => ((at * 37) % 101) / 100));
  const { gradients, opaque } = await differentiated(model, options);
  const answers = areProbabilities(probe, classes) ? 'probabilities' : 'logits';
  // Opened when it is first asked for, as it holds the weights once more.
  let odds: Promise<DifferentiableModel> | undefined;
  const common = {
    features,
    classes,
    dims,
    opaque,
    left,
    flat: gradients?.flat ?? [],
    answers,
    scores,
    close: async () => {
      await Promise.all([session.close(), gradients?.close(), (await odds)?.close()]);
    },
  } as const;
  if (gradients === undefined) return common;
  const victim: OnnxVictim = {
    ...common,
    gradients: async (rows, cotangentOf) => {
      const given = await scores(rows);
      const { gradient } = await pulledBack(model, gradients, rows, cotangentOf(given));
      return { scores: given, gradient };
    },
  };
  if (answers !== 'logits' || model.single) return victim;
  return {
    ...victim,
    oddsGradients: async (rows, labels) => {
      odds ??= modelWith(model, { ...options, loss: 'log-odds' });
      const target = new Float32Array(labels.length * classes);
      for (const [at, label] of labels.entries()) target[at * classes + label] = 1;
      return pulledBack(model, await odds, rows, target);
    },
  };
}

/** Scores, and the gradient of what was asked for with respect to the rows. */
async function pulledBack(
  model: Classifier,
  gradients: DifferentiableModel,
  rows: Float32Array,
  cotangent: Float32Array,
): Promise<{ scores: Float32Array; gradient: Float32Array }> {
  const { features, classes, single, type, input } = model;
  const given = single ? cotangent.filter((_, at) => at % 2 === 1) : cotangent;
  const width = single ? 1 : classes;
  const parts = chunksOf(model, rows).map(async (part, index) => {
    const count = part.length / features;
    const weights = new Float32Array(count * width);
    weights.set(given.subarray(index * weights.length, (index + 1) * weights.length));
    const made = await gradients.gradients(feedsOf(model, part), realTensor(type, [count, width], weights));
    return { scores: scoresIn(made.output), gradient: scoresIn(made.gradients.get(input.name)) };
  });
  const made = await Promise.all(parts);
  return {
    scores: joined(
      made.map(({ scores }) => scores),
      (rows.length / features) * width,
    ),
    gradient: joined(
      made.map(({ gradient }) => gradient),
      rows.length,
    ),
  };
}

/** All rows at once, or as many as the model takes; zeros fill up the last. */
function chunksOf({ batch, features }: Classifier, rows: Float32Array): Float32Array[] {
  const size = (batch ?? rows.length / features) * features;
  if (rows.length === size) return [rows];
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, index) => {
    const part = new Float32Array(size);
    part.set(rows.subarray(index * size, (index + 1) * size));
    return part;
  });
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const [only] = parts;
  if (parts.length === 1 && only?.length === length) return only;
  const out = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part.subarray(0, length - at), at);
    at += part.length;
  }
  return out;
}

/** One number for each row as the logits of two classes, that of the first zero. */
function asClasses({ single }: Classifier, scores: Float32Array): Float32Array {
  if (!single) return scores;
  const both = new Float32Array(scores.length * 2);
  for (const [at, score] of scores.entries()) both[at * 2 + 1] = score;
  return both;
}

async function differentiated(
  model: Classifier,
  options: VictimOptions,
): Promise<{ gradients?: DifferentiableModel; opaque: string | undefined }> {
  try {
    return { gradients: await modelWith(model, options), opaque: undefined };
  } catch (error) {
    if (error instanceof NotDifferentiable) return { opaque: error.message };
    throw error;
  }
}

/** Throws `NotDifferentiable`. */
async function modelWith(
  model: Classifier,
  options: VictimOptions & DifferentiateOptions,
): Promise<DifferentiableModel> {
  const { output } = model;
  if (model.model === undefined) throw new NotDifferentiable(model.opaque ?? '', []);
  return DifferentiableModel.of(model.model, blankRows(model), { ...options, output });
}
