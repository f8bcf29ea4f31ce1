import type { Caller } from '../../exchange/caller.ts';
import { elementCount, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';

/** Of what scores are. */
export interface PredictionContext {
  readonly caller: Caller;
  readonly model: string;
  readonly version: string | undefined;
  /** The row that was asked. */
  readonly row: Float32Array;
}

/**
 * What watches questions and answers, and may make answers less useful to a thief. Scores are the numbers of all outputs of
 * floats that have one row for each that was asked. What throws refuses the answer.
 */
export interface PredictionHook {
  observe(caller: Caller, row: Float32Array, scores: Float32Array): void;
  /** As many scores as it was given. */
  shape(scores: Float32Array, context: PredictionContext): Float32Array;
}

/** Has a hook see each row of an answer, and returns the answer as shaped. */
export function throughHook(
  hook: PredictionHook,
  about: Omit<PredictionContext, 'row'>,
  inputs: Tensors,
  outputs: Tensors,
  rows: number,
): Tensors {
  const asked = [...inputs.values()].filter((tensor) => isNumeric(tensor) && tensor.dims[0] === rows);
  const scored = [...outputs].filter(([, tensor]) => isFloat(tensor) && tensor.dims[0] === rows);
  const shaped = scored.map(([, tensor]) => Float32Array.from(numbersOf(tensor)));
  for (let row = 0; row < rows; row++) {
    const question = concat(asked.map((tensor) => rowOf(numbersOf(tensor), widthOf(tensor), row)));
    const parts = scored.map(([, tensor], at) => rowOf(shaped[at] ?? [], widthOf(tensor), row));
    const scores = concat(parts);
    hook.observe(about.caller, question, scores);
    const given = hook.shape(scores, { ...about, row: question });
    if (given.length !== scores.length) throw new RangeError('a shaper gives as many scores as it was given');
    let from = 0;
    for (const [at, [, tensor]] of scored.entries()) {
      const width = widthOf(tensor);
      shaped[at]?.set(given.subarray(from, from + width), row * width);
      from += width;
    }
  }
  return new Map([
    ...outputs,
    ...scored.map(([name, tensor], at): [string, Tensor] => [
      name,
      holding(tensor, shaped[at] ?? new Float32Array()),
    ]),
  ]);
}

const isNumeric = ({ type }: Tensor): boolean => type !== 'string' && type !== 'float16';
const isFloat = ({ type }: Tensor): boolean => type === 'float32' || type === 'float64';
const widthOf = ({ dims }: Tensor): number => elementCount(dims.slice(1));

const rowOf = (data: ArrayLike<number>, width: number, row: number): number[] =>
  Array.from({ length: width }, (_, at) => data[row * width + at] ?? 0);

const concat = (parts: readonly (readonly number[])[]): Float32Array => Float32Array.from(parts.flat());

const holding = ({ type, dims }: Tensor, data: Float32Array): Tensor =>
  type === 'float64' ? { type, dims, data: Float64Array.from(data) } : { type: 'float32', dims, data };
