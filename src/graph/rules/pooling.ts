import { float32, int64 } from '../../tensors/tensor.ts';
import { Algebra, algebraOf, real } from '../algebra.ts';
import { type Emitter, int, ints, type Value, word } from '../emitter.ts';
import type { Draw, RealValue, Rule, Sample, Step } from '../rule.ts';
import { spanOf, spread, type Window, windowAttributes, windowOf } from '../window.ts';

const kernelOf = (step: Step) => step.ints('kernel_shape') ?? step.refuse('it has no kernel_shape');

/** Where each maximum is, counted in rows; a node that counts in columns is run once more. */
function placesOf(step: Step): string {
  if (step.int('storage_order', 0) === 0) return step.extra(1);
  const attributes = new Map(step.node.attributes);
  attributes.delete('storage_order');
  const [, places = ''] = step.emit.ops('MaxPool', [step.input(0).name], 2, Object.fromEntries(attributes));
  return places;
}

/** Windows that lie side by side, and cover an image whole: how many there are along each axis. undefined: they do not. */
function tilesOf(step: Step, window: Window): number[] | undefined {
  const { kernel, strides, dilations, begins, ends } = window;
  const sizes = step.input(0).dims.slice(2);
  const tiles = kernel.flatMap((size, axis) => {
    const length = sizes[axis];
    const beside = strides[axis] === size && (dilations[axis] === 1 || size === 1);
    const covered = typeof length === 'number' && length % size === 0 && !begins[axis] && !ends[axis];
    return beside && covered ? [length / size] : [];
  });
  return tiles.length === kernel.length ? tiles : undefined;
}

/** Windows of more places are not taken apart: each place costs some operations on all windows. */
const MOST_PLACES = 9;

/**
 * The same for windows side by side, without asking the pool for places, which makes it many times slower: of all windows the
 * first places are compared with the maxima, then the second ones, and so on.
 */
function besideEachOther(step: Step, image: RealValue, { kernel }: Window, tiles: readonly number[]): string {
  const { emit } = step;
  const m = new Algebra(emit, image.type);
  const line = emit.ints([1, -1]);
  const places = kernel.reduceRight(
    // Axis by axis from the last on, so that the first place of a window comes first.
    (parts, size, axis) => interleaved(parts.map((part) => takenApart(emit, part, size, tiles, axis))),
    [image.name],
  );
  const most = emit.op('Reshape', [step.output(0).name, line]);
  let left = emit.op('Reshape', [step.cotangent, line]);
  const made = places.map((place, at) => {
    if (at === places.length - 1) return left;
    const found = m.equal(emit.op('Reshape', [place, line]), most);
    const taken = m.mul(left, m.indicator(found));
    left = m.sub(left, taken);
    return taken;
  });
  const whole = kernel.reduce(
    (parts, size, axis) =>
      Array.from({ length: parts.length / size }, (_, at) =>
        putTogether(
          emit,
          Array.from({ length: size }, (_, place) => parts[place * (parts.length / size) + at] ?? ''),
          tiles,
          axis,
        ),
      ),
    made,
  );
  return emit.reshape(whole[0] ?? '', image);
}

/** The first of each, then the second of each, … */
const interleaved = (lists: readonly (readonly string[])[]): string[] =>
  (lists[0] ?? []).flatMap((_, at) => lists.map((list) => list[at] ?? ''));

/** How many numbers there are for each tile along an axis. */
const within = (tiles: readonly number[], axis: number): number =>
  tiles.slice(axis + 1).reduce((product, count) => product * count, 1);

/** The places of all tiles along an axis, apart; axes behind it are taken apart already. */
function takenApart(
  emit: Emitter,
  name: string,
  size: number,
  tiles: readonly number[],
  axis: number,
): string[] {
  const ones = emit.ints(Array.from({ length: size }, () => 1));
  const inner = within(tiles, axis);
  if (axis < tiles.length - 1)
    return emit.ops('Split', [emit.op('Reshape', [name, emit.ints([-1, size, inner])]), ones], size, {
      axis: int(1),
    });
  // Numbers one by one are faster turned than split.
  const turned = emit.op('Transpose', [emit.op('Reshape', [name, emit.ints([-1, size])])], {
    perm: ints([1, 0]),
  });
  return emit.ops('Split', [turned, ones], size, { axis: int(0) });
}

