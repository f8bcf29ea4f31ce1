import Type, { type Static } from 'typebox';
import type { Draws, Keyed } from './keyed.ts';
import { exchanged, type Shaper, top } from './shaper.ts';

const Settings = Type.Object({
  rate: Type.Number({
    minimum: 0.0001,
    maximum: 0.1,
    default: 0.005,
    description: 'Share of rows whose answer is another class.',
  }),
});

/** The class that is said instead of `label`; undefined for most rows. */
function markOf(draws: Draws, rate: number, label: number, classes: number): number | undefined {
  const [chosen = 1, drawn = 0] = draws.uniforms('dawn', 2);
  return chosen < rate ? (label + 1 + Math.floor(drawn * (classes - 1))) % classes : undefined;
}

/** A keyed share of rows gets another class from callers outside: who trains on the answers carries the mark. */
export const dawn: Shaper<Static<typeof Settings>> = {
  name: 'dawn',
  title: 'Dynamic adversarial watermarking (DAWN)',
  source: 'Szyller et al.: DAWN: dynamic adversarial watermarking of neural networks, ACM Multimedia 2021',
  settings: Settings,
  keyed: true,
  last: false,
  needsGate: () => false,
  shape(probabilities, { rate }, { draws, external }) {
    if (!external) return probabilities;
    const label = top(probabilities);
    const mark = markOf(draws, rate, label, probabilities.length);
    return mark === undefined ? probabilities : exchanged(probabilities, label, mark);
  },
};

/** What a model that may be a copy says. */
export interface Suspicion {
  readonly keyed: Keyed;
  /** As the policy had it when the answers were given. */
  readonly rate: number;
  readonly classes: number;
  /** Rows that were asked of the model, [count × features]: those kept of the caller who is suspected, marked or not. */
  readonly rows: Float32Array;
  /** What the model itself says of each row, unshaped. */
  readonly own: ArrayLike<number>;
  /** What the suspected model says. */
  readonly suspect: ArrayLike<number>;
}

/** How likely it is that the suspected model was not made of marked answers. */
export interface Ownership {
  /** Rows that count: one of each cell. */
  readonly rows: number;
  readonly marks: number;
  /** Rows on which the two models differ. */
  readonly differences: number;
  /** Of those, the ones on which the suspected model says the mark. */
  readonly matches: number;
  /** log₂ of the probability that a model that knows nothing of the marks has as many: DAWN asks for −64. */
  readonly log2P: number;
}

/**
 * Tells whether a model learned from marked answers. Which rows are marked, and with which class, only the secret decides;
 * so where a model that never saw the answers differs from ours, it hits the mark with probability rate / (classes − 1),
 * whatever it is: the number of hits is binomial, and the test is exact. Rows of one cell share their mark, so one counts.
 */
export function ownership({ keyed, rate, classes, rows, own, suspect }: Suspicion): Ownership {
  const { features } = keyed;
  const seen = new Set<string>();
  let [marks, differences, matches] = [0, 0, 0];
  for (let at = 0; (at + 1) * features <= rows.length; at++) {
    const draws = keyed.of(rows.subarray(at * features, (at + 1) * features));
    const cell = Buffer.from(draws.cell).toString('base64');
    if (seen.has(cell)) continue;
    seen.add(cell);
    const mark = markOf(draws, rate, own[at] as number, classes);
    if (mark !== undefined) marks++;
    if (own[at] === suspect[at]) continue;
    differences++;
    if (mark === suspect[at]) matches++;
  }
  const log2P = logTail(differences, rate / (classes - 1), matches) / Math.LN2;
  return { rows: seen.size, marks, differences, matches, log2P };
}

/** ln of the probability of at least `hits` of `count`, each of probability `chance`. */
function logTail(count: number, chance: number, hits: number): number {
  if (hits <= 0) return 0;
  // ln of the probability of exactly so many, which the others follow from.
  let term = hits * Math.log(chance) + (count - hits) * Math.log1p(-chance);
  for (let at = 1; at <= hits; at++) term += Math.log((count - hits + at) / at);
  let ratio = 1;
  let sum = 1;
  for (let at = hits; at < count && ratio > sum * 1e-17; at++) {
    ratio *= ((count - at) / (at + 1)) * (chance / (1 - chance));
    sum += ratio;
  }
  return Math.min(0, term + Math.log(sum));
}
