import { type Algebra, algebraOf, real } from '../algebra.ts';
import { float, int } from '../emitter.ts';
import type { RealValue, Rule, Step } from '../rule.ts';

const from = (start: number, rank: number): number[] =>
  Array.from({ length: rank - start }, (_, at) => start + at);

/** Softmax and its kin: what is subtracted is the gradient as it falls on all of a row. */
const softmax = (op: string, back: (m: Algebra, y: string, g: string, axis: number) => string): Rule => ({
  op,
  backward: (step) => {
    const rank = step.input(0).dims.length;
    const axis = step.int('axis', -1);
    return [back(algebraOf(step), step.output(0).name, step.cotangent, axis < 0 ? axis + rank : axis)];
  },
  proof: (draw) => [
    { inputs: [{ dims: [2, draw.int(2, 4)], from: -2, to: 2 }] },
    { inputs: [{ dims: [2, 3, 2], from: -2, to: 2 }], attributes: { axis: int(draw.pick([0, 1, -2])) } },
  ],
});

/** A row for each channel as [1, channels, 1, …]. */
const asChannels = (step: Step, name: string, rank: number): string =>
  rank === 2 ? name : step.emit.op('Unsqueeze', [name, step.emit.ints(from(1, rank - 1))]);

/** Inference: means and variances are given, so that it is a line for each channel. */
function batchNormalization(step: Step): (string | null)[] {
  if (step.int('training_mode', 0) !== 0) return step.refuse('it is in training mode');
  const m = algebraOf(step);
  const { dims, name } = step.input(0);
  const channels = (index: number) => asChannels(step, step.input(index).name, dims.length);
  const deviation = m.sqrt(m.add(channels(4), step.float('epsilon', 1e-5)));
  const scaled = m.mul(step.cotangent, m.div(channels(1), deviation));
  const others = dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const perChannel = (value: string) =>
    m.emit.op('ReduceSum', [value, m.emit.ints(others)], { keepdims: int(0) });
  const centred = () => m.sub(name, channels(3));
  const variance = () => m.mul(-0.5, m.div(m.mul(scaled, centred()), m.square(deviation)));
  return [
    scaled,
    step.wants(1) ? perChannel(m.mul(step.cotangent, m.div(centred(), deviation))) : null,
    step.wants(2) ? perChannel(step.cotangent) : null,
    step.wants(3) ? m.neg(perChannel(scaled)) : null,
    step.wants(4) ? perChannel(variance()) : null,
  ];
}

/**
 * What is normalised over axes: x̂ = (x − μ)/σ. The gradient of x̂ is given; that of x is
 * (ĝ − mean ĝ − x̂ · mean(ĝ x̂))/σ (Ba, Kiros, Hinton: Layer normalization, 2016).
 */
function normalized(m: Algebra, x: string, axes: readonly number[], epsilon: number, centre = true) {
  const centred = centre ? m.sub(x, m.emit.reduce('ReduceMean', x, axes)) : x;
  const deviation = m.sqrt(m.add(m.emit.reduce('ReduceMean', m.square(centred), axes), epsilon));
  const hat = m.div(centred, deviation);
  const back = (g: string) => {
    const along = m.mul(hat, m.emit.reduce('ReduceMean', m.mul(g, hat), axes));
    return m.div(m.sub(centre ? m.sub(g, m.emit.reduce('ReduceMean', g, axes)) : g, along), deviation);
  };
  return { hat, back };
}

/** Scale and bias that are broadcast over what was normalised. */
function scaled(
  step: Step,
  axes: readonly number[],
  epsilon: number,
  options: { readonly bias: number; readonly centre: boolean },
): (string | null)[] {
  const m = algebraOf(step);
  const x = step.input(0);
  const { hat, back } = normalized(m, x.name, axes, epsilon, options.centre);
  const g = step.cotangent;
  const gradients: (string | null)[] = [step.wants(0) ? back(m.mul(g, step.input(1).name)) : null];
  gradients[1] = step.wants(1) ? m.emit.sumTo(m.mul(g, hat), x.dims, step.input(1)) : null;
  if (step.has(options.bias))
    gradients[options.bias] = step.wants(options.bias)
      ? m.emit.sumTo(g, x.dims, step.input(options.bias))
      : null;
  return gradients;
}

function layerNormalization(step: Step, centre: boolean): (string | null)[] {
  const rank = step.input(0).dims.length;
  const axis = step.int('axis', -1);
  const axes = from(axis < 0 ? axis + rank : axis, rank);
  return scaled(step, axes, step.float('epsilon', 1e-5), { bias: 2, centre });
}

function instanceNormalization(step: Step): (string | null)[] {
  const m = algebraOf(step);
  const x = step.input(0);
  const rank = x.dims.length;
  const { hat, back } = normalized(m, x.name, from(2, rank), step.float('epsilon', 1e-5));
  const g = step.cotangent;
  const perChannel = (value: string) =>
    m.emit.op('ReduceSum', [value, m.emit.ints([0, ...from(2, rank)])], { keepdims: int(0) });
  return [
    step.wants(0) ? back(m.mul(g, asChannels(step, step.input(1).name, rank))) : null,
    step.wants(1) ? perChannel(m.mul(g, hat)) : null,
    step.wants(2) ? perChannel(g) : null,
  ];
}

