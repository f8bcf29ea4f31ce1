import type { Sample } from './calibrate.ts';
import { calibrate } from './calibrate.ts';
import { Secret } from './secret.ts';

export const FEATURES = 40;
export const CLASSES = 3;

/** The same numbers for the same seed; of mean 0 and variance 1, nearly. */
export function normals(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Rows of three classes that vary along eight directions, with a little noise in all. */
export function sampler(seed: number): () => Float32Array {
  const shape = normals(99);
  const centres = Array.from({ length: CLASSES * FEATURES }, () => 2 * shape());
  const directions = Array.from({ length: 8 * FEATURES }, () => shape());
  const normal = normals(seed);
  let turn = seed;
  return () => {
    const label = turn++ % CLASSES;
    const along = Array.from({ length: 8 }, normal);
    return Float32Array.from({ length: FEATURES }, (_, at) =>
      along.reduce(
        (sum, part, direction) => sum + part * (directions[direction * FEATURES + at] as number),
        (centres[label * FEATURES + at] as number) + 0.3 * normal(),
      ),
    );
  };
}

/** A model of the three classes: minus the squared distance to some rows. */
const prototypes = (() => {
  const next = sampler(0);
  return Array.from({ length: CLASSES }, next);
})();
export const scoresOf = (row: Float32Array): Float32Array =>
  Float32Array.from(
    prototypes,
    (prototype) =>
      -prototype.reduce((sum, value, at) => sum + (value - (row[at] as number)) ** 2, 0) / FEATURES,
  );

/** How far other models would differ from it: hardly. */
export const disagreementOf = ([first = 0]: Float32Array): number => 0.01 / (1 + Math.abs(first));

export function sampleOf(count: number, seed: number): Sample {
  const next = sampler(seed);
  const rows = Array.from({ length: count }, next);
  return {
    features: FEATURES,
    classes: CLASSES,
    rows: Float32Array.from(rows.flatMap((row) => [...row])),
    scores: Float32Array.from(rows.flatMap((row) => [...scoresOf(row)])),
    disagreement: Float32Array.from(rows, disagreementOf),
  };
}

export const SECRET = new Secret(Buffer.from('a key for tests only'));
export const OTHER_SECRET = new Secret(Buffer.from('another key for tests'));
export const CALIBRATION = calibrate(sampleOf(3000, 3), SECRET);
