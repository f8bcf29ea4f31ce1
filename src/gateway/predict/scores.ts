import { Refusal } from '../../base/refusal.ts';
import { isFloat } from '../../contracts/contract.ts';
import type { LabelsOutput, ScoresOutput } from '../../defences/calibration.ts';
import { ARRAYS, elementCount, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { realsOf } from './known.ts';

/** The scores of an answer, and where they are in it. */
export interface Scores extends ScoresOutput {
  /** As the model gave them: its dims and precision are kept. */
  readonly tensor: Tensor;
  /** [rows × classes], or one a row where the output is `single`. */
  readonly served: ArrayLike<number>;
  readonly classes: number;
}

/**
 * The scores among the outputs of an answer: those that the calibration names, or, where there is none, the only output whose
 * rows are probabilities. Throws `upstream_invalid` where they cannot be told.
 */
export function scoresIn(
  outputs: Tensors,
  rows: number,
  known: (ScoresOutput & { readonly classes: number }) | undefined,
): Scores {
  if (known !== undefined) {
    const tensor = outputs.get(known.output);
    const fits = tensor !== undefined && isFloat(tensor.type) && tensor.dims[0] === rows;
    if (!fits || widthOf(tensor) !== (known.single ? 1 : known.classes)) throw notFound();
    return { ...known, tensor, served: realsOf(tensor) };
  }
  const found = [...outputs].flatMap(([output, tensor]): Scores[] => {
    const width = widthOf(tensor);
    if (!isFloat(tensor.type) || tensor.dims[0] !== rows || width < 1) return [];
    const served = realsOf(tensor);
    if (!areProbabilities(served, width)) return [];
    return [
      { output, tensor, served, form: 'probabilities', single: width === 1, classes: Math.max(2, width) },
    ];
  });
  const [scores, other] = found;
  if (scores === undefined || other !== undefined) throw notFound();
  return scores;
}

const notFound = (): Refusal =>
  new Refusal('upstream_invalid', { hint: 'Its scores are not where they were expected.' });

const widthOf = ({ dims }: Tensor): number => elementCount(dims.slice(1));

/** What probabilities are off by, in single precision: trees that add up to more than one say less than zero of the other class. */
const ROUNDED = 1e-3;

/** Also of one number a row: the probability of the second of two classes. */
function areProbabilities(served: ArrayLike<number>, width: number): boolean {
  for (let from = 0; from < served.length; from += width) {
    let sum = 0;
    for (let at = from; at < from + width; at++) {
      const value = served[at] as number;
      if (!(value >= -ROUNDED && value <= 1 + ROUNDED)) return false;
      sum += value;
    }
    if (width > 1 && Math.abs(sum - 1) > ROUNDED) return false;
  }
  return true;
}

/** Other scores in the place of these, in their precision. */
export function tensorWith({ tensor }: Scores, served: Float64Array): Tensor {
  const { type, dims } = tensor;
  if (type === 'float64') return { type, dims, data: served };
  return type === 'float16'
    ? { type, dims, data: new Uint16Array(Float16Array.from(served).buffer) }
    : { type: 'float32', dims, data: Float32Array.from(served) };
}

/**
 * The model's own names of classes, in an output like the one that it gave. Throws `upstream_invalid` where that is not one
 * name for each row, or of a type that cannot hold them.
 */
export function labelsWith({ type, dims }: Tensor, chosen: Int32Array, { classes }: LabelsOutput): Tensor {
  const names = Array.from(chosen, (at) => classes[at] as string | number);
  const isText = classes.every((name) => typeof name === 'string');
  if (elementCount(dims) !== chosen.length || (type === 'string') !== isText) throw notFound();
  if (type === 'string') return { type, dims, data: names.map(String) };
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(names, BigInt) };
  if (type === 'uint64') return { type, dims, data: BigUint64Array.from(names, BigInt) };
  if (type === 'float16') throw notFound();
  return { type, dims, data: new ARRAYS[type](names.map(Number)) } as Tensor;
}
