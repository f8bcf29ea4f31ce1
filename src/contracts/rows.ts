import { isRawNumber, type Json, type JsonObject } from '../base/json.ts';
import { type ElementType, elementCount, type Tensor, type Tensors } from '../tensors/tensor.ts';
import {
  type Contract,
  type Feature,
  heldBy,
  type InputContract,
  type Missing,
  widthOf,
} from './contract.ts';
import { type Reason, type Violation, Violations } from './violation.ts';

/** Rows as tensors, or why they cannot be: exactly one of the two is there. */
export type FromRows =
  | { readonly tensors: Tensors; readonly violations?: undefined }
  | { readonly tensors?: undefined; readonly violations: readonly Violation[] };

/** Whether rows of named values can be asked: every input has features, and nothing but rows varies. */
export const takesRows = ({ inputs }: Contract): boolean =>
  [...inputs.values()].every(
    ({ dims, features }) =>
      features.length > 0 && dims.every((size, axis) => (typeof size === 'string') === (axis === 0)),
  );

/**
 * Rows of named values (`{"age": 41, "country": "DE"}`) as the tensors of a model whose contract {@link takesRows}; a value
 * that is null, or not there, is missing. Takes one step for each value
 * at the most.
 */
export function rowsToTensors(contract: Contract, rows: readonly Json[]): FromRows {
  const found = new Violations();
  if (rows.length < 1 || rows.length > contract.maxRows)
    return { violations: [{ reason: 'rows', input: 'rows' }] };
  const known = new Set(
    [...contract.inputs.values()].flatMap(({ features }) => features.map(({ name }) => name)),
  );
  const objects = rows.map((row, index): JsonObject => {
    const object = typeof row === 'object' && row !== null && !Array.isArray(row) ? row : undefined;
    if (object === undefined) found.add({ input: 'rows', row: index, reason: 'kind' });
    for (const name in object) {
      if (found.full) break;
      if (!known.has(name)) found.add({ row: index, reason: 'feature_unknown' });
    }
    return object ?? {};
  });
  const tensors = new Map<string, Tensor>();
  for (const [name, input] of contract.inputs) tensors.set(name, fill(name, input, objects, found));
  return found.list.length > 0 ? { violations: found.list } : { tensors };
}

function fill(
  name: string,
  { type, dims, features }: InputContract,
  rows: readonly JsonObject[],
  found: Violations,
): Tensor {
  const sizes = [rows.length, ...dims.slice(1).map(Number)];
  const cells: (number | string)[] = new Array(elementCount(sizes)).fill(type === 'string' ? '' : 0);
  let at = 0;
  for (const [row, values] of rows.entries()) {
    for (const feature of features) {
      const value = Object.hasOwn(values, feature.name) ? values[feature.name] : undefined;
      const reason = write(type, feature, value ?? null, cells, at);
      if (reason !== undefined) found.add({ input: name, feature: feature.name, row, reason });
      at += widthOf(feature);
    }
    if (found.full) break;
  }
  return tensorOf(type, sizes, cells);
}

/** Writes one value into its column, or columns. */
function write(
  type: ElementType,
  { kind, missing }: Feature,
  value: Json,
  cells: (number | string)[],
  at: number,
): Reason | undefined {
  if (value === null) {
    if (missing === undefined) return 'missing';
    if (missing !== 'zeros') cells[at] = elementFor(missing);
    return undefined;
  }
  if (kind.is === 'number' || kind.is === 'whole') {
    const number = numberOf(value);
    if (number === undefined) return 'kind';
    if (kind.is === 'whole' && !Number.isInteger(number)) return 'not_whole';
    // Before it becomes an element: most types have no room for all numbers.
    const held = heldBy(type, number);
    if (held < heldBy(type, kind.min ?? -Infinity)) return 'below';
    if (held > heldBy(type, kind.max ?? Infinity)) return 'above';
    cells[at] = number;
    return undefined;
  }
  if (kind.is === 'flag') {
    if (typeof value !== 'boolean' && value !== 0 && value !== 1) return 'not_flag';
    cells[at] = Number(value);
    return undefined;
  }
  // Categories that are numbers may be written as such.
  const word = typeof value === 'string' ? value : numberOf(value)?.toString();
  if (word === undefined) return 'kind';
  if (kind.is === 'text') {
    if (!kind.values.has(word)) return 'category';
    cells[at] = word;
    return undefined;
  }
  if (kind.is === 'codes') {
    const code = kind.codes.get(word);
    if (code === undefined) return 'category';
    cells[at] = code;
    return undefined;
  }
  const column = kind.columns.get(word);
  if (column === undefined) return 'category';
  cells[at + column] = 1;
  return undefined;
}

function numberOf(value: Json): number | undefined {
  const number = isRawNumber(value) ? Number(JSON.stringify(value)) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function elementFor(missing: Exclude<Missing, 'zeros'>): number | string {
  if (missing === 'nan') return Number.NaN;
  return 'number' in missing ? missing.number : missing.text;
}

function tensorOf(type: ElementType, dims: number[], cells: readonly (number | string)[]): Tensor {
  const numbers = cells as readonly number[];
  switch (type) {
    case 'string':
      return { type, dims, data: cells.map(String) };
    case 'float32':
      return { type, dims, data: Float32Array.from(numbers) };
    case 'float64':
      return { type, dims, data: Float64Array.from(numbers) };
    case 'float16':
      return { type, dims, data: new Uint16Array(Float16Array.from(numbers).buffer) };
    case 'int64':
      return { type, dims, data: BigInt64Array.from(numbers, BigInt) };
    case 'uint64':
      return { type, dims, data: BigUint64Array.from(numbers, BigInt) };
    case 'int32':
      return { type, dims, data: Int32Array.from(numbers) };
    case 'uint32':
      return { type, dims, data: Uint32Array.from(numbers) };
    case 'int16':
      return { type, dims, data: Int16Array.from(numbers) };
    case 'uint16':
      return { type, dims, data: Uint16Array.from(numbers) };
    case 'int8':
      return { type, dims, data: Int8Array.from(numbers) };
    case 'uint8':
    case 'bool':
      return { type, dims, data: Uint8Array.from(numbers) };
  }
}
