import { elementCount, type Tensor, type Tensors } from '../tensors/tensor.ts';
import {
  type Contract,
  type Feature,
  heldBy,
  type InputContract,
  MOST_VARYING,
  widthOf,
} from './contract.ts';
import { type Reason, type Violation, Violations } from './violation.ts';

/** The elements of one tensor: by their place, as numbers or texts. */
type Elements = ArrayLike<number | bigint | string>;

/**
 * What of a question does not fit a contract; empty: all of it does. Takes one step for each element at the most, and ends
 * when enough was found.
 */
export function checkTensors(contract: Contract, tensors: Tensors): readonly Violation[] {
  const found = new Violations();
  const sizes = new Map<string, number>();
  for (const name of tensors.keys()) if (!contract.inputs.has(name)) found.add({ reason: 'input_unknown' });
  for (const [name, input] of contract.inputs) {
    const tensor = tensors.get(name);
    const reason = tensor === undefined ? 'input_missing' : frameFlaw(input, tensor, sizes, contract.maxRows);
    if (reason !== undefined) found.add({ input: name, reason });
  }
  // Elements have their places only where all shapes are as they must be.
  if (found.list.length > 0) return found.list;
  for (const [name, input] of contract.inputs) {
    const tensor = tensors.get(name);
    if (tensor !== undefined && !found.full) checkElements(name, input, tensor, found);
  }
  return found.list;
}

/**
 * How many rows a question counts as: the most of any input whose first axis varies. Inputs beside them of a fixed size, or of
 * fewer rows, make it no cheaper.
 */
export function rowsAsked({ inputs }: Contract, tensors: Tensors): number {
  const rows = [...inputs].map(([name, { dims }]) =>
    typeof dims[0] === 'string' ? (tensors.get(name)?.dims[0] ?? 1) : 1,
  );
  return Math.max(1, ...rows);
}

/** What is wrong with the type or the shape of a tensor. @param sizes of what varies, as seen so far */
function frameFlaw(
  { type, dims }: InputContract,
  tensor: Tensor,
  sizes: Map<string, number>,
  maxRows: number,
): Reason | undefined {
  if (tensor.type !== type) return 'type';
  if (tensor.dims.length !== dims.length || elementCount(tensor.dims) !== tensor.data.length) return 'shape';
  for (const [axis, size] of tensor.dims.entries()) {
    const wanted = dims[axis];
    if (typeof wanted === 'number') {
      if (size !== wanted) return 'shape';
      continue;
    }
    if (size < 1 || size > (axis === 0 ? maxRows : MOST_VARYING)) return axis === 0 ? 'rows' : 'shape';
    const word = wanted ?? '';
    if ((sizes.get(word) ?? size) !== size) return 'shape';
    sizes.set(word, size);
  }
  return undefined;
}

function checkElements(name: string, input: InputContract, tensor: Tensor, found: Violations): void {
  const elements = elementsOf(tensor);
  const { type, features } = input;
  if (features.length === 0) {
    checkAll(name, input, tensor, elements, found);
    return;
  }
  const width = features.reduce((sum, feature) => sum + widthOf(feature), 0);
  let column = 0;
  for (const feature of features) {
    const flawAt = examiner(feature, (value) => heldBy(type, value));
    for (let at = column, row = 0; at < elements.length; at += width, row++) {
      const reason = flawAt(elements, at);
      if (reason === undefined) continue;
      found.add({ input: name, feature: feature.name, row, reason });
      if (found.full) return;
    }
    column += widthOf(feature);
  }
}

/** Elements without features of their own, such as pixels. One violation says enough. */
function checkAll(
  name: string,
  { type, elements: bounds }: InputContract,
  { dims }: Tensor,
  elements: Elements,
  found: Violations,
): void {
  if (type === 'string') return;
  const width = Math.max(1, elementCount(dims.slice(1)));
  const flaw = boundsFlaw(heldBy(type, bounds?.min ?? -Infinity), heldBy(type, bounds?.max ?? Infinity));
  for (let at = 0; at < elements.length; at++) {
    const value = elements[at];
    const reason = flaw(typeof value === 'bigint' ? value : Number(value));
    if (reason !== undefined) {
      found.add({ input: name, row: Math.floor(at / width), reason });
      return;
    }
  }
}

const elementsOf = ({ type, data }: Tensor): Elements =>
  type === 'float16' ? new Float16Array(data.buffer, data.byteOffset, data.length) : data;

/** Whole numbers of 64 bits are compared as they are: as doubles, one beyond a bound could be the bound. */
const boundsFlaw =
  (min: number, max: number) =>
  (value: number | bigint): Reason | undefined => {
    if (typeof value === 'number' && !Number.isFinite(value)) return 'not_finite';
    return value < min ? 'below' : value > max ? 'above' : undefined;
  };

/** What finds the flaw of one feature in the row whose first column of it is at a place. */
function examiner(
  feature: Feature,
  held: (value: number) => number,
): (elements: Elements, at: number) => Reason | undefined {
  const { kind, missing } = feature;
  if (kind.is === 'one-hot')
    return (elements, at) => oneHotFlaw(elements, at, kind.columns.size, missing === 'zeros');
  if (kind.is === 'text') {
    const none = typeof missing === 'object' && 'text' in missing ? missing.text : undefined;
    return (elements, at) => {
      const value = elements[at];
      return typeof value === 'string' && (kind.values.has(value) || value === none) ? undefined : 'category';
    };
  }
  const flaw = numberFlaw(kind, held);
  const none = typeof missing === 'object' && 'number' in missing ? held(missing.number) : undefined;
  return (elements, at) => {
    const value = Number(elements[at]);
    if (value === none || (missing === 'nan' && Number.isNaN(value))) return undefined;
    return flaw(value);
  };
}

function numberFlaw(
  kind: Exclude<Feature['kind'], { is: 'one-hot' | 'text' }>,
  held: (value: number) => number,
): (value: number) => Reason | undefined {
  if (kind.is === 'flag') return (value) => (value === 0 || value === 1 ? undefined : 'not_flag');
  if (kind.is === 'codes') {
    const codes = new Set([...kind.codes.values()].map(held));
    return (value) => (codes.has(value) ? undefined : 'category');
  }
  const flaw = boundsFlaw(held(kind.min ?? -Infinity), held(kind.max ?? Infinity));
  if (kind.is === 'number') return flaw;
  return (value) => flaw(value) ?? (Number.isInteger(value) ? undefined : 'not_whole');
}

function oneHotFlaw(elements: Elements, at: number, width: number, mayBeNone: boolean): Reason | undefined {
  let ones = 0;
  for (let column = at; column < at + width; column++) {
    const value = Number(elements[column]);
    if (value === 1) ones++;
    else if (value !== 0) return 'category';
  }
  return ones === 1 || (ones === 0 && mayBeNone) ? undefined : ones === 0 ? 'missing' : 'category';
}
