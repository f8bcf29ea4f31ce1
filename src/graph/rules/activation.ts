import { type Algebra, algebraOf, broadcast, pointwise, ranged, rangedIn } from '../algebra.ts';
import { float, word } from '../emitter.ts';
import type { Rule, Step } from '../rule.ts';

const bothSides = rangedIn([
  [-2, -0.1],
  [0.1, 2],
]);

/** `g` times one slope above zero and another below. */
const kinked = (m: Algebra, x: string, g: string, above: string, below: string): string =>
  m.where(m.greater(x, 0), above === '' ? g : m.mul(g, above), m.mul(g, below));

/** The density of the normal distribution. */
const density = (m: Algebra, x: string): string =>
  m.mul(1 / Math.sqrt(2 * Math.PI), m.exp(m.mul(-0.5, m.square(x))));

/** Its distribution function: Φ(x) = ½(1 + erf(x/√2)). */
const distribution = (m: Algebra, x: string): string =>
  m.mul(0.5, m.add(1, m.emit.op('Erf', [m.mul(x, Math.SQRT1_2)])));

/** Hendrycks and Gimpel, Gaussian error linear units, 2016. */
const geluSlope = (m: Algebra, x: string): string => m.add(distribution(m, x), m.mul(x, density(m, x)));

/** Its approximation by a hyperbolic tangent. */
function tanhGeluSlope(m: Algebra, x: string): string {
  const [scale, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const square = m.square(x);
  const t = m.tanh(m.mul(scale, m.mul(x, m.add(1, m.mul(cubic, square)))));
  const inner = m.mul(scale, m.add(1, m.mul(3 * cubic, square)));
  return m.add(m.mul(0.5, m.add(1, t)), m.mul(m.mul(0.5, x), m.mul(m.sub(1, m.square(t)), inner)));
}

/** The bounds of Clip: either may be missing. What they cut off flows to them. */
function clip(step: Step): (string | null)[] {
  const m = algebraOf(step);
  const { name } = step.input(0);
  const { dims } = step.output(0);
  const under = step.has(1) ? m.less(name, step.input(1).name) : undefined;
  const over = step.has(2) ? m.greater(name, step.input(2).name) : undefined;
  const cut = (bound: number, condition: string | undefined) =>
    condition === undefined || !step.wants(bound)
      ? null
      : step.emit.sumTo(m.where(condition, step.cotangent, 0), dims, step.input(bound));
  const inside = [under, over].reduce(
    (g: string, outside) => (outside === undefined ? g : m.where(outside, 0, g)),
    step.cotangent,
  );
  return [inside, cut(1, under), cut(2, over)];
}

/** A rule of an operator that came later. */
const since = (version: number, rule: Rule): Rule => ({ ...rule, since: version });

const scalar = (value: number) => ({ dims: [] as number[], from: value, to: value });

/** Activations: https://onnx.ai/onnx/operators, each with the defaults that stand there. */
export const activation: readonly Rule[] = [
  pointwise('Relu', bothSides, (m, { y, g }) => m.mul(g, m.indicator(m.greater(y, 0)))),
  pointwise('Sigmoid', ranged(-2, 2), (m, { y, g }) => m.mul(g, m.mul(y, m.sub(1, y)))),
  pointwise('Tanh', ranged(-2, 2), (m, { y, g }) => m.mul(g, m.sub(1, m.square(y)))),
  pointwise('Softplus', ranged(-2, 2), (m, { x, g }) => m.mul(g, m.sigmoid(x))),
  pointwise('Softsign', bothSides, (m, { x, g }) => m.div(g, m.square(m.add(1, m.emit.op('Abs', [x]))))),
  pointwise('LeakyRelu', bothSides, (m, { x, g }, step) =>
    m.where(m.greater(x, 0), g, m.mul(g, step.float('alpha', 0.01))),
  ),
  pointwise(
    'ThresholdedRelu',
    rangedIn([
      [-2, 0.9],
      [1.1, 2],
    ]),
    (m, { x, g }, step) => m.where(m.greater(x, step.float('alpha', 1)), g, 0),
  ),
  pointwise('Elu', bothSides, (m, { x, y, g }, step) => {
    const alpha = step.float('alpha', 1);
    return kinked(m, x, g, '', m.add(y, alpha));
  }),
  pointwise(
    'Celu',
    rangedIn(
      [
        [-2, -0.1],
        [0.1, 2],
      ],
      { alpha: float(0.7) },
    ),
    (m, { x, g }, step) => kinked(m, x, g, '', m.exp(m.div(x, step.float('alpha', 1)))),
  ),
  pointwise('Selu', bothSides, (m, { x, y, g }, step) => {
    // The specification's defaults, in single precision.
    const alpha = step.float('alpha', 1.6732631921768188);
    const gamma = step.float('gamma', 1.0507010221481323);
    return m.where(m.greater(x, 0), m.mul(g, gamma), m.mul(g, m.add(y, alpha * gamma)));
  }),
  pointwise(
    'HardSigmoid',
    rangedIn([
      [-6, -2.6],
      [-2.4, 2.4],
      [2.6, 6],
    ]),
    (m, { y, g }, step) =>
      m.where(m.and(m.greater(y, 0), m.less(y, 1)), m.mul(g, step.float('alpha', 0.2)), 0),
  ),
  pointwise(
    'HardSwish',
    rangedIn([
      [-6, -3.1],
      [-2.9, 2.9],
      [3.1, 6],
    ]),
    (m, { x, g }) => {
      const middle = m.mul(g, m.add(m.div(x, 3), 0.5));
      return m.where(m.greater(x, 3), g, m.where(m.less(x, -3), 0, middle));
    },
  ),
  since(
    18,
    pointwise('Mish', ranged(-2, 2), (m, { x, g }) => {
      const t = m.tanh(m.emit.op('Softplus', [x]));
      return m.mul(g, m.add(t, m.mul(m.mul(x, m.sub(1, m.square(t))), m.sigmoid(x))));
    }),
  ),
  since(
    20,
    pointwise(
      'Gelu',
      (draw) => [...ranged(-2, 2)(draw), ...ranged(-2, 2, { approximate: word('tanh') })(draw)],
      (m, { x, g }, step) =>
        m.mul(g, step.word('approximate', 'none') === 'tanh' ? tanhGeluSlope(m, x) : geluSlope(m, x)),
    ),
  ),
  since(
    24,
    pointwise('Swish', ranged(-2, 2), (m, { x, g }, step) => {
      const alpha = step.float('alpha', 1);
      const s = m.sigmoid(m.mul(x, alpha));
      return m.mul(g, m.mul(s, m.add(1, m.mul(m.mul(x, alpha), m.sub(1, s)))));
    }),
  ),
  broadcast(
    'PRelu',
    (draw) => [
      { inputs: [{ dims: [2, 3, 2], from: -2, to: -0.1 }, { dims: draw.pick([[1], [3, 1], [2, 3, 2]]) }] },
      { inputs: [{ dims: [2, 3, 2], from: 0.1, to: 2 }, { dims: [3, 1] }] },
    ],
    (m, [x = '', slope = ''], index, { cotangent }) =>
      index === 0
        ? m.where(m.greater(x, 0), cotangent, m.mul(cotangent, slope))
        : m.where(m.greater(x, 0), 0, m.mul(cotangent, x)),
  ),
  {
    op: 'Clip',
    backward: clip,
    proof: () => [
      { inputs: [{ dims: [6], from: -0.4, to: 0.4 }, scalar(-0.5), scalar(0.5)] },
      { inputs: [{ dims: [6], from: 0.6, to: 2 }, undefined, scalar(0.5)] },
      { inputs: [{ dims: [6], from: -2, to: 2 }] },
    ],
  },
];
