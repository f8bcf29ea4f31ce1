import { float32, int64, numbersOf } from '../../tensors/tensor.ts';
import { real } from '../algebra.ts';
import { ints, word } from '../emitter.ts';
import type { Rule, SampleInput, Step } from '../rule.ts';

/** Letters for axes that an ellipsis stands for; equations hardly use these. */
const SPARE = 'ZYXWVUTSRQPONMLKJIHGFEDCBA';

/** The letters of each operand and of the output, axes without letters given some. Refuses letters twice in an operand. */
function lettersOf(step: Step): { operands: string[]; out: string } {
  const equation = step.word('equation', '').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const spare = [...SPARE].filter((letter) => !equation.includes(letter)).join('');
  const unnamed = left.split(',').map((operand, index) => {
    if (!operand.includes('...')) return '';
    const count = step.input(index).dims.length - (operand.length - 3);
    return count === 0 ? '' : spare.slice(-count);
  });
  const operands = left.split(',').map((operand, index) => operand.replace('...', unnamed[index] ?? ''));
  const most = unnamed.reduce((longest, some) => (some.length > longest.length ? some : longest), '');
  const letters = operands.join('');
  if (operands.some((operand) => new Set(operand).size < operand.length))
    return step.refuse('an operand has a letter twice');
  for (const letter of most)
    if (new Set(operands.flatMap((operand, index) => sizeAt(step, operand, index, letter))).size > 1)
      return step.refuse('its ellipsis stands for sizes that differ');
  // Without an arrow: the letters that stand once, in order.
  const once = [...letters].filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  const named = once.filter((letter) => !most.includes(letter)).sort();
  return { operands, out: right?.replace('...', most) ?? `${most}${named.join('')}` };
}

const sizeAt = (step: Step, operand: string, index: number, letter: string) =>
  operand.includes(letter) ? [step.input(index).dims[operand.indexOf(letter)] ?? []].flat() : [];

/** The gradient of an operand is the product of the output's and of all other operands, with its own letters. */
function einsum(step: Step): (string | null)[] {
  const { operands, out } = lettersOf(step);
  const { emit } = step;
  return operands.map((letters, index) => {
    if (!step.wants(index)) return null;
    const value = real(step, step.input(index));
    const others = operands.flatMap((other, at) =>
      at === index ? [] : [{ letters: other, name: step.input(at).name }],
    );
    const known = new Set([...out, ...others.flatMap((other) => [...other.letters])]);
    // Letters that nothing else has were added up: every place gets the same.
    const summed = [...letters].filter((letter) => !known.has(letter));
    const ones = emit.op('Expand', [
      emit.number(1, value.type),
      emit.sizes(summed.map((letter) => ({ of: value, axis: letters.indexOf(letter) }))),
    ]);
    const parts = [
      { letters: out, name: step.cotangent },
      ...others,
      ...(summed.length > 0 ? [{ letters: summed.join(''), name: ones }] : []),
    ];
    const equation = `${parts.map((part) => part.letters).join(',')}->${letters}`;
    return emit.op(
      'Einsum',
      parts.map(({ name }) => name),
      { equation: word(equation) },
    );
  });
}

/**
 * Resizing is linear along each axis: the matrix of an axis is what the node makes of an identity matrix, and the gradient is a
 * product with it. So every mode and every way to map coordinates is as the runtime has it.
 */
