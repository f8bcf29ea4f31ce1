import type { Victim } from '../../attacks/attack.ts';
import { Random } from '../../attacks/random.ts';
import { encodeModel, valueInfo } from '../../graph/encode.ts';
import type { OnnxModel, OnnxNode } from '../../graph/onnx.ts';
import { DifferentiableModel } from '../../runtime/onnx/differentiable.ts';
import { float32, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';

/** How a thief learns. */
export interface CloneTraining {
  readonly steps: number;
  readonly batch: number;
  /** Of Adam; falls to zero along a line. */
  readonly rate: number;
}

export const CLONE_TRAINING: CloneTraining = { steps: 1000, batch: 128, rate: 0.001 };

/** A copy of a model; its scores are logarithms of probabilities. Good until its trainer is closed. */
export type Clone = Pick<Victim, 'features' | 'classes' | 'answers' | 'scores'>;

interface Layer {
  readonly weight: string;
  readonly bias: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The copy that a thief makes: a perceptron of two hidden layers, trained on rows and the answers to them. Its gradients are
 * those of `graph/`, run by ONNX Runtime; its weights are inputs, so one graph serves every step.
 */
export class CloneTrainer {
  readonly #model: DifferentiableModel;
  readonly #layers: readonly Layer[];
  readonly #features: number;
  readonly #classes: number;

  private constructor(
    model: DifferentiableModel,
    layers: readonly Layer[],
    features: number,
    classes: number,
  ) {
    this.#model = model;
    this.#layers = layers;
    this.#features = features;
    this.#classes = classes;
  }

  static async open(
    features: number,
    classes: number,
    hidden: readonly number[] = [128, 64],
  ): Promise<CloneTrainer> {
    const widths = [features, ...hidden, classes];
    const layers = widths.slice(1).map((to, at) => ({
      weight: `weight${at}`,
      bias: `bias${at}`,
      from: widths[at] as number,
      to,
    }));
    const wanted = layers.flatMap(({ weight, bias }) => [weight, bias]);
    const sample = (count: number): Tensors =>
      new Map([
        ['rows', float32([count, features], new Float32Array(count * features))],
        ...start(layers, new Random(1)),
      ]);
    const bytes = encodeModel(perceptron(features, layers));
    return new CloneTrainer(
      await DifferentiableModel.open(bytes, [sample(2), sample(3)], { wanted }),
      layers,
      features,
      classes,
    );
  }

  /**
   * Trains a copy: cross-entropy against the answers as they came (Hinton et al., Distilling the knowledge in a neural
   * network, 2015), by Adam (Kingma and Ba 2015). A signal ends it with its reason.
   *
   * @param rows [count × features]
   * @param answers probabilities, [count × classes]
   */
  async train(
    rows: Float32Array,
    answers: Float32Array,
    seed: number,
    training: CloneTraining = CLONE_TRAINING,
    signal?: AbortSignal,
  ): Promise<Clone> {
    const [features, classes] = [this.#features, this.#classes];
    const random = new Random(seed);
    const scale = scaleOf(rows, features);
    const scaled = scale(rows);
    const weights = start(this.#layers, random);
    const adam = new Adam(weights);
    const order = Uint32Array.from({ length: rows.length / features }, (_, at) => at);
    const batch = Math.min(training.batch, order.length);
    let next = order.length;
    for (let step = 0; step < training.steps; step++) {
      signal?.throwIfAborted();
      if (next + batch > order.length) {
        random.shuffle(order);
        next = 0;
      }
      const given = new Float32Array(batch * features);
      // The graph ends in LogSoftmax: the gradient of the mean cross-entropy with respect to it is −answer / batch.
      const cotangent = new Float32Array(batch * classes);
      for (let index = 0; index < batch; index++, next++) {
        const at = order[next] as number;
        given.set(scaled.subarray(at * features, (at + 1) * features), index * features);
        for (let label = 0; label < classes; label++)
          cotangent[index * classes + label] = -(answers[at * classes + label] as number) / batch;
      }
      const { gradients } = await this.#run(given, cotangent, weights);
      adam.step(gradients, training.rate * (1 - step / training.steps));
    }
    return { features, classes, answers: 'logits', scores: (others) => this.#scores(scale(others), weights) };
  }

  async #scores(rows: Float32Array, weights: Tensors): Promise<Float32Array> {
    const [features, classes] = [this.#features, this.#classes];
    const count = rows.length / features;
    const out = new Float32Array(count * classes);
    for (let from = 0; from < count; from += 512) {
      const part = rows.subarray(from * features, (from + 512) * features);
      const none = new Float32Array((part.length / features) * classes);
      const { output } = await this.#run(part, none, weights);
      out.set(numbersOf(output), from * classes);
    }
    return out;
  }

  #run(rows: Float32Array, cotangent: Float32Array, weights: Tensors) {
    const count = rows.length / this.#features;
    return this.#model.gradients(
      new Map([['rows', float32([count, this.#features], rows)], ...weights]),
      float32([count, this.#classes], cotangent),
    );
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}

/** The class of the highest score of each row. */
export function labelsOf(scores: ArrayLike<number>, classes: number): Int32Array {
  return Int32Array.from({ length: scores.length / classes }, (_, at) => {
    let best = 0;
    for (let label = 1; label < classes; label++)
      if ((scores[at * classes + label] as number) > (scores[at * classes + best] as number)) best = label;
    return best;
  });
}

function perceptron(features: number, layers: readonly Layer[]): OnnxModel {
  const nodes: OnnxNode[] = [];
  const add = (op: string, inputs: readonly string[], output: string) => {
    nodes.push({ op, domain: '', name: output, inputs, outputs: [output], attributes: new Map() });
    return output;
  };
  let last = 'rows';
  for (const [at, { weight, bias }] of layers.entries()) {
    const sum = add('Gemm', [last, weight, bias], `sum${at}`);
    last = at < layers.length - 1 ? add('Relu', [sum], `units${at}`) : add('LogSoftmax', [sum], 'scores');
  }
  return {
    opsets: new Map([['', 17]]),
    functions: [],
    // The version of the format: 8, the one of operators 17.
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'clone',
      nodes,
      initializers: [],
      inputs: [
        valueInfo('rows', 'float32', ['batch', features]),
        ...layers.flatMap(({ weight, bias, from, to }) => [
          valueInfo(weight, 'float32', [from, to]),
          valueInfo(bias, 'float32', [to]),
        ]),
      ],
      outputs: [valueInfo(last, 'float32', ['batch', layers.at(-1)?.to ?? 0])],
      rest: [],
    },
  };
}

/** Weights to begin with (He et al. 2015). */
const start = (layers: readonly Layer[], random: Random): Map<string, Tensor> =>
  new Map(
    layers.flatMap(({ weight, bias, from, to }): [string, Tensor][] => [
      [
        weight,
        float32(
          [from, to],
          Float32Array.from({ length: from * to }, () => random.normal() * Math.sqrt(2 / from)),
        ),
      ],
      [bias, float32([to], new Float32Array(to))],
    ]),
  );

/** A thief knows its own rows only: each feature from its least to its most becomes 0..1. */
function scaleOf(rows: Float32Array, features: number): (others: Float32Array) => Float32Array {
  const least = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for (const [at, value] of rows.entries()) {
    const feature = at % features;
    least[feature] = Math.min(least[feature] as number, value);
    most[feature] = Math.max(most[feature] as number, value);
  }
  const width = least.map((low, feature) => (most[feature] as number) - low || 1);
  return (others) =>
    others.map((value, at) => (value - (least[at % features] as number)) / (width[at % features] as number));
}

class Adam {
  readonly #weights: ReadonlyMap<string, Tensor>;
  readonly #moments: ReadonlyMap<string, readonly [Float32Array, Float32Array]>;
  #steps = 0;

  constructor(weights: ReadonlyMap<string, Tensor>) {
    this.#weights = weights;
    this.#moments = new Map(
      [...weights].map(([name, { data }]) => [
        name,
        [new Float32Array(data.length), new Float32Array(data.length)],
      ]),
    );
  }

  step(gradients: ReadonlyMap<string, Tensor>, rate: number): void {
    this.#steps += 1;
    const size = (rate * Math.sqrt(1 - 0.999 ** this.#steps)) / (1 - 0.9 ** this.#steps);
    for (const [name, [first, second]] of this.#moments) {
      const data = numbersOf(this.#weights.get(name) as Tensor);
      const slope = numbersOf(gradients.get(name) as Tensor);
      for (let at = 0; at < data.length; at++) {
        const by = slope[at] as number;
        const mean = 0.9 * (first[at] as number) + 0.1 * by;
        const square = 0.999 * (second[at] as number) + 0.001 * by * by;
        first[at] = mean;
        second[at] = square;
        data[at] = (data[at] as number) - (size * mean) / (Math.sqrt(square) + 1e-8);
      }
    }
  }
}
