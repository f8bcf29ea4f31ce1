import { int64 } from '../../tensors/tensor.ts';
import { real } from '../algebra.ts';
import { type Attributes, int } from '../emitter.ts';
import type { RealValue, Rule, Step } from '../rule.ts';

const positive = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);

/** Rows that were taken get what flows to them, added up where they were taken twice. */
function gather(step: Step): string[] {
  const { emit } = step;
  const x = real(step, step.input(0));
  const rank = x.dims.length;
  const axis = positive(step.int('axis', 0), rank);
  const single = step.constant(1);
  const size = x.dims[axis];
  if (single?.data.length === 1 && single.dims.length <= 1 && typeof size === 'number') {
    const dims = x.dims.map((dim, at) => (at === axis ? 1 : dim));
    const lined =
      single.dims.length === 1 ? step.cotangent : emit.op('Unsqueeze', [step.cotangent, emit.ints([axis])]);
    const place = positive(Number(single.data[0]), size);
    const before = dims.map((_, at) => (at === axis ? place : 0));
    return [emit.paddedTo({ ...x, dims, name: lined }, before, x)];
  }
  const places = emit.op('Reshape', [step.input(1).name, emit.ints([-1])]);
  const sizes = x.dims.map((_, at) => ({ of: x, axis: at }));
  const count = emit.op('Shape', [places]);
  const before = sizes.slice(0, axis);
  const after = sizes.slice(axis + 1);
  const shape = emit.op('Concat', [emit.sizes(before), count, emit.sizes(after)], { axis: int(0) });
  const lined = emit.op('Reshape', [step.cotangent, shape]);
  return [emit.scatterAlong(lined, rank, axis, places, emit.shape(x), x.type)];
}

const adding: Attributes = { reduction: { kind: 'string', value: 'add' } };

const axisOf = (step: Step): Attributes => ({ axis: int(step.int('axis', 0)) });

/** The places of GatherND with those of its batches before them, as ScatterND has none. */
function placesOf(step: Step, x: RealValue): string {
  const { emit } = step;
  const batches = step.int('batch_dims', 0);
  const places = step.input(1);
  if (batches === 0) return places.name;
  const rank = places.dims.length;
  const shape = emit.sizes(places.dims.map((_, axis) => (axis === rank - 1 ? 1 : { of: places, axis })));
  const before = Array.from({ length: batches }, (_, axis) => {
    const others = Array.from({ length: rank }, (_, at) => at).filter((at) => at !== axis);
    return emit.op('Expand', [emit.op('Unsqueeze', [emit.range(x, axis), emit.ints(others)]), shape]);
  });
  return emit.op('Concat', [...before, places.name], { axis: int(rank - 1) });
}

/** What was written over gets nothing, what was added to keeps its own; what was written gets what flows to its place. */
const scattering = (
  op: string,
  take: string,
  attributes: (step: Step) => Attributes,
  proof: Rule['proof'],
): Rule => ({
  op,
  backward: (step) => {
    const reduction = step.word('reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add') return step.refuse(`it takes the ${reduction}`);
    const { emit } = step;
    const updates = real(step, step.input(2));
    const [g, places] = [step.cotangent, step.input(1).name];
    const kept = () =>
      reduction === 'add' ? g : emit.op(op, [g, places, emit.zeros(updates)], attributes(step));
    return [
      step.wants(0) ? kept() : null,
      null,
      step.wants(2) ? emit.op(take, [g, places], attributes(step)) : null,
    ];
  },
  proof,
});

/** Rows that a condition chose go back to where they were; without an axis, of all elements in a row. */
function compress(step: Step): string[] {
  const { emit } = step;
  const x = real(step, step.input(0));
  const chosen = emit.op('Squeeze', [emit.op('NonZero', [step.input(1).name]), emit.ints([0])]);
  const rank = x.dims.length;
  const axis = step.node.attributes.has('axis') ? positive(step.int('axis', 0), rank) : undefined;
  if (axis !== undefined)
    return [emit.scatterAlong(step.cotangent, rank, axis, chosen, emit.shape(x), x.type)];
  const size = emit.op('Reshape', [emit.op('Size', [x.name]), emit.ints([1])]);
  return [emit.reshape(emit.scatterAlong(step.cotangent, 1, 0, chosen, size, x.type), x)];
}

const truth = (...data: number[]) =>
  ({ type: 'bool', dims: [data.length], data: Uint8Array.from(data) }) as const;