/** {@link takenApart}, undone. */
function putTogether(
  emit: Emitter,
  parts: readonly string[],
  tiles: readonly number[],
  axis: number,
): string {
  if (axis < tiles.length - 1) {
    const shape = emit.ints([-1, 1, within(tiles, axis)]);
    const lined = parts.map((part) => emit.op('Reshape', [part, shape]));
    return emit.op('Concat', lined, { axis: int(1) });
  }
  const line = emit.ints([1, -1]);
  const lined = parts.map((part) => emit.op('Reshape', [part, line]));
  return emit.op('Transpose', [emit.op('Concat', lined, { axis: int(0) })], { perm: ints([1, 0]) });
}

/** The gradient goes to the place that was chosen, the first of equal ones, as in PyTorch. */
function maxPool(step: Step): (string | null)[] {
  const { emit, cotangent } = step;
  const image = real(step, step.input(0));
  const kernel = kernelOf(step);
  const window = windowOf(step, kernel);
  const tiles = tilesOf(step, window);
  if (tiles !== undefined && kernel.reduce((product, size) => product * size, 1) <= MOST_PLACES)
    return [besideEachOther(step, image, window, tiles)];
  const places = placesOf(step);
  const apart = kernel.every((_, axis) => (window.strides[axis] ?? 1) >= spanOf(window, axis));
  if (apart && image.type === 'float32')
    return [
      emit.op('MaxUnpool', [cotangent, places, emit.shape(image)], {
        kernel_shape: ints(kernel),
        strides: ints(window.strides),
        pads: ints([...window.begins, ...window.ends]),
      }),
    ];
  // A place may be chosen by several windows: their gradients add up.
  const row = emit.ints([-1]);
  const flat = (name: string) => emit.op('Reshape', [name, row]);
  const sum = emit.op('ScatterElements', [flat(emit.zeros(image)), flat(places), flat(cotangent)], {
    axis: int(0),
    reduction: word('add'),
  });
  return [emit.reshape(sum, image)];
}

/** A picture of ones for each channel, as pools treat them alike: [n · channels, 1, …]. */
function perChannel(step: Step, value: Value): Value {
  const { emit } = step;
  const sizes = value.dims.slice(2).map((_, axis) => ({ of: value, axis: axis + 2 }));
  const name = emit.op('Reshape', [value.name, emit.sizes([-1, 1, ...sizes])]);
  return { ...value, name, dims: [null, 1, ...value.dims.slice(2)] };
}

/** Ones in the shape of a kernel, as filters of one channel. */
const onesFor = (step: Step, { kernel }: Window): string => {
  const count = kernel.reduce((product, size) => product * size, 1);
  return step.emit.constant(float32([1, 1, ...kernel], new Float32Array(count).fill(1)));
};

/** Every place of a window gets its share: one of as many as were counted. */
function averagePool(step: Step): (string | null)[] {
  const { emit } = step;
  const image = real(step, step.input(0));
  if (image.type !== 'float32') return step.refuse(`it pools ${image.type}`);
  const kernel = kernelOf(step);
  const window = windowOf(step, kernel);
  const made = perChannel(step, { ...step.output(0), name: step.cotangent });
  // The counts: the same pool of ones, which is the share that is not of padding, taken as a sum.
  const ones = emit.op('Expand', [
    emit.number(1, image.type),
    emit.sizes([1, 1, ...kernel.map((_, axis) => ({ of: image, axis: axis + 2 }))]),
  ]);
  const sums = spread(emit, {
    made: { ...made, name: new Algebra(emit, image.type).mul(made.name, shares(step, window, ones)) },
    image: perChannel(step, image),
    filters: onesFor(step, window),
    window,
    group: 1,
  });
  return [emit.reshape(sums, image)];
}

