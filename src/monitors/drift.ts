import type { Column, Reference } from './calibration.ts';
import { chiSquareTail } from './chi-square.ts';
import type { Outline, Reading } from './frame.ts';
import type { Secret } from './secret.ts';
import { WIDTH } from './sketch.ts';

/** Features up to which each is watched by itself; of wider rows, the principal components. */
const MOST_FEATURES = 64;
const FREQUENCIES = 64;
/** Of Fourier features, the mean of which is an embedding. */
const WINDOW = 500;

/** One way in which the queries of late differ from those of the reference. */
export interface Drift {
  readonly test: 'psi' | 'ks' | 'chi-square' | 'mmd' | 'accuracy';
  /** What has drifted: a feature, a component, the labels, the inputs as a whole. */
  readonly of: string;
  readonly value: number;
  readonly limit: number;
}

/** The values that are watched by themselves, for a row and its reading. */
const columnsOf = (row: Float32Array, reading: Reading): Float32Array =>
  row.length <= MOST_FEATURES ? row : reading.coordinates;

/** The first frequencies of a kernel, drawn by the key (Rahimi and Recht: Random features, 2007). */
class Embedding {
  readonly #frequencies: Float32Array;
  readonly #phases: Float32Array;

  constructor(secret: Secret, bandwidth: number) {
    const words = secret.words('frequencies', FREQUENCIES * (2 * WIDTH + 1));
    const uniform = (at: number) => ((words[at] as number) + 0.5) / 2 ** 32;
    this.#frequencies = Float32Array.from({ length: FREQUENCIES * WIDTH }, (_, at) => {
      const radius = Math.sqrt(-2 * Math.log(uniform(2 * at)));
      return bandwidth * radius * Math.cos(2 * Math.PI * uniform(2 * at + 1));
    });
    this.#phases = Float32Array.from(
      { length: FREQUENCIES },
      (_, at) => 2 * Math.PI * uniform(FREQUENCIES * 2 * WIDTH + at),
    );
  }

  /** Adds the features of a sketch to `sum`. */
  add(sketch: Float32Array, sum: Float64Array): void {
    for (let at = 0; at < FREQUENCIES; at++) {
      let angle = this.#phases[at] as number;
      for (let part = 0; part < WIDTH; part++)
        angle += (this.#frequencies[at * WIDTH + part] as number) * (sketch[part] as number);
      sum[at] = (sum[at] as number) + Math.SQRT2 * Math.cos(angle);
    }
  }
}

/** What drift is measured against, from the rows at `places`. */
export function referenceOf(
  { classes, sketchScale }: Outline,
  secret: Secret,
  places: readonly number[],
  read: (at: number) => Reading,
  rowAt: (at: number) => Float32Array,
): Reference {
  const bandwidth = 1 / (sketchScale * Math.sqrt(2 * WIDTH));
  const embedding = new Embedding(secret, bandwidth);
  const sum = new Float64Array(FREQUENCIES);
  const labels = new Float64Array(classes);
  const values: number[][] = [];
  for (const at of places) {
    const reading = read(at);
    for (const [column, value] of columnsOf(rowAt(at), reading).entries()) {
      values[column] ??= [];
      values[column].push(value);
    }
    if (reading.label >= 0) labels[reading.label] = (labels[reading.label] as number) + 1;
    embedding.add(reading.sketch, sum);
  }
  const name = rowAt(places[0] ?? 0).length <= MOST_FEATURES ? 'feature' : 'component';
  return {
    rows: places.length,
    columns: values.map((own, at) => columnOf(`${name} ${at}`, own)),
    labels: Array.from(labels, (count) => count / places.length),
    embedding: Array.from(sum, (total) => total / places.length),
    bandwidth,
  };
}

/** Deciles, and how many are in each bin; of values with few different ones, fewer bins. */
function columnOf(name: string, values: readonly number[]): Column {
  const sorted = Float64Array.from(values).sort();
  const deciles = Array.from(
    { length: 9 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / 10)] as number,
  );
  const edges = [...new Set(deciles)];
  const shares = new Float64Array(edges.length + 1);
  for (const value of values) {
    const bin = binOf(edges, value);
    shares[bin] = (shares[bin] as number) + 1 / values.length;
  }
  return { name, edges, shares: Array.from(shares, (share) => Math.min(1, share)) };
}

const binOf = (edges: readonly number[], value: number): number => {
  const bin = edges.findIndex((edge) => value < edge);
  return bin === -1 ? edges.length : bin;
};

/** Limits at which a window of 500 is called drifted; the first is the custom of credit scoring, the others bound chance. */
const PSI_LIMIT = 0.25;
const CHANCE = 1e-4;
/** A fall of accuracy, where labels come back: so many standard errors below the reference. */
const STANDARD_ERRORS = 4;

/**
 * Compares the queries of all callers, 500 at a time, with the reference. Not about a caller: drift is the world, or the
 * data, that has changed, or a model that is fed.
 */
export class DriftWatch {
  readonly #reference: Reference;
  readonly #embedding: Embedding;
  readonly #bins: readonly Float64Array[];
  readonly #labels: Float64Array;
  readonly #sum = new Float64Array(FREQUENCIES);
  #count = 0;

