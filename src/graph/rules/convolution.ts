import { int, ints, type Value } from '../emitter.ts';
import type { Draw, Rule, Sample, Step } from '../rule.ts';
import { spanOf, spread, type Window, windowAttributes, windowOf } from '../window.ts';

const kernelOf = (step: Step): number[] =>
  step
    .input(1)
    .dims.slice(2)
    .map((size) => size ?? step.refuse('the size of its kernel varies'));

/**
 * The gradient of the filters: `large` (what the window moved over) correlated with `small` (one number for each place of the
 * window), groups side by side as channels. Returns [channels of small, channels of large in a group, …kernel].
 */
function filterGradient(step: Step, window: Window, group: number, large: Value, small: Value): string {
  const { emit } = step;
  const axes = window.kernel.map((_, axis) => axis);
  const channels = large.dims[1];
  if (typeof channels !== 'number') return step.refuse('the number of its channels varies');
  const inGroup = channels / group;
  const sizes = axes.map((axis) => ({ of: large, axis: axis + 2 }));
  // [n, group · c, …] → [c, group · n, …]
  const grouped = emit.op('Reshape', [
    large.name,
    emit.sizes([{ of: large, axis: 0 }, group, inGroup, ...sizes]),
  ]);
  const turned = emit.op('Transpose', [grouped], { perm: ints([2, 1, 0, ...axes.map((axis) => axis + 3)]) });
  const batch = emit.op('Reshape', [turned, emit.sizes([inGroup, -1, ...sizes])]);
  const filters = emit.op('Transpose', [small.name], { perm: ints([1, 0, ...axes.map((axis) => axis + 2)]) });
  const made = emit.op('Conv', [batch, filters], {
    strides: ints(window.dilations),
    dilations: ints(window.strides),
    pads: ints([...window.begins, ...window.ends]),
    group: int(group),
  });
  // Places beyond the kernel come from what the window did not cover.
  const ends = emit.ints(window.kernel);
  const cut = emit.op('Slice', [
    made,
    emit.ints(axes.map(() => 0)),
    ends,
    emit.ints(axes.map((axis) => axis + 2)),
  ]);
  return emit.op('Transpose', [cut], { perm: ints([1, 0, ...axes.map((axis) => axis + 2)]) });
}

function biasGradient(step: Step): string {
  const axes = step.output(0).dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return step.emit.op('ReduceSum', [step.cotangent, step.emit.ints(axes)], { keepdims: int(0) });
}

function conv(step: Step): (string | null)[] {
  const group = step.int('group', 1);
  const window = windowOf(step, kernelOf(step));
  const small = { ...step.output(0), name: step.cotangent };
  return [
    step.wants(0)
      ? spread(step.emit, { made: small, image: step.input(0), filters: step.input(1).name, window, group })
      : null,
    step.wants(1) ? filterGradient(step, window, group, step.input(0), small) : null,
    step.wants(2) ? biasGradient(step) : null,
  ];
}

/** The window of a transpose, whose padding may follow from the sizes of what it makes. */
function transposedWindow(step: Step): Window {
  const kernel = kernelOf(step);
  const auto = step.word('auto_pad', 'NOTSET');
  if (step.ints('output_shape') === undefined && (auto === 'NOTSET' || auto === 'VALID'))
    return windowOf(step, kernel);
  const each = kernel.map(() => 1);
  const strides = step.ints('strides') ?? each;
  const window = { kernel, strides, dilations: step.ints('dilations') ?? each, begins: [], ends: [] };
  const totals = kernel.map((_, axis) => {
    const [from, to] = [step.input(0).dims[axis + 2], step.output(0).dims[axis + 2]];
    if (typeof from !== 'number' || typeof to !== 'number')
      return step.refuse('its padding follows from sizes that vary');
    const added = step.ints('output_padding')?.[axis] ?? 0;
    return Math.max(0, (strides[axis] ?? 1) * (from - 1) + added + spanOf(window, axis) - to);
  });
  const less = totals.map((total) => Math.floor(total / 2));
  const more = totals.map((total) => Math.ceil(total / 2));
  return auto === 'SAME_UPPER'
    ? { ...window, begins: less, ends: more }
    : { ...window, begins: more, ends: less };
}

