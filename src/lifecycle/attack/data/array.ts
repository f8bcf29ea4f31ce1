import { gunzipSync } from 'node:zlib';
import { Problem } from '../../../base/problem.ts';
import { elementCount } from '../../../tensors/tensor.ts';

/** Numbers in a file of their own: the first size is the rows. */
export interface NumberArray {
  readonly kind: 'array';
  readonly dims: readonly number[];
  readonly data: Float64Array;
  /** Unsigned bytes, as pictures are kept. */
  readonly bytes: boolean;
}

/** An array that is unpacked is no larger than this. */
const MOST_BYTES = 2 ** 31;

type Reader = (view: DataView, at: number) => number;
const LITTLE: Readonly<Record<string, readonly [number, Reader]>> = {
  u1: [1, (view, at) => view.getUint8(at)],
  i1: [1, (view, at) => view.getInt8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u8: [8, (view, at) => Number(view.getBigUint64(at, true))],
  i8: [8, (view, at) => Number(view.getBigInt64(at, true))],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  f8: [8, (view, at) => view.getFloat64(at, true)],
};

/** NumPy's format (numpy.lib.format), versions 1 to 3: numbers, little-endian, in C order. Throws Problem('usage'). */
export function parseNpy(bytes: Uint8Array, file: string, most: number): NumberArray {
  const fail = (why: string): never => {
    throw new Problem('usage', `${file}: ${why}`);
  };
  const view = viewOf(bytes);
  if (bytes.length < 12) fail('it ends within its header');
  const start = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) fail('it ends within its header');
  const header = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  const [, order = '', type = ''] = /'descr': *'([<>|=])([a-z]\d)'/.exec(header) ?? [];
  const [size, read] =
    LITTLE[type] ?? fail('its elements are no numbers of a kind that is read: save it as float32');
  if (order === '>') fail('it is big-endian: save it with astype("<f4")');
  if (!/'fortran_order': *False/.test(header))
    fail('it is in Fortran order: save it with np.ascontiguousarray');
  const shape = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1] ?? fail('its header says no shape');
  const dims = shape
    .split(',')
    .filter((dim) => dim.trim() !== '')
    .map(Number);
  return arrayOf(view, start + length, dims, size, read, type === 'u1', { fail, most });
}

const IDX: Readonly<Record<number, readonly [number, Reader]>> = {
  8: [1, (view, at) => view.getUint8(at)],
  9: [1, (view, at) => view.getInt8(at)],
  11: [2, (view, at) => view.getInt16(at)],
  12: [4, (view, at) => view.getInt32(at)],
  13: [4, (view, at) => view.getFloat32(at)],
  14: [8, (view, at) => view.getFloat64(at)],
};

/** IDX, the format of MNIST: two zeros, the type, how many sizes; big-endian. Throws Problem('usage'). */
export function parseIdx(bytes: Uint8Array, file: string, most: number): NumberArray {
  const fail = (why: string): never => {
    throw new Problem('usage', `${file}: ${why}`);
  };
  const view = viewOf(bytes);
  const [size, read] = IDX[bytes[2] ?? 0] ?? fail('its elements are of no type that IDX knows');
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 + 4 * rank) fail('it ends within its header');
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return arrayOf(view, 4 + 4 * rank, dims, size, read, bytes[2] === 8, { fail, most });
}

function arrayOf(
  view: DataView,
  start: number,
  dims: readonly number[],
  size: number,
  read: Reader,
  bytes: boolean,
  { fail, most }: { readonly fail: (why: string) => never; readonly most: number },
): NumberArray {
  const [rows = 0, ...rest] = dims;
  if (dims.length === 0 || rows === 0) return fail('it has no rows');
  const width = elementCount(rest);
  if (view.byteLength - start < rows * width * size) return fail('it is shorter than its shape says');
  const kept = Math.min(rows, most);
  const data = new Float64Array(kept * width);
  for (let at = 0; at < data.length; at++) data[at] = read(view, start + at * size);
  return { kind: 'array', dims: [kept, ...rest], data, bytes };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What a file holds behind gzip, or itself. Throws Problem('usage') where it is broken or too large. */
export function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new Problem('usage', `${file}: it is no whole gzip file, or too large`, undefined, cause);
  }
}
