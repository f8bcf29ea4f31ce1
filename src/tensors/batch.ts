import { ARRAYS, elementCount, type Tensor, type Tensors } from './tensor.ts';

/** Rows of a set of tensors: the size of their first axis, which all share; undefined where they do not. */
export function rowsOf(tensors: Tensors): number | undefined {
  let rows: number | undefined;
  for (const { dims } of tensors.values()) {
    const [first] = dims;
    if (first === undefined || (rows !== undefined && rows !== first)) return undefined;
    rows = first;
  }
  return rows;
}

/** What a set of tensors takes of memory, bytes; of texts about. */
export function sizeOf(tensors: Tensors): number {
  let size = 0;
  for (const { type, data } of tensors.values())
    size += type === 'string' ? data.reduce((sum, text) => sum + 16 + 2 * text.length, 0) : data.byteLength;
  return size;
}

/** What tensors must have in common to be joined: names, types and all sizes but the first. */
export const batchKey = (tensors: Tensors): string =>
  [...tensors]
    .map(([name, { type, dims }]) => `${name}:${type}:${dims.slice(1)}`)
    .sort()
    .join(';');

/** Sets of tensors of one {@link batchKey}, one after the other along the first axis. */
export function joined(sets: readonly Tensors[]): Tensors {
  const [first] = sets;
  if (first === undefined) return new Map();
  if (sets.length === 1) return first;
  return new Map(
    [...first.keys()].map((name) => [name, joinedTensor(sets.map((set) => set.get(name) as Tensor))]),
  );
}

function joinedTensor(parts: readonly Tensor[]): Tensor {
  const [first] = parts as [Tensor];
  const dims = [parts.reduce((sum, { dims: [rows = 0] }) => sum + rows, 0), ...first.dims.slice(1)];
  if (first.type === 'string')
    return { type: 'string', dims, data: parts.flatMap(({ data }) => data as string[]) };
  const data = new ARRAYS[first.type](elementCount(dims));
  let at = 0;
  for (const part of parts) {
    data.set(part.data as never, at);
    at += part.data.length;
  }
  return { type: first.type, dims, data } as Tensor;
}

/** Rows `from` up to, not including, `to` of a tensor. Shares its memory. */
export function rowsBetween(tensor: Tensor, from: number, to: number): Tensor {
  const dims = [to - from, ...tensor.dims.slice(1)];
  const width = elementCount(tensor.dims.slice(1));
  if (tensor.type === 'string') return { ...tensor, dims, data: tensor.data.slice(from * width, to * width) };
  return { ...tensor, dims, data: tensor.data.subarray(from * width, to * width) } as Tensor;
}
