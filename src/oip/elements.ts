import { isRawNumber, type Json } from '../base/json.ts';
import { type ElementType, elementCount, type Tensor } from '../tensors/tensor.ts';
import { WHOLE } from './datatypes.ts';
import type { Fault } from './fault.ts';

/** `JSON.rawJSON` (ECMAScript 2026), which TypeScript's library does not declare yet. */
const { rawJSON } = JSON as unknown as { rawJSON(source: string): Json };

/** All elements of a list that is flat, or nested exactly as the shape is: else two readers would see two tensors. */
function flattened(data: Json, dims: readonly number[], fail: Fault): Json[] {
  if (!Array.isArray(data)) return fail('is no list');
  if (!data.some(Array.isArray))
    return data.length === elementCount(dims)
      ? data
      : fail('has another number of elements than its shape says');
  let level: Json[] = [data];
  for (const size of dims)
    level = level.flatMap((list) =>
      Array.isArray(list) && list.length === size ? list : fail('is nested otherwise than its shape says'),
    );
  return level;
}

/** A tensor from JSON. Numbers are whole and in range where the type is, and finite. */
export function tensorFromJson(type: ElementType, dims: readonly number[], data: Json, fail: Fault): Tensor {
  const items = flattened(data, dims, fail);
  if (type === 'string') {
    // Half a surrogate pair has no UTF-8: the model would be given another text than was asked.
    const texts = items.filter((item) => typeof item === 'string' && item.isWellFormed()) as string[];
    return texts.length === items.length ? { type, dims, data: texts } : fail('holds what is no text');
  }
  if (type === 'bool')
    return {
      type,
      dims,
      data: Uint8Array.from(items, (item) =>
        typeof item === 'boolean' ? Number(item) : fail('holds what is neither true nor false'),
      ),
    };
  if (type === 'float16') return fail('is of FP16, which is sent as binary data');
  if (type === 'int64')
    return { type, dims, data: BigInt64Array.from(items, (item) => whole(type, item, fail)) };
  if (type === 'uint64')
    return { type, dims, data: BigUint64Array.from(items, (item) => whole(type, item, fail)) };
  if (type === 'float32') return { type, dims, data: reals(new Float32Array(items.length), items, fail) };
  if (type === 'float64') return { type, dims, data: reals(new Float64Array(items.length), items, fail) };
  const numbers = items.map((item) => Number(whole(type, item, fail)));
  if (type === 'int32') return { type, dims, data: Int32Array.from(numbers) };
  if (type === 'uint32') return { type, dims, data: Uint32Array.from(numbers) };
  if (type === 'int16') return { type, dims, data: Int16Array.from(numbers) };
  if (type === 'uint16') return { type, dims, data: Uint16Array.from(numbers) };
  if (type === 'int8') return { type, dims, data: Int8Array.from(numbers) };
  return { type, dims, data: Uint8Array.from(numbers) };
}

/** A loop: `from` with a function asks an iterator for each element, and takes ten times as long. */
function reals<Numbers extends Float32Array | Float64Array>(
  data: Numbers,
  items: readonly Json[],
  fail: Fault,
): Numbers {
  let at = 0;
  for (const item of items) data[at++] = real(item, fail);
  return data;
}

function real(item: Json, fail: Fault): number {
  const value = typeof item !== 'number' && isRawNumber(item) ? Number(JSON.stringify(item)) : item;
  return typeof value === 'number' && Number.isFinite(Math.fround(value))
    ? value
    : fail('holds what is no number');
}

function whole(type: ElementType, item: Json, fail: Fault): bigint {
  const text = typeof item === 'number' || isRawNumber(item) ? JSON.stringify(item) : '';
  if (!/^-?\d{1,20}$/.test(text)) return fail('holds what is no whole number');
  const value = BigInt(text);
  const [least, most] = WHOLE[type] ?? [0n, 0n];
  return value >= least && value <= most ? value : fail('holds a number that its type cannot hold');
}

/** A tensor's elements as JSON. Of numbers that are none there is no JSON: `fail`. */
export function elementsToJson(tensor: Tensor, fail: Fault): Json[] {
  const { type, data } = tensor;
  if (type === 'string') return [...data];
  if (type === 'bool') return Array.from(data, (value) => value !== 0);
  if (type === 'int64' || type === 'uint64') return Array.from(data, (value) => rawJSON(String(value)));
  if (type === 'float16') return Array.from(data, half).map((value) => finite(value, fail));
  return Array.from(data, (value) => finite(value, fail));
}

const finite = (value: number, fail: Fault): number =>
  Number.isFinite(value) ? value : fail('holds what is no number, which only binary data can say');

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
