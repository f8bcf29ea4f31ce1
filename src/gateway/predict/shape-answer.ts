import { Refusal } from '../../base/refusal.ts';
import type { Chain } from '../../shapers/chain.ts';
import type { Draws } from '../../shapers/keyed.ts';
import { outlierOf } from '../../shapers/outlier-gate.ts';
import { type Context, softmax } from '../../shapers/shaper.ts';
import type { Tensor, Tensors } from '../../tensors/tensor.ts';
import { nextSlice, SLICE } from '../slices.ts';
import { type Known, realsOf } from './known.ts';
import { labelsWith, type Scores, tensorWith } from './scores.ts';

/** An answer that is to be shaped. */
export interface Answered {
  readonly made: Tensors;
  readonly scores: Scores;
  readonly known: Known | undefined;
  /** What was asked, where the model is known. */
  readonly rows: Float32Array | undefined;
  readonly chain: Chain;
  readonly external: boolean;
}

export interface ShapedAnswer {
  readonly outputs: Tensors;
  readonly changes: readonly Changed[];
}

/** What a shaper did: in how many rows, and the sum of what it changed there. Nothing of the answer itself. */
export interface Changed {
  readonly name: string;
  readonly rows: number;
  readonly l1: number;
}

/**
 * Shapes an answer row by row. The names of classes are by what came of it; all other outputs are left out. Rejects with
 * `upstream_invalid` for scores that are none.
 */
export async function shapeAnswer({
  made,
  scores,
  known,
  rows,
  chain,
  external,
}: Answered): Promise<ShapedAnswer> {
  const { single, form, classes, served } = scores;
  const count = single ? served.length : served.length / classes;
  const out = new Float64Array(served.length);
  const sums = new Map<string, Changed>();
  const row = new Float64Array(classes);
  for (let at = 0; at < count; at++) {
    if (count > SLICE && at % SLICE === 0) await nextSlice();
    if (single) {
      row[1] = served[at] as number;
      row[0] = form === 'logits' ? 0 : 1 - row[1];
    } else for (let to = 0; to < classes; to++) row[to] = served[at * classes + to] as number;
    const context = new RowContext(known, rows, at, row, form, external);
    const { scores: shaped, changes } = shapedOr(() => chain.shape(row, form, context));
    if (!single) out.set(shaped, at * classes);
    else out[at] = form === 'logits' ? (shaped[1] as number) - (shaped[0] as number) : (shaped[1] as number);
    for (const { name, l1 } of changes) {
      const { rows, l1: before } = sums.get(name) ?? { rows: 0, l1: 0 };
      sums.set(name, { name, rows: rows + 1, l1: before + l1 });
    }
  }
  const given = tensorWith(scores, out);
  const labels = known?.calibration.labels;
  const outputs = new Map(
    [...made].flatMap(([name, tensor]): [string, Tensor][] => {
      if (name === scores.output) return [[name, given]];
      return labels?.output === name
        ? [[name, labelsWith(tensor, bestOf(scores, realsOf(given)), labels)]]
        : [];
    }),
  );
  return {
    outputs,
    changes: [...sums.values()].map((sum) => ({ ...sum, l1: Math.round(sum.l1 * 1e6) / 1e6 })),
  };
}

/** The class of each row, by the scores as they are given: numbers of less precision may have fallen together. */
function bestOf({ single, form, classes }: Scores, given: ArrayLike<number>): Int32Array {
  if (single) return Int32Array.from(given, (score) => (score > (form === 'logits' ? 0 : 0.5) ? 1 : 0));
  return Int32Array.from({ length: given.length / classes }, (_, at) => {
    let best = 0;
    for (let to = 1; to < classes; to++)
      if ((given[at * classes + to] as number) > (given[at * classes + best] as number)) best = to;
    return best;
  });
}

/** What is no answer cannot be shaped, so it is not given. */
function shapedOr<Shaped>(act: () => Shaped): Shaped {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof RangeError) throw new Refusal('upstream_invalid', { cause });
    throw cause;
  }
}

/** What shapers may know of a row; most ask for nothing of it, so it is made when they do. */
class RowContext implements Context {
  readonly external: boolean;
  readonly #known: Known | undefined;
  readonly #row: Float32Array;
  readonly #scores: Float64Array;
  readonly #form: Scores['form'];
  #draws: Draws | undefined;

  constructor(
    known: Known | undefined,
    asked: Float32Array | undefined,
    at: number,
    scores: Float64Array,
    form: Scores['form'],
    external: boolean,
  ) {
    const features = known?.keyed.features ?? 0;
    this.external = external;
    this.#known = known;
    this.#row = asked?.subarray(at * features, (at + 1) * features) ?? new Float32Array();
    this.#scores = scores;
    this.#form = form;
  }

  get draws(): Draws {
    if (this.#known === undefined) throw new TypeError('there is no key');
    this.#draws ??= this.#known.keyed.of(this.#row);
    return this.#draws;
  }

  get outlier(): number | undefined {
    const probabilities = this.#form === 'logits' ? softmax(this.#scores) : this.#scores;
    return this.#known && outlierOf(this.#known.calibration.gate, this.#row, probabilities);
  }
}