/** One over what each window counted. Padding counts where the node says so; what lies beyond it never does. */
function shares(step: Step, window: Window, ones: string): string {
  const { emit } = step;
  const count = step.int('count_include_pad', 0);
  const { kernel, begins, ends } = window;
  const area = kernel.reduce((product, size) => product * size, 1);
  const padded = [...begins, ...ends].some((pad) => pad > 0);
  const m = new Algebra(emit, 'float32');
  const ceiled = step.int('ceil_mode', 0) !== 0;
  if (!padded && !ceiled) return emit.number(1 / area, 'float32');
  const pads = emit.ints([0, 0, ...begins, 0, 0, ...ends]);
  const seen = count === 0 ? ones : emit.op('Pad', [ones, pads, emit.number(1, 'float32')]);
  const none = kernel.map(() => 0);
  const moved = count === 0 ? window : { ...window, begins: none, ends: none };
  if (!ceiled) return m.div(1, emit.op('Conv', [seen, onesFor(step, window)], windowAttributes(moved)));
  // The last window may go beyond: zeros are put behind, as many as a window and a step, and what is too much is cut off.
  const behind = kernel.map((_, axis) => spanOf(window, axis) + (window.strides[axis] ?? 1));
  const longer = emit.op('Pad', [seen, emit.ints([0, 0, ...none, 0, 0, ...behind])]);
  const counts = emit.op('Conv', [longer, onesFor(step, window)], windowAttributes(moved));
  const axes = kernel.map((_, axis) => axis + 2);
  const sizes = emit.sizes(axes.map((axis) => ({ of: step.output(0), axis })));
  return m.div(1, emit.op('Slice', [counts, emit.ints(none), sizes, emit.ints(axes)]));
}

/** (Σ |x|ᵖ)^(1/p) over a window: each place gets sign(x) |x|ᵖ⁻¹ / yᵖ⁻¹ of what flows to its windows. */
function powerSlope(m: Algebra, x: string, y: string, p: number) {
  const share = (g: string) =>
    p === 1 ? g : m.where(m.greater(y, 0), m.div(g, m.pow(m.where(m.greater(y, 0), y, 1), p - 1)), 0);
  const own = m.mul(m.emit.op('Sign', [x]), p === 1 ? 1 : m.pow(m.emit.op('Abs', [x]), p - 1));
  return { share, own };
}

function powerPool(step: Step): (string | null)[] {
  const { emit } = step;
  const image = real(step, step.input(0));
  if (image.type !== 'float32') return step.refuse(`it pools ${image.type}`);
  const window = windowOf(step, kernelOf(step));
  const m = new Algebra(emit, image.type);
  const { share, own } = powerSlope(m, image.name, step.output(0).name, step.int('p', 2));
  const sums = spread(emit, {
    made: perChannel(step, { ...step.output(0), name: share(step.cotangent) }),
    image: perChannel(step, image),
    filters: onesFor(step, window),
    window,
    group: 1,
  });
  return [m.mul(own, emit.reshape(sums, image))];
}

const spatial = ({ dims }: Value): number[] => dims.flatMap((_, axis) => (axis < 2 ? [] : [axis]));

/** How many numbers of each channel there are, as a real number. */
function areaOf(step: Step, image: RealValue): string {
  const { emit } = step;
  const sizes = emit.sizes(spatial(image).map((axis) => ({ of: image, axis })));
  const product = emit.op('ReduceProd', [sizes], { keepdims: int(0) });
  return emit.op('CastLike', [product, image.name]);
}

const drawImage = (draw: Draw, rank: number, range = 1) => ({
  dims: [draw.int(1, 2), draw.int(1, 2), ...Array.from({ length: rank }, () => draw.int(3, 5))],
  from: -range,
  to: range,
});

