import Type from 'typebox';
import { Default } from 'typebox/value';
import type { Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { flaws, type Path } from '../base/schema.ts';
import { SHAPERS } from './index.ts';
import { type Context, normalized, type Shaper, softmax } from './shaper.ts';

/** Schema of a policy's list of shapers, `[{ use: rounding, decimals: 2 }, …]`. */
export const ShaperList = Type.Array(
  Type.Union(
    SHAPERS.map(({ name, title, settings }) =>
      Type.Object(
        { use: Type.Literal(name), ...Type.Partial(settings).properties },
        { additionalProperties: false, description: `${title}.` },
      ),
    ),
    { description: 'A shaper; “use” names it.' },
  ),
  { maxItems: 16, description: 'What is done to every answer, in this order.' },
);

/** For the ledger: which shaper changed an answer, and by how much. Nothing of the answer itself. */
export interface Change {
  readonly name: string;
  /** Sum of absolute differences of the probabilities, 0..2. */
  readonly l1: number;
}

export interface Shaped {
  /** In the form that the model answers in. */
  readonly scores: Float64Array;
  /** Shapers that changed something, in order. */
  readonly changes: readonly Change[];
}

/** A model that answers logits gets these back; a probability of zero has none, so it gets that of the least. */
const LEAST = 1e-9;

/** What there is beside the answer. */
export interface Means {
  /** Rows, and what their numbers are drawn with. */
  readonly key: boolean;
  readonly gate: boolean;
}

const CALIBRATE = 'Calibrate the model on rows of your own: gatehouse models calibrate.';

/** The shapers of a policy, ready to run: in the order of the list, but with those that come last behind all others. */
export class Chain {
  readonly #steps: readonly { readonly shaper: Shaper<unknown>; readonly settings: unknown }[];

  /**
   * @param list of {@link ShaperList}
   * @param place where it stands, for errors. Throws Problem('usage') where it does not fit, or needs a key or a gate that is
   *   not there
   */
  constructor(list: Json, means: Means, place = 'shapers') {
    const [flaw] = flaws(ShaperList, list);
    if (flaw !== undefined) throw new Problem('usage', `${place}${pathOf(flaw.path)} ${flaw.message}`);
    const steps = (list as { use: string }[]).map(({ use, ...given }, at) => {
      const shaper = SHAPERS.find(({ name }) => name === use) as Shaper<unknown>;
      const settings = Default(shaper.settings, given);
      if (shaper.keyed && !means.key)
        throw new Problem(
          'usage',
          `${place}[${at}]: ${use} has to know rows, and there is no key for them`,
          CALIBRATE,
        );
      if (shaper.needsGate(settings) && !means.gate)
        throw new Problem(
          'usage',
          `${place}[${at}]: ${use} has to know what is unusual, and the model has no gate`,
          CALIBRATE,
        );
      return { shaper, settings };
    });
    // Twice with the same draws an exchange is undone: of those that draw only the last of each kind runs, that of the hardest rung.
    const once = steps.filter(
      ({ shaper }, at) => !shaper.keyed || at === steps.findLastIndex((step) => step.shaper === shaper),
    );
    this.#steps = [...once.filter(({ shaper }) => !shaper.last), ...once.filter(({ shaper }) => shaper.last)];
  }

  /** Settings of a shaper of the list, with defaults; undefined where it is not in it. */
  settingsOf<Settings>(shaper: Shaper<Settings>): Settings | undefined {
    return this.#steps.find(({ shaper: { name } }) => name === shaper.name)?.settings as Settings | undefined;
  }

  /**
   * Shapes the answer to one row. Changed or not, it has one form, or a changed one would show: probabilities that add up to
   * one, or the logarithms of such. Throws RangeError for an answer that is none: fewer than two numbers, one that is not
   * finite, or probabilities below zero or that do not add up to one.
   */
  shape(scores: ArrayLike<number>, answers: 'logits' | 'probabilities', context: Context): Shaped {
    const given = Float64Array.from(scores);
    if (given.length < 2 || !given.every(Number.isFinite))
      throw new RangeError('an answer is of two finite numbers or more');
    let now = answers === 'logits' ? softmax(given) : probabilitiesOf(given);
    const changes: Change[] = [];
    for (const { shaper, settings } of this.#steps) {
      const next = shaper.shape(now, settings, context);
      const l1 = next.reduce((sum, value, at) => sum + Math.abs(value - (now[at] as number)), 0);
      if (l1 > 0) changes.push({ name: shaper.name, l1 });
      now = next;
    }
    return {
      scores: answers === 'logits' ? now.map((value) => Math.log(Math.max(value, LEAST))) : now,
      changes,
    };
  }
}

const pathOf = (path: Path): string =>
  path.map((part) => (typeof part === 'number' || /^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('');

/**
 * Single precision does not add up to one exactly, and trees whose sum comes out above one say less than zero of the other class.
 */
function probabilitiesOf(given: Float64Array): Float64Array {
  const sum = given.reduce((total, value) => total + value, 0);
  if (given.some((value) => value < -ROUNDED) || Math.abs(sum - 1) > ROUNDED)
    throw new RangeError('probabilities are not below zero and add up to one');
  return normalized(given.map((value) => Math.max(0, value)));
}

/** What probabilities are off by, in single precision. */
const ROUNDED = 1e-3;
