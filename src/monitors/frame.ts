import type { Secret } from './secret.ts';
import { Projection, WIDTH } from './sketch.ts';

/** What is known of the owner's rows: where each feature lies, and the directions in which they vary together. */
export interface Outline {
  readonly features: number;
  readonly classes: number;
  readonly mean: Float32Array;
  /** What counts as one step of a feature. */
  readonly scale: Float32Array;
  readonly lower: Float32Array;
  readonly upper: Float32Array;
  /** On which multiples of it, counted from `lower`, the values of a feature lie; 0 where they lie anywhere. */
  readonly steps: Float32Array;
  /** The value that a feature has most often; NaN where there is none that comes often. */
  readonly usual: Float32Array;
  /** Principal components, [count × features], in whole numbers; each times its factor has length one. */
  readonly basis: Int16Array;
  readonly factors: Float32Array;
  readonly variances: Float32Array;
  /** The length of a sketch's number that becomes 32 steps when it is rounded. */
  readonly sketchScale: number;
}

/** A query as monitors see it. The arrays are used again for the next one: what is kept is copied. */
export interface Reading {
  /** In steps of each feature, from its mean; finite, and within {@link FARTHEST}. */
  readonly scaled: Float32Array;
  readonly sketch: Float32Array;
  /** The sketch in whole steps. */
  readonly rounded: Int8Array;
  /** Where the row lies along each component. */
  readonly coordinates: Float32Array;
  /** The squared length of what the leading components do not explain. */
  residual: number;
  /** Features that are out of bounds, or no numbers. */
  outside: number;
  /** How far out, in steps, added up. */
  excess: number;
  /** Features whose value lies between those of the lattice. */
  offGrid: number;
  /** Features that have not the value that they have most often. */
  unusual: number;
  /** The class that was answered; −1 where none was. */
  label: number;
  /** How far the score of that class is ahead; undefined where only the class was answered. */
  margin: number | undefined;
  /** How far several models that were asked differ, 0..1; undefined where a single one was. */
  disagreement: number | undefined;
}

/** Farther out all values are the same: one huge value cannot drown the others. */
const FARTHEST = 16;
const STEPS = 32;
/** Nearer, in steps of a feature, is the same value. */
const SAME = 1e-4;
/** Off the lattice is what is farther from it than this share of a step: nearer is rounding. */
const SLACK = 1 / 16;

/** Reads queries as the owner's calibration and key tell. One for a model; gives the same {@link Reading} each time. */
export class Frame {
  readonly outline: Outline;
  readonly #projection: Projection;
  /** In 64 bits, in which numbers are added up, so that none is converted on the way. */
  readonly #basis: Float64Array;
  readonly #wide: Float64Array;
  /** One over the step of a feature, and over that of its lattice: to multiply costs less than to divide. */
  readonly #perUnit: Float64Array;
  readonly #perStep: Float64Array;
  /** Components that explain most: half as many as features, at the most. */
  readonly #leading: number;
  readonly #reading: Reading;

