import { rowsBetween } from '../../tensors/batch.ts';
import { elementCount, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import type { ModelProcess } from './model-process.ts';
import type { Port } from './session.ts';

/**
 * Whether a model makes of some rows together what it makes of each alone: then questions of several callers may be run
 * together. It is tried, not believed: a model that normalises over its batch would let callers see each other.
 */
export async function rowsStandAlone(process: ModelProcess): Promise<boolean> {
  const { inputs } = process;
  const fits = ({ type, dims: [rows] }: Port) =>
    /^float(32|64)$/.test(type) && (typeof rows === 'string' || rows === -1);
  if (inputs.length === 0 || !inputs.every(fits)) return false;
  for (const scale of SCALES) if (!(await standAlone(process, inputs, scale))) return false;
  return true;
}

/** Between zero and one a model may be as good as constant that elsewhere is not: trees, or what saturates. */
const SCALES = [1, -10, 1000];

async function standAlone(process: ModelProcess, inputs: readonly Port[], scale: number): Promise<boolean> {
  const rows = [0, 1, 2];
  const all = await process.ask(samples(inputs, rows, scale));
  if ('failed' in all) return false;
  for (const row of rows) {
    const alone = await process.ask(samples(inputs, [row], scale));
    if ('failed' in alone) return false;
    for (const [name, tensor] of all.results) {
      const own = alone.results.get(name);
      const fits = tensor.dims[0] === rows.length && own?.dims[0] === 1;
      if (!fits || !near(own, rowsBetween(tensor, row, row + 1))) return false;
    }
  }
  return true;
}

/** Rows of numbers between zero and `scale`; each has its own. */
function samples(inputs: readonly Port[], rows: readonly number[], scale: number): Tensors {
  return new Map(
    inputs.map(({ name, type, dims }) => {
      const sizes = dims.slice(1).map((dim) => (typeof dim === 'number' && dim > 0 ? dim : 1));
      const width = elementCount(sizes);
      const numbers = rows.flatMap((row) =>
        Array.from({ length: width }, (_, at) => (((at * 7 + row * 13) % 11) / 11) * scale),
      );
      const data = type === 'float64' ? Float64Array.from(numbers) : Float32Array.from(numbers);
      return [name, { type, dims: [rows.length, ...sizes], data } as Tensor];
    }),
  );
}

const near = (one: Tensor, other: Tensor): boolean =>
  one.data.length === other.data.length &&
  Array.from(one.data as ArrayLike<unknown>).every((value, at) => {
    const second = other.data[at];
    return typeof value === 'number' && typeof second === 'number'
      ? Object.is(value, second) || Math.abs(value - second) <= 1e-4 * Math.max(1, Math.abs(value))
      : value === second;
  });
