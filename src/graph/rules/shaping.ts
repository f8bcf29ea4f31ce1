import { float32, int64, numbersOf } from '../../tensors/tensor.ts';
import { algebraOf, real } from '../algebra.ts';
import { int, ints, type Value } from '../emitter.ts';
import type { Draw, Rule, SampleInput, Step } from '../rule.ts';

const rankOf = (step: Step) => step.input(0).dims.length;
const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** The elements stay as they are, in another shape. */
const reshaped = (step: Step): string[] => [step.emit.reshape(step.cotangent, step.input(0))];

/** An operator whose output has the elements of its input, in order. */
const reshaping = (op: string, proof: Rule['proof']): Rule => ({ op, backward: reshaped, proof });

const row = (values: readonly number[]): SampleInput => ({ tensor: int64([values.length], values) });

/** Whole numbers of an input that is known beforehand. */
function known(step: Step, index: number, what: string): number[] {
  const tensor = step.constant(index);
  return tensor === undefined
    ? step.refuse(`its ${what} are not known beforehand`)
    : Array.from(numbersOf(tensor));
}

/** Every input takes its part of the gradient. */
function concat(step: Step): (string | null)[] {
  const inputs = step.node.inputs.map((_, index) => step.input(index));
  const axis = positive(step.int('axis', 0), rankOf(step));
  const sizes = step.emit.sizes(inputs.map((of) => ({ of, axis })));
  return step.emit.ops('Split', [step.cotangent, sizes], inputs.length, { axis: int(axis) });
}

function split(step: Step): string[] {
  const axis = positive(step.int('axis', 0), rankOf(step));
  const parts = step.node.outputs.map((name, index) => {
    if (name === '') return step.refuse('one of its outputs has no name');
    const value = step.output(index);
    return step.cotangents[index] ?? step.emit.zeros(real(step, value));
  });
  return [step.emit.op('Concat', parts, { axis: int(axis) })];
}

/** A part from one place to another: zeros are put around it. undefined: it has gaps, or begins where is not known. */
function sliceInOnePiece(step: Step, axes: readonly number[]): string | undefined {
  const { emit } = step;
  const x = step.input(0);
  const starts = step.constant(1);
  const steps = step.has(4) ? step.constant(4) : undefined;
  if (starts === undefined || (step.has(4) && steps === undefined)) return undefined;
  if (steps !== undefined && numbersOf(steps).some((by) => by !== 1)) return undefined;
  const before = x.dims.map(() => 0);
  for (const [at, axis] of axes.entries()) {
    const start = numbersOf(starts)[at] ?? 0;
    const size = x.dims[axis];
    if (typeof size !== 'number' && start < 0) return undefined;
    before[axis] = start < 0 ? Math.max(0, start + Number(size)) : Math.min(start, size ?? start);
  }
  const g = { ...step.output(0), name: step.cotangent };
  return emit.paddedTo(g, before, x);
}

/** Axes of Slice, one after the other: what was taken is put back where it was. */
function slice(step: Step): string[] {
  const { emit } = step;
  const x = real(step, step.input(0));
  const rank = x.dims.length;
  const axes = step.has(3)
    ? known(step, 3, 'axes')
    : Array.from(
        { length: step.input(1).dims[0] ?? step.refuse('its axes are not known') },
        (_, axis) => axis,
      );
  const whole = sliceInOnePiece(
    step,
    axes.map((axis) => positive(axis, rank)),
  );
  if (whole !== undefined) return [whole];
  const part = (index: number, at: number) =>
    emit.op('Slice', [step.input(index).name, emit.ints([at]), emit.ints([at + 1])]);
  let gradient = step.cotangent;
  let dims: Value['dims'] = step.output(0).dims;
  // The sizes so far: of the output where it is still cut, of the input where it has been put back.
  const back = new Set<number>();
  for (const [at, given] of axes.entries()) {
    const axis = positive(given, rank);
    const positions = emit.op('Slice', [
      emit.range(x, axis),
      part(1, at),
      part(2, at),
      emit.ints([0]),
      ...(step.has(4) ? [part(4, at)] : []),
    ]);
    back.add(axis);
    const sizes = emit.sizes(dims.map((_, at) => ({ of: back.has(at) ? x : step.output(0), axis: at })));
    gradient = emit.scatterAlong(gradient, rank, axis, positions, sizes, x.type);
    dims = dims.map((dim, at) => (at === axis ? (x.dims[at] ?? null) : dim));
  }
  return [gradient];
}

