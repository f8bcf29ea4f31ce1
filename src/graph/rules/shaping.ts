import { int64 } from '../../tensors/tensor.ts';
import { int, ints } from '../emitter.ts';
import type { Rule, Step } from '../rule.ts';

/** The elements stay as they are, in another shape. */
const reshaped = (step: Step): string[] => [step.emit.reshape(step.cotangent, step.input(0))];

/** Operators that move elements about. */
export const shaping: readonly Rule[] = [
  {
    op: 'Flatten',
    backward: reshaped,
    proof: (draw) => [
      { inputs: [{ dims: [2, 3, draw.int(1, 3)] }], attributes: { axis: int(draw.int(-2, 3)) } },
    ],
  },
  {
    op: 'Reshape',
    backward: reshaped,
    proof: (draw) => [
      { inputs: [{ dims: [2, 3, draw.int(1, 3)] }, { tensor: int64([2], [-1, 2]) }] },
      { inputs: [{ dims: [2, 3, draw.int(1, 3)] }, { tensor: int64([3], [0, -1, 1]) }] },
    ],
  },
  {
    op: 'Transpose',
    backward: (step) => {
      const rank = step.input(0).dims.length;
      const perm = step.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
      const back = perm.map((_, axis) => perm.indexOf(axis));
      return [step.emit.op('Transpose', [step.cotangent], { perm: ints(back) })];
    },
    proof: (draw) => [
      { inputs: [{ dims: [2, 3, draw.int(1, 3)] }] },
      { inputs: [{ dims: [2, 3, draw.int(1, 3), 2] }], attributes: { perm: ints([2, 0, 3, 1]) } },
    ],
  },
];