  constructor(reference: Reference, secret: Secret) {
    this.#reference = reference;
    this.#embedding = new Embedding(secret, reference.bandwidth);
    this.#bins = reference.columns.map(({ shares }) => new Float64Array(shares.length));
    this.#labels = new Float64Array(reference.labels.length);
  }

  /** Takes a query; at the end of a window, what has drifted. */
  take(row: Float32Array, reading: Reading): readonly Drift[] {
    const values = columnsOf(row, reading);
    for (const [at, bins] of this.#bins.entries()) {
      const bin = binOf(this.#reference.columns[at]?.edges ?? [], values[at] as number);
      bins[bin] = (bins[bin] as number) + 1;
    }
    const { label } = reading;
    if (label >= 0 && label < this.#labels.length) this.#labels[label] = (this.#labels[label] as number) + 1;
    this.#embedding.add(reading.sketch, this.#sum);
    this.#count += 1;
    if (this.#count < WINDOW) return [];
    const drifts = [...this.#columns(), ...this.#classes(), ...this.#whole()];
    for (const part of [...this.#bins, this.#labels, this.#sum]) part.fill(0);
    this.#count = 0;
    return drifts;
  }

  #columns(): Drift[] {
    const { columns, rows } = this.#reference;
    const [chance, spread] = [CHANCE / Math.max(1, columns.length), 1 / rows + 1 / WINDOW];
    // Massey's bound on both samples, shared among the columns (Bonferroni); on bins it is conservative.
    const limit = Math.sqrt((-Math.log(chance / 2) / 2) * spread);
    return columns.flatMap(({ name, shares }, at): Drift[] => {
      const bins = this.#bins[at] as Float64Array;
      const [psi, ks] = [stability(shares, bins), distance(shares, bins)];
      return [
        // Of a small reference the index is large by chance: it goes as χ² (Yurdakul, 2018).
        ...(psi > PSI_LIMIT && chiSquareTail(psi / spread, shares.length - 1) < chance
          ? [{ test: 'psi' as const, of: name, value: psi, limit: PSI_LIMIT }]
          : []),
        ...(ks > limit ? [{ test: 'ks' as const, of: name, value: ks, limit }] : []),
      ];
    });
  }

  #classes(): Drift[] {
    const { labels, rows } = this.#reference;
    // A class that the reference never had is expected half a time, so that its coming shows without dividing by zero.
    let statistic = 0;
    let freedom = -1;
    for (const [at, share] of labels.entries()) {
      const seen = this.#labels[at] as number;
      if (share === 0 && seen === 0) continue;
      const expected = Math.max(0.5, share * WINDOW);
      statistic += (seen - expected) ** 2 / (expected * (1 + WINDOW / rows));
      freedom += 1;
    }
    if (freedom < 1) return [];
    const chance = chiSquareTail(statistic, freedom);
    return chance < CHANCE ? [{ test: 'chi-square', of: 'labels', value: chance, limit: CHANCE }] : [];
  }

  #whole(): Drift[] {
    const { embedding, rows } = this.#reference;
    const value = embedding.reduce(
      (sum, mean, at) => sum + ((this.#sum[at] as number) / WINDOW - mean) ** 2 / FREQUENCIES,
      0,
    );
    // Features lie in ±√2: the norm of the difference of two means is bounded by McDiarmid's inequality (Gretton et al., 2012).
    const spread = Math.SQRT2 * Math.sqrt(1 / rows + 1 / WINDOW);
    const limit = (spread * (1 + Math.sqrt(-Math.log(CHANCE)))) ** 2;
    return value > limit ? [{ test: 'mmd', of: 'inputs', value, limit }] : [];
  }
}

/** Population stability index: Σ (p − q) ln(p/q), with half a row in empty bins. */
export function stability(reference: readonly number[], bins: Float64Array): number {
  const total = bins.reduce((sum, count) => sum + count, 0);
  return reference.reduce((sum, share, at) => {
    const now = Math.max(0.5, bins[at] as number) / total;
    const then = Math.max(0.5 / total, share);
    return sum + (now - then) * Math.log(now / then);
  }, 0);
}

/** The largest difference of both distributions at the edges of bins: Kolmogorov and Smirnov's, from below. */
export function distance(reference: readonly number[], bins: Float64Array): number {
  const total = bins.reduce((sum, count) => sum + count, 0);
  let [then, now, most] = [0, 0, 0];
  for (const [at, share] of reference.entries()) {
    then += share;
    now += (bins[at] as number) / total;
    most = Math.max(most, Math.abs(now - then));
  }
  return most;
}

/** Watches how often the model is right, where labels come back. */
export class AccuracyWatch {
  readonly #reference: number;
  #right = 0;
  #count = 0;

  /** @param reference accuracy when the model was accepted, 0 to 1 */
  constructor(reference: number) {
    this.#reference = reference;
  }

  /** Takes one answer; at the end of a window, whether accuracy has fallen. */
  take(right: boolean): Drift | undefined {
    this.#right += right ? 1 : 0;
    this.#count += 1;
    if (this.#count < WINDOW) return undefined;
    const value = this.#right / this.#count;
    this.#right = 0;
    this.#count = 0;
    const error = Math.sqrt((Math.max(this.#reference, 0.5) * (1 - this.#reference) + 1 / WINDOW) / WINDOW);
    const limit = this.#reference - STANDARD_ERRORS * error;
    return value < limit ? { test: 'accuracy', of: 'answers', value, limit } : undefined;
  }
}
