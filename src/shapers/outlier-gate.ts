import { top } from './shaper.ts';
import { distanceFrom, fitSubspace, type Subspace } from './subspace.ts';
import { fitTail, surprise, type Tail } from './tail.ts';

/** Rows of the owner's own, and what the model says of them. */
export interface OwnRows {
  /** [count × features] */
  readonly rows: Float32Array;
  readonly features: number;
  /** [count × classes] */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/** What is known of the owner's rows: plain data, to be kept with the model. */
export interface GateProfile {
  /** What each feature is measured in. */
  readonly units: Float64Array;
  readonly all: Subspace;
  /** Of the rows that the model puts into each class; undefined where these are few. */
  readonly classes: readonly (Subspace | undefined)[];
  readonly measures: readonly Measure[];
  /** Of each measure. */
  readonly tails: readonly Tail[];
  /** Of their sum. */
  readonly whole: Tail;
}

/** A way in which a row can be unlike the owner's. */
export type Measure = 'residual' | 'class-residual' | 'class-distance' | 'confidence';

/**
 * All of them: away from where all rows lie (the residual of principal component analysis; Jackson and Mudholkar 1979), away
 * from those that the model puts into the same class (SIMCA; Wold 1976), far out among these (Lee et al., A simple unified
 * framework for detecting out-of-distribution samples, NeurIPS 2018), and one that the model is not sure about (Hendrycks and
 * Gimpel, ICLR 2017). A photograph of a shoe that is put among the eights is a poor eight, even where it is no bad digit.
 */
export const MEASURES: readonly Measure[] = ['residual', 'class-residual', 'class-distance', 'confidence'];

/** By the golden ratio: even of any order that the rows come in, sorted by class or in turns. */
const isFirst = (at: number): boolean => (at * 0.6180339887498949) % 1 < 0.5;

const RANK = 40;
const RANK_OF_CLASS = 20;
const LEAST_ROWS = 100;
const LEAST_ROWS_OF_CLASS = 40;

/**
 * Learns what is usual, from the owner's rows only: one half says where rows lie, the other, which the first does not know,
 * how far off they are. So the share of rows like these that come out above a threshold is what the threshold says, and
 * nothing is tuned to an attack. Throws RangeError for fewer than 100 rows, or numbers that are not finite.
 */
export function fitGate(own: OwnRows, measures: readonly Measure[] = MEASURES): GateProfile {
  const { rows, features, probabilities, classes } = own;
  const count = rows.length / features;
  if (!(count >= LEAST_ROWS) || probabilities.length !== count * classes)
    throw new RangeError(
      `a gate is calibrated on ${LEAST_ROWS} rows or more, and the model's answer to each`,
    );
  if (!rows.every(Number.isFinite) || !probabilities.every(Number.isFinite))
    throw new RangeError('rows and answers are of finite numbers');
  const units = unitsOf(rows, features);
  const scaled = rows.map((value, at) => value / (units[at % features] as number));
  const answerTo = (at: number) =>
    Float64Array.from(probabilities.subarray(at * classes, (at + 1) * classes));
  const places = Array.from({ length: count }, (_, at) => at);
  const first = places.filter(isFirst);
  const gathered = (chosen: readonly number[]) => {
    const out = new Float32Array(chosen.length * features);
    for (const [to, at] of chosen.entries())
      out.set(scaled.subarray(at * features, (at + 1) * features), to * features);
    return out;
  };
  const all = fitSubspace(gathered(first), features, RANK);
  const byClass = Map.groupBy(first, (at) => top(answerTo(at)));
  const ofClasses = Array.from({ length: classes }, (_, label) => {
    const alike = byClass.get(label) ?? [];
    return alike.length < LEAST_ROWS_OF_CLASS
      ? undefined
      : fitSubspace(gathered(alike), features, RANK_OF_CLASS);
  });
  const where = { all, classes: ofClasses, measures };
  const measured = places
    .filter((at) => !isFirst(at))
    .map((at) => measuredOf(where, scaled.subarray(at * features, (at + 1) * features), answerTo(at)));
  const tails = measures.map((_, which) => fitTail(measured.map((one) => one[which] as number)));
  const whole = fitTail(measured.map((one) => together(tails, one)));
  return { units, ...where, tails, whole };
}

/**
 * How unusual a row is: the share of the owner's rows that are less so, 0..1. Throws RangeError for a row of another length.
 *
 * @param probabilities what the model says of it
 */
export function outlierOf(profile: GateProfile, row: ArrayLike<number>, probabilities: Float64Array): number {
  const { units, tails, whole } = profile;
  if (row.length !== units.length) throw new RangeError(`a row has ${units.length} numbers`);
  const scaled = new Float32Array(units.length);
  for (let at = 0; at < units.length; at++) scaled[at] = (row[at] as number) / (units[at] as number);
  return 1 - Math.exp(-surprise(whole, together(tails, measuredOf(profile, scaled, probabilities))));
}

function measuredOf(
  { all, classes, measures }: Pick<GateProfile, 'all' | 'classes' | 'measures'>,
  scaled: Float32Array,
  probabilities: Float64Array,
): number[] {
  const label = top(probabilities);
  const { away, within } = distanceFrom(classes[label] ?? all, scaled);
  const found: Readonly<Record<Measure, () => number>> = {
    residual: () => distanceFrom(all, scaled).away,
    'class-residual': () => away,
    'class-distance': () => within,
    confidence: () => -Math.log(Math.max(probabilities[label] as number, Number.MIN_VALUE)),
  };
  return measures.map((measure) => found[measure]());
}

/** What is unusual in several ways is more so: Fisher's sum. What chance would have of it is measured, so they may depend on each other. */
const together = (tails: readonly Tail[], measured: readonly number[]): number =>
  tails.reduce((sum, tail, at) => sum + surprise(tail, measured[at] as number), 0);

/**
 * The spread of each feature, but no less than a tenth of its range: a point of a picture that is seldom set would weigh
 * without bound. A feature that never varies is measured as the middle one.
 */
export function unitsOf(rows: Float32Array, features: number): Float64Array {
  const count = rows.length / features;
  const units = Float64Array.from({ length: features }, (_, feature) => {
    let [sum, squares, least, most] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    // Around the first number, so that a large offset does not drown the spread.
    const around = rows[feature] as number;
    for (let at = feature; at < rows.length; at += features) {
      const value = (rows[at] as number) - around;
      sum += value;
      squares += value ** 2;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    const spread = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
    return Math.max(spread, (most - least) / 10);
  });
  const varying = units.filter((unit) => unit > 0).sort();
  const middle = varying[varying.length >> 1] ?? 1;
  return units.map((unit) => (unit > 0 ? unit : middle));
}