/** Groups of channels; scale and bias for each channel, as since version 21. */
function groupNormalization(step: Step): (string | null)[] {
  const m = algebraOf(step);
  const x = real(step, step.input(0));
  const rank = x.dims.length;
  const groups = step.int('num_groups', 1);
  const scale = step.input(1);
  const [, channels] = x.dims;
  if (typeof channels === 'number' && scale.dims[0] !== channels)
    return step.refuse('its scale is for groups, as before version 21');
  const grouped = (name: string) =>
    m.emit.op('Reshape', [name, m.emit.sizes([{ of: x, axis: 0 }, groups, -1])]);
  const { hat, back } = normalized(m, grouped(x.name), [2], step.float('epsilon', 1e-5));
  const g = step.cotangent;
  const perChannel = (value: string) =>
    m.emit.op('ReduceSum', [value, m.emit.ints([0, ...from(2, rank)])], { keepdims: int(0) });
  const weighted = () => m.mul(g, asChannels(step, scale.name, rank));
  return [
    step.wants(0) ? m.emit.reshape(back(grouped(weighted())), x) : null,
    step.wants(1) ? perChannel(m.mul(g, m.emit.reshape(hat, x))) : null,
    step.wants(2) ? perChannel(g) : null,
  ];
}

/** Krizhevsky, Sutskever, Hinton, 2012: each number over a power of the squares of its neighbours among the channels. */
function localResponse(step: Step): string[] {
  const m = algebraOf(step);
  const x: RealValue = real(step, step.input(0));
  const size = step.int('size', 1);
  const alpha = step.float('alpha', 1e-4);
  const [beta, bias] = [step.float('beta', 0.75), step.float('bias', 1)];
  const rank = x.dims.length;
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const channels = x.dims[1];
  if (typeof channels !== 'number') return step.refuse('the number of its channels varies');
  const pads = (first: number, second: number) =>
    m.emit.ints([0, first, ...from(2, rank).map(() => 0), 0, second, ...from(2, rank).map(() => 0)]);
  /** Sums over a window of channels. */
  const windowed = (name: string, first: number, second: number) => {
    const padded = m.emit.op('Pad', [name, pads(first, second)]);
    return Array.from({ length: size }, (_, at) =>
      m.emit.op('Slice', [padded, m.emit.ints([at]), m.emit.ints([at + channels]), m.emit.ints([1])]),
    ).reduce((sum, part) => m.add(sum, part));
  };
  const base = m.add(bias, m.mul(alpha / size, windowed(m.square(x.name), before, after)));
  const own = m.mul(step.cotangent, m.pow(base, -beta));
  const others = m.mul(m.mul(step.cotangent, x.name), m.pow(base, -beta - 1));
  const back = windowed(others, after, before);
  return [m.sub(own, m.mul(m.mul((2 * alpha * beta) / size, x.name), back))];
}

const epsilon = float(0.1);

/** Normalisation. */
export const normalization: readonly Rule[] = [
  softmax('Softmax', (m, y, g, axis) => m.mul(y, m.sub(g, m.sum(m.mul(g, y), [axis])))),
  softmax('LogSoftmax', (m, y, g, axis) => m.sub(g, m.mul(m.exp(y), m.sum(g, [axis])))),
  {
    op: 'BatchNormalization',
    backward: batchNormalization,
    proof: (draw) =>
      [
        [2, 3],
        [2, 3, draw.int(1, 3)],
        [1, 3, 2, 2],
      ].map((dims) => ({
        inputs: [{ dims }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], from: 0.5, to: 2 }],
        attributes: { epsilon },
      })),
  },
  {
    op: 'LayerNormalization',
    backward: (step) => layerNormalization(step, true),
    proof: () => [
      { inputs: [{ dims: [2, 4] }, { dims: [4] }, { dims: [4] }], attributes: { epsilon } },
      { inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }], attributes: { axis: int(1), epsilon } },
    ],
  },
  {
    op: 'RMSNormalization',
    since: 23,
    backward: (step) => layerNormalization(step, false),
    proof: () => [{ inputs: [{ dims: [2, 3, 4] }, { dims: [4] }], attributes: { epsilon } }],
  },
  {
    op: 'InstanceNormalization',
    backward: instanceNormalization,
    proof: (draw) => [
      { inputs: [{ dims: [2, 3, draw.int(2, 4)] }, { dims: [3] }, { dims: [3] }], attributes: { epsilon } },
      { inputs: [{ dims: [2, 3, 2, 3] }, { dims: [3] }, { dims: [3] }], attributes: { epsilon } },
    ],
  },
  {
    op: 'GroupNormalization',
    since: 21,
    backward: groupNormalization,
    proof: () => [
      {
        inputs: [{ dims: [2, 4, 3] }, { dims: [4] }, { dims: [4] }],
        attributes: { epsilon, num_groups: int(2), stash_type: int(11) },
      },
    ],
  },
  {
    op: 'LRN',
    backward: localResponse,
    proof: (draw) => [
      {
        inputs: [{ dims: [2, 5, 2, 2] }],
        attributes: { size: int(draw.pick([1, 2, 3, 5])), alpha: float(0.5), beta: float(0.7) },
      },
    ],
  },
  {
    op: 'LpNormalization',
    backward: (step) => {
      const m = algebraOf(step);
      const rank = step.input(0).dims.length;
      const axis = step.int('axis', -1);
      const axes = [axis < 0 ? axis + rank : axis];
      const { name } = step.input(0);
      const y = step.output(0).name;
      const g = step.cotangent;
      if (step.int('p', 2) === 1) {
        const length = m.sum(m.emit.op('Abs', [name]), axes);
        const along = m.mul(m.emit.op('Sign', [name]), m.sum(m.mul(g, y), axes));
        return [m.div(m.sub(g, along), length)];
      }
      const length = m.sqrt(m.sum(m.square(name), axes));
      return [m.div(m.sub(g, m.mul(y, m.sum(m.mul(g, y), axes))), length)];
    },
    proof: (draw) => [
      {
        inputs: [{ dims: [2, 3, 2], from: 0.2, to: 1 }],
        attributes: { axis: int(draw.int(-1, 2)), p: int(draw.int(1, 2)) },
      },
    ],
  },
];