  constructor(outline: Outline, secret: Secret) {
    this.outline = outline;
    this.#projection = new Projection(secret, outline.features);
    // Components of zeros are added, to a multiple of four.
    this.#wide = new Float64Array(outline.features);
    this.#perUnit = Float64Array.from(outline.scale, (unit) => 1 / unit);
    this.#perStep = Float64Array.from(outline.steps, (step) => (step > 0 ? 1 / step : 0));
    this.#basis = new Float64Array(Math.ceil(outline.factors.length / 4) * 4 * outline.features);
    for (const [at, value] of outline.basis.entries())
      this.#basis[at] = value * (outline.factors[Math.floor(at / outline.features)] as number);
    this.#leading = Math.min(outline.factors.length, Math.ceil(outline.features / 2));
    this.#reading = {
      scaled: new Float32Array(outline.features),
      sketch: new Float32Array(WIDTH),
      rounded: new Int8Array(WIDTH),
      coordinates: new Float32Array(outline.factors.length),
      residual: 0,
      outside: 0,
      excess: 0,
      offGrid: 0,
      unusual: 0,
      label: -1,
      margin: undefined,
      disagreement: undefined,
    };
  }

  /**
   * @param scores the model's answer, one for each class; those of which all but one are zero are taken as a label
   *
   * Throws RangeError where the row has another length than those that were calibrated on. Values that are no numbers are
   * counted as out of bounds.
   */
  read(row: Float32Array, scores: Float32Array, disagreement?: number): Reading {
    const { features } = this.outline;
    if (row.length !== features)
      throw new RangeError(`a query of ${row.length} features, of a model of ${features}`);
    this.#scale(row);
    const reading = this.#reading;
    this.#projection.apply(reading.scaled, reading.sketch);
    for (let at = 0; at < WIDTH; at++) {
      const steps = Math.round(((reading.sketch[at] as number) / this.outline.sketchScale) * STEPS);
      reading.rounded[at] = Math.max(-127, Math.min(127, steps));
    }
    this.#project();
    this.#answer(scores);
    reading.disagreement = disagreement;
    return reading;
  }

  #scale(row: Float32Array): void {
    const { mean, scale, lower, upper, usual } = this.outline;
    const [reading, perUnit, perStep] = [this.#reading, this.#perUnit, this.#perStep];
    const { scaled } = reading;
    reading.outside = 0;
    reading.excess = 0;
    reading.offGrid = 0;
    reading.unusual = 0;
    for (let at = 0; at < row.length; at++) {
      const value = row[at] as number;
      const unit = scale[at] as number;
      if (Number.isNaN(value)) {
        reading.outside += 1;
        reading.excess += FARTHEST;
        scaled[at] = 0;
        continue;
      }
      const [least, most] = [lower[at] as number, upper[at] as number];
      if (value < least || value > most) {
        reading.outside += 1;
        reading.excess += Math.min(FARTHEST, Math.max(least - value, value - most) / unit);
      }
      if (Math.abs(value - (usual[at] as number)) > SAME * unit) reading.unusual += 1;
      // Where there is no lattice, all lie at its beginning.
      const place = (value - least) * (perStep[at] as number);
      if (Math.abs(place - Math.floor(place + 0.5)) > SLACK) reading.offGrid += 1;
      const far = (value - (mean[at] as number)) * (perUnit[at] as number);
      scaled[at] = Math.max(-FARTHEST, Math.min(FARTHEST, far));
    }
  }

  #project(): void {
    const { features } = this.outline;
    const { scaled, coordinates } = this.#reading;
    const [basis, wide] = [this.#basis, this.#wide];
    wide.set(scaled);
    let rest = 0;
    for (let at = 0; at < features; at++) rest += (wide[at] as number) * (wide[at] as number);
    // Four at once: each sum waits for its last addition, and four do not wait for each other.
    for (let component = 0; component < coordinates.length; component += 4) {
      const from = component * features;
      let [one, two, three, four] = [0, 0, 0, 0];
      for (let at = 0; at < features; at++) {
        const value = wide[at] as number;
        one += value * (basis[from + at] as number);
        two += value * (basis[from + features + at] as number);
        three += value * (basis[from + 2 * features + at] as number);
        four += value * (basis[from + 3 * features + at] as number);
      }
      // What lies beyond the last component is not kept.
      coordinates[component] = one;
      coordinates[component + 1] = two;
      coordinates[component + 2] = three;
      coordinates[component + 3] = four;
    }
    for (let component = 0; component < this.#leading; component++)
      rest -= (coordinates[component] as number) ** 2;
    this.#reading.residual = Math.max(0, rest);
  }

  #answer(scores: Float32Array): void {
    const reading = this.#reading;
    let [label, first, second, others] = [-1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let at = 0; at < scores.length; at++) {
      const score = scores[at] as number;
      if (score !== 0) others += 1;
      if (score > first) [label, first, second] = [at, score, first];
      else if (score > second) second = score;
    }
    reading.label = label;
    const margin = first - second;
    reading.margin = others > 1 && Number.isFinite(margin) ? margin : undefined;
  }
}
