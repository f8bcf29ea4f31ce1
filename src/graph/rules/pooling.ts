import { float32 } from '../../tensors/tensor.ts';
import { Algebra, algebraOf, real } from '../algebra.ts';
import { int, ints, type Value, word } from '../emitter.ts';
import type { Draw, RealValue, Rule, Sample, Step } from '../rule.ts';
import { spanOf, spread, type Window, windowAttributes, windowOf } from '../window.ts';

const kernelOf = (step: Step) => step.ints('kernel_shape') ?? step.refuse('it has no kernel_shape');

/** The gradient goes to the place that was chosen, the first of equal ones, as in PyTorch. */
function maxPool(step: Step): (string | null)[] {
  const { emit, cotangent } = step;
  const image = real(step, step.input(0));
  if (step.int('storage_order', 0) !== 0) return step.refuse('its positions are in column-major order');
  const kernel = kernelOf(step);
  const window = windowOf(step, kernel);
  const places = step.extra(1);
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