/** Operators that take elements from places, or put them there. */
export const indexing: readonly Rule[] = [
  {
    op: 'Gather',
    backward: gather,
    proof: () => [
      { inputs: [{ dims: [4, 3] }, { tensor: int64([2, 2], [0, 3, 3, -1]) }] },
      { inputs: [{ dims: [4, 3, 2] }, { tensor: int64([2], [2, 0]) }], attributes: { axis: int(1) } },
      { inputs: [{ dims: [4, 3] }, { tensor: int64([], [1]) }], attributes: { axis: int(-1) } },
      { inputs: [{ dims: [4, 3] }, { tensor: int64([1], [-1]) }] },
    ],
  },
  {
    op: 'GatherElements',
    backward: (step) => {
      const x = real(step, step.input(0));
      return [
        step.emit.op('ScatterElements', [step.emit.zeros(x), step.input(1).name, step.cotangent], {
          ...axisOf(step),
          ...adding,
        }),
      ];
    },
    proof: () => [
      { inputs: [{ dims: [3, 2] }, { tensor: int64([2, 2], [0, 2, 0, 1]) }] },
      { inputs: [{ dims: [3, 2] }, { tensor: int64([3, 1], [0, 1, 1]) }], attributes: { axis: int(1) } },
    ],
  },
  {
    op: 'GatherND',
    backward: (step) => {
      const x = real(step, step.input(0));
      return [step.emit.op('ScatterND', [step.emit.zeros(x), placesOf(step, x), step.cotangent], adding)];
    },
    proof: () => [
      { inputs: [{ dims: [3, 2, 2] }, { tensor: int64([2, 2], [0, 1, 2, 0]) }] },
      { inputs: [{ dims: [3, 2] }, { tensor: int64([3, 1], [1, 1, 0]) }] },
      {
        inputs: [{ dims: [2, 3, 2] }, { tensor: int64([2, 2, 1], [0, 2, 1, 1]) }],
        attributes: { batch_dims: int(1) },
      },
      {
        inputs: [{ dims: [2, 2, 3] }, { tensor: int64([2, 2, 1], [0, 2, 1, 1]) }],
        attributes: { batch_dims: int(2) },
      },
    ],
  },
  scattering('ScatterElements', 'GatherElements', axisOf, () =>
    [{}, adding].map((attributes) => ({
      inputs: [{ dims: [3, 3] }, { tensor: int64([2, 2], [0, 2, 1, 0]) }, { dims: [2, 2] }],
      attributes,
    })),
  ),
  scattering(
    'ScatterND',
    'GatherND',
    () => ({}),
    () => [
      { inputs: [{ dims: [3, 2] }, { tensor: int64([2, 1], [2, 0]) }, { dims: [2, 2] }] },
      {
        inputs: [{ dims: [3, 2] }, { tensor: int64([2, 1], [2, 2]) }, { dims: [2, 2] }],
        attributes: adding,
      },
    ],
  ),
  {
    op: 'TopK',
    backward: (step) => {
      const x = real(step, step.input(0));
      const axis = { axis: int(step.int('axis', -1)) };
      return [step.emit.op('ScatterElements', [step.emit.zeros(x), step.extra(1), step.cotangent], axis)];
    },
    proof: (draw) => [
      {
        inputs: [{ dims: [3, 4], from: -900, to: 900 }, { tensor: int64([1], [2]) }],
        attributes: { axis: int(draw.int(0, 1)) },
        outputs: 2,
      },
    ],
  },
  {
    op: 'Compress',
    backward: compress,
    proof: () => [
      { inputs: [{ dims: [3, 4] }, { tensor: truth(0, 1, 1) }], attributes: { axis: int(-1) } },
      { inputs: [{ dims: [3, 2] }, { tensor: truth(1, 0, 0, 1, 1) }] },
    ],
  },
  {
    op: 'ReverseSequence',
    backward: (step) => [
      step.emit.op(
        'ReverseSequence',
        [step.cotangent, step.input(1).name],
        Object.fromEntries(step.node.attributes),
      ),
    ],
    proof: () => [
      { inputs: [{ dims: [4, 3, 2] }, { tensor: int64([3], [1, 4, 3]) }] },
      {
        inputs: [{ dims: [2, 4] }, { tensor: int64([2], [3, 2]) }],
        attributes: { batch_axis: int(0), time_axis: int(1) },
      },
    ],
  },
];
