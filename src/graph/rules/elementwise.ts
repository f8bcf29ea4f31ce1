import { float32, numbersOf } from '../../tensors/tensor.ts';
import { broadcast, broadcastIn, drawBroadcast, pointwise, ranged, rangedIn } from '../algebra.ts';
import { isReal } from '../emitter.ts';
import type { Rule } from '../rule.ts';

const nonzero = rangedIn([
  [-2, -0.1],
  [0.1, 2],
]);

/** Functions of one number. */
const functions: readonly Rule[] = [
  pointwise('Identity', ranged(-1, 1), (_, { g }) => g),
  pointwise('Neg', ranged(-1, 1), (m, { g }) => m.neg(g)),
  pointwise('Abs', nonzero, (m, { x, g }) => m.mul(g, m.emit.op('Sign', [x]))),
  pointwise('Exp', ranged(-1, 1), (m, { y, g }) => m.mul(g, y)),
  pointwise('Log', ranged(0.3, 2), (m, { x, g }) => m.div(g, x)),
  pointwise('Sqrt', ranged(0.3, 2), (m, { y, g }) => m.div(m.mul(g, 0.5), y)),
  pointwise('Reciprocal', ranged(0.5, 2), (m, { y, g }) => m.neg(m.mul(g, m.square(y)))),
  pointwise('Sin', ranged(-2, 2), (m, { x, g }) => m.mul(g, m.emit.op('Cos', [x]))),
  pointwise('Cos', ranged(-2, 2), (m, { x, g }) => m.neg(m.mul(g, m.emit.op('Sin', [x])))),
  pointwise('Tan', ranged(-1, 1), (m, { y, g }) => m.mul(g, m.add(m.square(y), 1))),
  pointwise('Asin', ranged(-0.8, 0.8), (m, { x, g }) => m.div(g, m.sqrt(m.sub(1, m.square(x))))),
  pointwise('Acos', ranged(-0.8, 0.8), (m, { x, g }) => m.neg(m.div(g, m.sqrt(m.sub(1, m.square(x)))))),
  pointwise('Atan', ranged(-2, 2), (m, { x, g }) => m.div(g, m.add(1, m.square(x)))),
  pointwise('Sinh', ranged(-1, 1), (m, { x, g }) => m.mul(g, m.emit.op('Cosh', [x]))),
  pointwise('Cosh', ranged(-1, 1), (m, { x, g }) => m.mul(g, m.emit.op('Sinh', [x]))),
  pointwise('Asinh', ranged(-2, 2), (m, { x, g }) => m.div(g, m.sqrt(m.add(m.square(x), 1)))),
  pointwise('Acosh', ranged(1.3, 3), (m, { x, g }) => m.div(g, m.sqrt(m.sub(m.square(x), 1)))),
  pointwise('Atanh', ranged(-0.8, 0.8), (m, { x, g }) => m.div(g, m.sub(1, m.square(x)))),
  pointwise('Erf', ranged(-1.5, 1.5), (m, { x, g }) =>
    m.mul(g, m.mul(2 / Math.sqrt(Math.PI), m.exp(m.neg(m.square(x))))),
  ),
];

/** Which inputs of Max and Min were chosen; equal ones share the gradient, so that it adds up. */
const extreme = (op: 'Max' | 'Min'): Rule =>
  broadcast(
    op,
    (draw) => [
      { inputs: drawBroadcast(draw, 3).map((dims) => ({ dims, from: -900, to: 900 })) },
      { inputs: [{ dims: [3] }] },
    ],
    (m, inputs, index, step) => {
      const y = step.output(0).name;
      const chosen = inputs.map((name) => m.indicator(m.equal(name, y)));
      const count = chosen.length === 1 ? undefined : m.emit.op('Sum', chosen);
      const share = m.mul(step.cotangent, chosen[index] ?? 0);
      return count === undefined ? share : m.div(share, count);
    },
  );

const powers: Rule['proof'] = (draw) => [
  ...broadcastIn(0.5, 2)(draw),
  ...[2, 3, 1, 0].map((power) => ({ inputs: [{ dims: [3] }, { tensor: float32([], [power]) }] })),
];

/** Functions of several numbers, with broadcasting. */
const combinations: readonly Rule[] = [
  broadcast('Add', broadcastIn(-1, 1), (_, __, ___, { cotangent }) => cotangent),
  broadcast('Sub', broadcastIn(-1, 1), (m, _, index, { cotangent }) =>
    index === 0 ? cotangent : m.neg(cotangent),
  ),
  broadcast('Mul', broadcastIn(-1, 1), (m, [a = '', b = ''], index, { cotangent }) =>
    m.mul(cotangent, index === 0 ? b : a),
  ),
  broadcast('Div', broadcastIn(0.5, 2), (m, [, b = ''], index, { cotangent, output }) =>
    index === 0 ? m.div(cotangent, b) : m.neg(m.div(m.mul(cotangent, output(0).name), b)),
  ),
  broadcast('Sum', broadcastIn(-1, 1, 3), (_, __, ___, { cotangent }) => cotangent),
  broadcast('Mean', broadcastIn(-1, 1, 3), (m, inputs, _, { cotangent }) =>
    m.mul(cotangent, 1 / inputs.length),
  ),
  extreme('Max'),
  extreme('Min'),
  broadcast('Pow', powers, (m, [a = '', b = ''], index, step) => {
    if (!isReal(step.input(0).type)) return step.refuse('its base is of whole numbers');
    const known = step.constant(1);
    if (index === 0 && known?.data.length === 1 && known.type !== 'float16') {
      const power = Number(numbersOf(known)[0]);
      if (power === 0) return null;
      return m.mul(step.cotangent, m.mul(power, power === 2 ? a : m.pow(a, power - 1)));
    }
    const exponent = isReal(step.input(1).type) ? b : m.emit.op('CastLike', [b, a]);
    // Zero to the power of zero is one, and so is what is around it: there is no slope.
    if (index === 0) {
      const slope = m.mul(exponent, m.pow(a, m.sub(exponent, 1)));
      return m.mul(step.cotangent, m.where(m.equal(exponent, 0), 0, slope));
    }
    // Of a base that is zero or less, the gradient of the exponent is taken as zero.
    const positive = m.greater(a, 0);
    const log = m.emit.op('Log', [m.where(positive, a, 1)]);
    return m.mul(step.cotangent, m.mul(step.output(0).name, log));
  }),
  {
    op: 'Where',
    backward: (step) => {
      const { emit, cotangent } = step;
      const [condition, a, b] = [step.input(0).name, step.input(1), step.input(2)];
      const { type } = a;
      if (!isReal(type)) return [];
      const zero = emit.number(0, type);
      const { dims } = step.output(0);
      return [
        null,
        step.wants(1) ? emit.sumTo(emit.op('Where', [condition, cotangent, zero]), dims, a) : null,
        step.wants(2) ? emit.sumTo(emit.op('Where', [condition, zero, cotangent]), dims, b) : null,
      ];
    },
    proof: () => [
      {
        inputs: [
          { tensor: { type: 'bool', dims: [2, 1], data: Uint8Array.of(1, 0) } },
          { dims: [2, 3] },
          { dims: [3] },
        ],
      },
    ],
  },
];

export const elementwise: readonly Rule[] = [...functions, ...combinations];