/** Kinks are where two places of a window are equal: the range is wide, so that hardly any are close. */
const maxSamples: Rule['proof'] = (draw): Sample[] =>
  [1, 2, 3].flatMap((rank) => {
    const each = (value: number) => ints(Array.from({ length: rank }, () => value));
    const pads = ints(Array.from({ length: rank * 2 }, () => 1));
    const input = () => [drawImage(draw, rank, 900)];
    return [
      { inputs: input(), attributes: { kernel_shape: each(2), strides: each(2) } },
      { inputs: input(), attributes: { kernel_shape: each(3), strides: each(draw.int(1, 2)), pads } },
      { inputs: input(), attributes: { kernel_shape: each(2), strides: each(2), ceil_mode: int(1) } },
      { inputs: input(), attributes: { kernel_shape: each(2), dilations: each(2), strides: each(1) } },
      { inputs: input(), attributes: { kernel_shape: each(2), storage_order: int(1) }, outputs: 2 },
    ];
  });

const averageSamples: Rule['proof'] = (draw): Sample[] =>
  [1, 2, 3].flatMap((rank) => {
    const each = (value: number) => ints(Array.from({ length: rank }, () => value));
    const pads = ints(Array.from({ length: rank * 2 }, () => draw.int(0, 1)));
    const input = () => [drawImage(draw, rank)];
    const strides = each(draw.int(1, 3));
    return [
      { inputs: input(), attributes: { kernel_shape: each(2), strides } },
      ...[0, 1].map((counted) => ({
        inputs: input(),
        attributes: { kernel_shape: each(3), strides, pads, count_include_pad: int(counted) },
      })),
      { inputs: input(), attributes: { kernel_shape: each(2), strides: each(2), ceil_mode: int(1) } },
      { inputs: input(), attributes: { kernel_shape: each(2), auto_pad: word('SAME_UPPER') } },
    ];
  });

/** Pools. */
export const pooling: readonly Rule[] = [
  { op: 'MaxPool', backward: maxPool, proof: maxSamples },
  { op: 'AveragePool', backward: averagePool, proof: averageSamples },
  {
    op: 'LpPool',
    backward: powerPool,
    proof: (draw) =>
      [1, 2].flatMap((rank) => {
        const each = (value: number) => ints(Array.from({ length: rank }, () => value));
        const [p, strides] = [int(draw.int(1, 3)), each(draw.int(1, 2))];
        const image = { ...drawImage(draw, rank), from: 0.2 };
        return [{ inputs: [image], attributes: { kernel_shape: each(2), strides, p } }];
      }),
  },
  {
    op: 'GlobalLpPool',
    backward: (step) => {
      const m = algebraOf(step);
      const { share, own } = powerSlope(m, step.input(0).name, step.output(0).name, step.int('p', 2));
      return [m.mul(own, share(step.cotangent))];
    },
    proof: (draw) => [
      { inputs: [{ ...drawImage(draw, 2), from: 0.2 }], attributes: { p: int(draw.int(1, 3)) } },
    ],
  },
  {
    op: 'MaxUnpool',
    backward: (step) => {
      const { emit } = step;
      const row = emit.ints([-1]);
      const flat = (name: string) => emit.op('Reshape', [name, row]);
      const taken = emit.op('Gather', [flat(step.cotangent), flat(step.input(1).name)]);
      return [emit.reshape(taken, step.input(0))];
    },
    proof: () => [
      {
        inputs: [{ dims: [1, 1, 2, 2] }, { tensor: int64([1, 1, 2, 2], [0, 3, 9, 14]) }],
        attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
      },
    ],
  },
  {
    op: 'GlobalAveragePool',
    backward: (step) => {
      const image = real(step, step.input(0));
      const share = algebraOf(step).div(step.cotangent, areaOf(step, image));
      return [step.emit.op('Expand', [share, step.emit.shape(image)])];
    },
    proof: (draw) => [1, 2, 3].map((rank) => ({ inputs: [drawImage(draw, rank)] })),
  },
  {
    op: 'GlobalMaxPool',
    backward: (step) => {
      const m = algebraOf(step);
      const image = step.input(0);
      const chosen = m.indicator(m.equal(image.name, step.output(0).name));
      return [m.mul(m.div(step.cotangent, m.sum(chosen, spatial(image))), chosen)];
    },
    proof: (draw) => [1, 2].map((rank) => ({ inputs: [drawImage(draw, rank, 900)] })),
  },
];