function convTranspose(step: Step): (string | null)[] {
  const group = step.int('group', 1);
  const window = transposedWindow(step);
  const large = { ...step.output(0), name: step.cotangent };
  const image = () =>
    step.emit.op('Conv', [step.cotangent, step.input(1).name], windowAttributes(window, group));
  return [
    step.wants(0) ? image() : null,
    step.wants(1) ? filterGradient(step, window, group, large, step.input(0)) : null,
    step.wants(2) ? biasGradient(step) : null,
  ];
}

/** Sizes, strides, pads and dilations that fit each other. */
function drawWindow(draw: Draw, rank: number) {
  const each = (from: number, to: number) => Array.from({ length: rank }, () => draw.int(from, to));
  const [kernel, strides, dilations] = [each(1, 3), each(1, 3), each(1, 2)];
  const pads = [...kernel, ...kernel].map((size) => draw.int(0, size - 1));
  const sizes = kernel.map((size, axis) => (dilations[axis] ?? 1) * (size - 1) + 1 + draw.int(0, 4));
  return {
    kernel,
    sizes,
    attributes: { strides: ints(strides), dilations: ints(dilations), pads: ints(pads) },
  };
}

function convSamples(draw: Draw): Sample[] {
  const [n, group, c, m] = [draw.int(1, 3), draw.int(1, 3), draw.int(1, 2), draw.int(1, 2)];
  const samples = [1, 2, 2, 3].map((rank) => {
    const { kernel, sizes, attributes } = drawWindow(draw, rank);
    return {
      inputs: [
        { dims: [n, group * c, ...sizes] },
        { dims: [group * m, c, ...kernel] },
        draw.pick([undefined, { dims: [group * m] }]),
      ],
      attributes: { ...attributes, group: int(group) },
    };
  });
  const same = ['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((auto) => ({
    inputs: [{ dims: [n, c, draw.int(3, 7), 4] }, { dims: [m, c, 3, 2] }],
    attributes: { auto_pad: { kind: 'string' as const, value: auto }, strides: ints([draw.int(1, 3), 1]) },
  }));
  return [...samples, ...same];
}

function transposeSamples(draw: Draw): Sample[] {
  const [n, group, c, m] = [draw.int(1, 3), draw.int(1, 3), draw.int(1, 2), draw.int(1, 2)];
  const auto = ['SAME_UPPER', 'SAME_LOWER'].map((kind) => ({
    inputs: [{ dims: [n, c, 3, 4] }, { dims: [c, m, 3, 4] }],
    attributes: { auto_pad: { kind: 'string' as const, value: kind }, strides: ints([draw.int(1, 2), 2]) },
  }));
  const shaped = {
    inputs: [{ dims: [n, c, 3, 4] }, { dims: [c, m, 3, 4] }],
    attributes: { output_shape: ints([6, draw.int(7, 9)]), strides: ints([2, 2]) },
  };
  const drawn = [1, 2, 2].map((rank) => {
    const { kernel, sizes, attributes } = drawWindow(draw, rank);
    const strides = attributes.strides.kind === 'ints' ? attributes.strides.value : [];
    return {
      inputs: [
        { dims: [n, group * c, ...sizes] },
        { dims: [group * c, m, ...kernel] },
        draw.pick([undefined, { dims: [group * m] }]),
      ],
      attributes: {
        ...attributes,
        group: int(group),
        output_padding: ints(strides.map((stride) => draw.int(0, stride - 1))),
      },
    };
  });
  return [...drawn, ...auto, shaped];
}

/** Convolutions of any rank, grouped and dilated, and their transposes. */
export const convolution: readonly Rule[] = [
  { op: 'Conv', backward: conv, proof: convSamples },
  { op: 'ConvTranspose', backward: convTranspose, proof: transposeSamples },
];
