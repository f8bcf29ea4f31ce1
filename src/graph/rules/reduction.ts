import { int64 } from '../../tensors/tensor.ts';
import { type Algebra, algebraOf, real } from '../algebra.ts';
import { int, ints } from '../emitter.ts';
import type { Draw, Rule, Sample, Step } from '../rule.ts';

/** The axes that a node reduces, from zero on: an attribute before version 18, an input since then. */
export function reducedAxes(step: Step): number[] {
  const rank = step.input(0).dims.length;
  const given = step.has(1) ? step.constant(1) : undefined;
  if (step.has(1) && given === undefined) return step.refuse('its axes are not known beforehand');
  const axes = given === undefined ? step.ints('axes') : Array.from(given.data as ArrayLike<bigint>, Number);
  if (axes === undefined || axes.length === 0)
    return step.int('noop_with_empty_axes', 0) === 0 ? Array.from({ length: rank }, (_, axis) => axis) : [];
  return axes.map((axis) => (axis < 0 ? axis + rank : axis));
}

interface Reduced {
  readonly x: string;
  /** The output and its gradient, with the axes that were reduced as ones. */
  readonly y: string;
  readonly g: string;
  readonly axes: readonly number[];
}

/** An operator that makes one number of many; `slope` is the gradient, of any shape that broadcasts to the input's. */
const reduction = (
  op: string,
  range: readonly [number, number],
  slope: (m: Algebra, reduced: Reduced, step: Step) => string,
): Rule => ({
  op,
  backward: (step) => {
    const x = real(step, step.input(0));
    const axes = reducedAxes(step);
    const gone = step.int('keepdims', 1) === 0 && axes.length > 0;
    const back = (name: string) => (gone ? step.emit.op('Unsqueeze', [name, step.emit.ints(axes)]) : name);
    const reduced = { x: x.name, y: back(step.output(0).name), g: back(step.cotangent), axes };
    const made = slope(algebraOf(step), reduced, step);
    return [step.emit.op('Expand', [made, step.emit.shape(x)])];
  },
  proof: (draw) => samples(op, draw, range),
});

function samples(op: string, draw: Draw, [from, to]: readonly [number, number]): Sample[] {
  const x = { dims: [2, 3, draw.int(2, 3)], from, to };
  const axes = draw.pick([[1], [-1], [0, 2], [1, 2]]);
  const keepdims = int(draw.int(0, 1));
  const some: Sample =
    op === 'ReduceSum'
      ? { inputs: [x, { tensor: int64([axes.length], axes) }], attributes: { keepdims } }
      : { inputs: [x], attributes: { keepdims, axes: ints(axes) } };
  return [some, { inputs: [x] }];
}

/** Which of the numbers was the greatest or the least; equal ones share the gradient. */
const chosen = (m: Algebra, { x, y, g, axes }: Reduced): string => {
  const mask = m.indicator(m.equal(x, y));
  return m.div(m.mul(g, mask), m.sum(mask, axes));
};

/** The product of all others: of numbers among which one is zero, only that one has a gradient, and of two, none. */
function product(m: Algebra, { x, g, axes }: Reduced): string {
  const zero = m.equal(x, 0);
  const zeros = m.sum(m.indicator(zero), axes);
  const others = m.where(zero, 1, x);
  const whole = m.emit.reduce('ReduceProd', others, axes);
  const own = m.div(whole, others);
  return m.mul(g, m.where(m.equal(zeros, m.indicator(zero)), own, 0));
}

/** How many numbers went into one, as a real number. */
function countOf(step: Step, axes: readonly number[]): string {
  const x = step.input(0);
  const sizes = step.emit.sizes(axes.map((axis) => ({ of: x, axis })));
  return step.emit.op('CastLike', [step.emit.op('ReduceProd', [sizes], { keepdims: int(0) }), x.name]);
}

/** Operators that make one number of many. */
export const reductions: readonly Rule[] = [
  reduction('ReduceSum', [-1, 1], (_, { g }) => g),
  reduction('ReduceMean', [-1, 1], (m, { g, axes }, step) => m.div(g, countOf(step, axes))),
  reduction('ReduceMax', [-900, 900], chosen),
  reduction('ReduceMin', [-900, 900], chosen),
  reduction('ReduceProd', [0.5, 1.5], product),
  reduction('ReduceL1', [0.1, 1], (m, { x, g }) => m.mul(g, m.emit.op('Sign', [x]))),
  reduction('ReduceL2', [0.1, 1], (m, { x, y, g }) => m.mul(g, m.div(x, m.where(m.greater(y, 0), y, 1)))),
  reduction('ReduceSumSquare', [-1, 1], (m, { x, g }) => m.mul(g, m.mul(x, 2))),
  reduction('ReduceLogSum', [0.3, 2], (m, { y, g }) => m.div(g, m.exp(y))),
  reduction('ReduceLogSumExp', [-1, 1], (m, { x, y, g }) => m.mul(g, m.exp(m.sub(x, y)))),
];