/** Padding with a number is cut off; that with parts of the image flows back to where they are from. */
function pad(step: Step): (string | null)[] {
  const { emit } = step;
  const x = real(step, step.input(0));
  const rank = x.dims.length;
  const mode = step.word('mode', 'constant');
  if (mode === 'constant') {
    const back = [step.cotangent, emit.op('Neg', [step.input(1).name])];
    const gradient = emit.op('Pad', step.has(3) ? [...back, '', step.input(3).name] : back);
    if (!step.has(2) || !step.wants(2)) return [gradient];
    const m = algebraOf(step);
    const whole = (name: string) => emit.op('ReduceSum', [name], { keepdims: int(0) });
    const rest = m.sub(whole(step.cotangent), whole(gradient));
    return [gradient, null, emit.reshape(rest, step.input(2))];
  }
  const axes = step.has(3)
    ? known(step, 3, 'axes').map((axis) => positive(axis, rank))
    : x.dims.map((_, axis) => axis);
  const pads = known(step, 1, 'pads');
  let gradient = step.cotangent;
  const back = new Set<number>();
  for (const [at, axis] of axes.entries()) {
    const sides = [pads[at] ?? 0, pads[at + axes.length] ?? 0];
    back.add(axis);
    if (sides.every((side) => side === 0)) continue;
    const positions = emit.op('Pad', [emit.range(x, axis), emit.ints(sides)], {
      mode: { kind: 'string', value: mode },
    });
    const sizes = emit.sizes(
      x.dims.map((_, other) => ({ of: back.has(other) ? x : step.output(0), axis: other })),
    );
    gradient = emit.scatterAlong(gradient, rank, axis, positions, sizes, x.type);
  }
  return [gradient];
}

/** Repeats along each axis are added up. */
function tile(step: Step): string[] {
  const { emit } = step;
  const x = step.input(0);
  const repeats = known(step, 1, 'repeats');
  const apart = emit.op('Reshape', [
    step.cotangent,
    emit.sizes(x.dims.flatMap((_, axis) => [repeats[axis] ?? 1, { of: x, axis }])),
  ]);
  const axes = emit.ints(x.dims.map((_, axis) => axis * 2));
  return [emit.op('ReduceSum', [apart, axes], { keepdims: int(0) })];
}

const cube = (draw: Draw): SampleInput => ({ dims: [2, 3, draw.int(2, 4)] });