function resize(step: Step): string[] {
  const { emit } = step;
  const x = real(step, step.input(0));
  const rank = x.dims.length;
  if (step.word('coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize')
    return step.refuse('it crops');
  if (step.word('keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    return step.refuse('it keeps the aspect ratio');
  const some = (step.ints('axes') ?? x.dims.map((_, axis) => axis)).map((axis) =>
    axis < 0 ? axis + rank : axis,
  );
  const given = step.has(2) && step.input(2).dims[0] !== 0 ? step.constant(2) : undefined;
  const sized = step.has(3);
  if (!sized && given === undefined) return step.refuse('its scales are not known beforehand');
  const scales = x.dims.map((_, axis) =>
    given === undefined || !some.includes(axis) ? 1 : (numbersOf(given)[some.indexOf(axis)] ?? 1),
  );
  let gradient = step.cotangent;
  for (const axis of some) {
    const [from, to] = [x.dims[axis], step.output(0).dims[axis]];
    if (typeof from !== 'number' || typeof to !== 'number') {
      if (scales[axis] === 1 && !sized) continue;
      // A batch that varies is not resized.
      if (axis === 0) continue;
      return step.refuse('sizes that it resizes vary');
    }
    if (from === to && (sized || scales[axis] === 1)) continue;
    if (axis < 2) return step.refuse('it resizes the batch or the channels');
    const shape = x.dims.map((_, at) => (at === 0 || at === axis ? from : 1));
    const eye = new Float32Array(from * from);
    for (let at = 0; at < from; at++) eye[at * from + at] = 1;
    const identity = emit.op('CastLike', [emit.constant(float32(shape, eye)), x.name]);
    const mode = new Map(step.node.attributes);
    mode.delete('axes');
    const made = emit.op(
      'Resize',
      sized
        ? [identity, '', '', emit.ints(shape.map((size, at) => (at === axis ? to : size)))]
        : [
            identity,
            '',
            emit.constant(
              float32(
                [rank],
                shape.map((_, at) => (at === axis ? (scales[at] ?? 1) : 1)),
              ),
            ),
          ],
      Object.fromEntries(mode),
    );
    const matrix = emit.op('Transpose', [emit.op('Reshape', [made, emit.ints([from, to])])], {
      perm: ints([1, 0]),
    });
    const swapped = x.dims.map((_, at) => at);
    [swapped[axis], swapped[rank - 1]] = [rank - 1, axis];
    const turn = (name: string) =>
      axis === rank - 1 ? name : emit.op('Transpose', [name], { perm: ints(swapped) });
    gradient = turn(emit.op('MatMul', [turn(gradient), matrix]));
  }
  return [gradient];
}

const image = (sizes: readonly number[]): SampleInput => ({ dims: [2, 2, ...sizes] });
const scaled = (scales: readonly number[]): SampleInput => ({
  tensor: float32([scales.length + 2], [1, 1, ...scales]),
});
const sized = (sizes: readonly number[]): SampleInput => ({
  tensor: int64([sizes.length + 2], [2, 2, ...sizes]),
});

/** Products written by letters, and products with matrices that the runtime makes. */
export const contraction: readonly Rule[] = [
  {
    op: 'Einsum',
    backward: einsum,
    proof: (draw) => {
      const n = draw.int(2, 3);
      return [
        { inputs: [{ dims: [2, n] }, { dims: [n, 3] }], attributes: { equation: word('ij,jk->ik') } },
        {
          inputs: [{ dims: [2, n, 3] }, { dims: [2, 4, 3] }],
          attributes: { equation: word('bnd, bmd -> bnm') },
        },
        { inputs: [{ dims: [2, n] }], attributes: { equation: word('ij->i') } },
        {
          inputs: [{ dims: [2, n, 3] }, { dims: [3, 2] }],
          attributes: { equation: word('...d,de->...e') },
        },
        {
          inputs: [{ dims: [2, n, 3] }, { dims: [2, 3, n] }],
          attributes: { equation: word('...ij,...jk') },
        },
        { inputs: [{ dims: [2, n] }, { dims: [n] }], attributes: { equation: word('ij,j') } },
      ];
    },
  },
  {
    op: 'Resize',
    backward: resize,
    proof: (draw) => [
      {
        inputs: [image([3, 4]), undefined, scaled([2, draw.pick([1, 2, 1.5])])],
        attributes: {
          mode: word(draw.pick(['nearest', 'linear'])),
          coordinate_transformation_mode: word(draw.pick(['asymmetric', 'half_pixel', 'align_corners'])),
          nearest_mode: word('floor'),
        },
      },
      {
        inputs: [image([4, 4]), undefined, undefined, sized([7, draw.int(2, 6)])],
        attributes: { mode: word('linear') },
      },
      { inputs: [image([3, 4]), undefined, scaled([2, 0.5])], attributes: { mode: word('cubic') } },
      { inputs: [image([4]), undefined, scaled([2])], attributes: { mode: word('nearest') } },
    ],
  },
];
