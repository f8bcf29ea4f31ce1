import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { elementCount, numbersOf, type Tensor, type Tensors } from '../tensors/tensor.ts';
import { datatypeOf } from './datatypes.ts';

// Tensors as they are kept sealed, for people and programs: as the protocol has them in JSON, but that a number that is none,
// which stands for what is missing, is null, and whole numbers of 64 bits are texts.

export const keptTensors = (tensors: Tensors): JsonObject[] =>
  [...tensors].map(([name, tensor]) => ({
    name,
    datatype: datatypeOf(tensor.type),
    shape: [...tensor.dims],
    data: valuesOf(tensor),
  }));

function valuesOf(tensor: Tensor): Json[] {
  const { type, data } = tensor;
  if (type === 'string') return [...data];
  if (type === 'int64' || type === 'uint64') return Array.from(data, String);
  const numbers =
    type === 'float16' ? new Float16Array(data.buffer, data.byteOffset, data.length) : numbersOf(tensor);
  return Array.from(numbers, (value) => (Number.isFinite(value) ? value : null));
}

/** Rows of numbers, [count × features]. What is missing is NaN. */
export interface KeptRows {
  readonly rows: Float32Array;
  readonly features: number;
}

/** The rows of a kept question, of a model that takes one tensor of real numbers; undefined for any other. */
export function keptRows(question: Json): KeptRows | undefined {
  const inputs = isObject(question) ? question.inputs : undefined;
  const [input] = Array.isArray(inputs) && inputs.length === 1 ? inputs : [];
  if (!isObject(input) || !Array.isArray(input.data) || !Array.isArray(input.shape)) return undefined;
  if (!/^FP(16|32|64)$/.test(String(input.datatype))) return undefined;
  const rows = Float32Array.from(input.data, (value) => (typeof value === 'number' ? value : Number.NaN));
  const features = elementCount(input.shape.slice(1).map(Number));
  return features > 0 && rows.length % features === 0 ? { rows, features } : undefined;
}