/** Operators that move elements about. */
export const shaping: readonly Rule[] = [
  reshaping('Flatten', (draw) => [{ inputs: [cube(draw)], attributes: { axis: int(draw.int(-2, 3)) } }]),
  reshaping('Reshape', (draw) => [
    { inputs: [cube(draw), row([-1, 2])] },
    { inputs: [cube(draw), row([0, -1, 1])] },
  ]),
  reshaping('Squeeze', () => [
    { inputs: [{ dims: [2, 1, 3, 1] }, row([1])] },
    { inputs: [{ dims: [2, 1, 3, 1] }] },
  ]),
  reshaping('Unsqueeze', (draw) => [{ inputs: [cube(draw), row([0, -1])] }]),
  {
    op: 'Transpose',
    backward: (step) => {
      const rank = rankOf(step);
      const perm = step.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
      return [
        step.emit.op('Transpose', [step.cotangent], {
          perm: ints(perm.map((_, axis) => perm.indexOf(axis))),
        }),
      ];
    },
    proof: (draw) => [
      { inputs: [cube(draw)] },
      { inputs: [{ dims: [2, 3, draw.int(1, 3), 2] }], attributes: { perm: ints([2, 0, 3, 1]) } },
    ],
  },
  {
    op: 'Expand',
    backward: (step) => [step.emit.sumTo(step.cotangent, step.output(0).dims, step.input(0))],
    proof: () => [
      { inputs: [{ dims: [3, 1] }, row([2, 3, 4])] },
      { inputs: [{ dims: [3, 1] }, row([1, 1])] },
      { inputs: [{ dims: [] }, row([2])] },
    ],
  },
  {
    op: 'Concat',
    backward: concat,
    proof: (draw) => [
      { inputs: [cube(draw), { dims: [2, 3, 1] }, cube(draw)], attributes: { axis: int(2) } },
      { inputs: [{ dims: [2, 3] }, { dims: [4, 3] }], attributes: { axis: int(-2) } },
    ],
  },
  {
    op: 'Split',
    several: true,
    backward: split,
    proof: () => [
      { inputs: [{ dims: [2, 6] }, row([1, 3, 2])], attributes: { axis: int(-1) }, outputs: 3 },
      { inputs: [{ dims: [4, 3] }], outputs: 2 },
    ],
  },
  {
    op: 'Slice',
    backward: slice,
    proof: () => [
      { inputs: [{ dims: [4, 5] }, row([1, 0]), row([3, 4])] },
      { inputs: [{ dims: [4, 5] }, row([-1]), row([-100]), row([1]), row([-2])] },
      {
        inputs: [{ dims: [4, 5, 2] }, row([1, 0]), row([2 ** 52, 5]), row([-3, 1]), row([2, 3])],
      },
    ],
  },
  {
    op: 'Pad',
    backward: pad,
    proof: (draw) => [
      { inputs: [{ dims: [3, 4] }, row([1, 0, 2, 1]), { dims: [] }] },
      { inputs: [{ dims: [3, 4] }, row([0, -1, 1, 0])] },
      ...['reflect', 'edge'].map((mode) => ({
        inputs: [{ dims: [3, draw.int(3, 5)] }, row([1, 2, 0, 1])],
        attributes: { mode: { kind: 'string' as const, value: mode } },
      })),
    ],
  },
  {
    op: 'Tile',
    backward: tile,
    proof: () => [{ inputs: [{ dims: [2, 3] }, row([2, 1])] }, { inputs: [{ dims: [2, 3] }, row([1, 3])] }],
  },
  {
    op: 'DepthToSpace',
    backward: (step) => spaceToDepth(step, step.word('mode', 'DCR')),
    proof: (draw) => [
      {
        inputs: [{ dims: [2, 8, 2, 3] }],
        attributes: { blocksize: int(2), mode: { kind: 'string', value: draw.pick(['DCR', 'CRD']) } },
      },
    ],
  },
  {
    op: 'SpaceToDepth',
    backward: (step) => [
      step.emit.op('DepthToSpace', [step.cotangent], { blocksize: int(step.int('blocksize', 1)) }),
    ],
    proof: () => [{ inputs: [{ dims: [2, 2, 4, 6] }], attributes: { blocksize: int(2) } }],
  },
  {
    op: 'CumSum',
    backward: (step) => [
      step.emit.op('CumSum', [step.cotangent, step.input(1).name], {
        exclusive: int(step.int('exclusive', 0)),
        reverse: int(1 - step.int('reverse', 0)),
      }),
    ],
    proof: (draw) => [
      {
        inputs: [{ dims: [3, 4] }, { tensor: int64([], [draw.int(0, 1)]) }],
        attributes: { exclusive: int(draw.int(0, 1)), reverse: int(draw.int(0, 1)) },
      },
    ],
  },
  {
    op: 'Trilu',
    backward: (step) => [
      step.emit.op('Trilu', [step.cotangent, ...(step.has(1) ? [step.input(1).name] : [])], {
        upper: int(step.int('upper', 1)),
      }),
    ],
    proof: (draw) => [
      { inputs: [{ dims: [3, 4] }], attributes: { upper: int(draw.int(0, 1)) } },
      { inputs: [{ dims: [2, 3, 3] }, { tensor: int64([], [1]) }] },
    ],
  },
  {
    op: 'Dropout',
    backward: (step) => {
      const isZero = (index: number) => Number(step.constant(index)?.data[0] ?? 1) === 0;
      // In training mode it may still drop nothing, as some exporters write it.
      if (step.has(2) && !isZero(2) && !(step.has(1) && isZero(1)))
        return step.refuse('it is in training mode');
      return [step.cotangent];
    },
    proof: (draw) => [
      { inputs: [cube(draw)] },
      {
        inputs: [
          cube(draw),
          { tensor: float32([], [0]) },
          { tensor: { type: 'bool', dims: [], data: Uint8Array.of(1) } },
        ],
      },
    ],
  },
  {
    op: 'Cast',
    backward: (step) => [step.emit.op('CastLike', [step.cotangent, step.input(0).name])],
    proof: (draw) => [{ inputs: [cube(draw)], attributes: { to: int(1) } }],
  },
  {
    op: 'CastLike',
    backward: (step) => [step.emit.op('CastLike', [step.cotangent, step.input(0).name])],
    proof: (draw) => [{ inputs: [cube(draw), { dims: [1] }] }],
  },
];

/** The inverse of DepthToSpace. SpaceToDepth has one order of the channels; the other is written out. */
function spaceToDepth(step: Step, mode: string): string[] {
  const { emit } = step;
  const size = step.int('blocksize', 1);
  if (mode === 'DCR') return [emit.op('SpaceToDepth', [step.cotangent], { blocksize: int(size) })];
  const x = step.input(0);
  const channels = x.dims[1];
  if (typeof channels !== 'number') return step.refuse('the number of its channels varies');
  const apart = emit.op('Reshape', [
    step.cotangent,
    emit.sizes([
      { of: x, axis: 0 },
      channels / size ** 2,
      { of: x, axis: 2 },
      size,
      { of: x, axis: 3 },
      size,
    ]),
  ]);
  return [emit.reshape(emit.op('Transpose', [apart], { perm: ints([0, 1, 3, 5, 2, 4]) }), x)];
}
