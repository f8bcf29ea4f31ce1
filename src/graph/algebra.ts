import { type Emitter, int, isReal, type RealType, type Value } from './emitter.ts';
import { ELEMENT_NUMBERS } from './onnx.ts';
import type { Draw, RealValue, Rule, Sample, Step } from './rule.ts';

/** Arithmetic on values of a graph, written as it is read. Numbers stand for constants. */
export class Algebra {
  readonly emit: Emitter;
  readonly #type: RealType;

  constructor(emit: Emitter, type: RealType) {
    this.emit = emit;
    this.#type = type;
  }

  add = (a: string | number, b: string | number): string => this.#two('Add', a, b);
  sub = (a: string | number, b: string | number): string => this.#two('Sub', a, b);
  mul = (a: string | number, b: string | number): string => this.#two('Mul', a, b);
  div = (a: string | number, b: string | number): string => this.#two('Div', a, b);
  pow = (a: string | number, b: string | number): string => this.#two('Pow', a, b);
  less = (a: string | number, b: string | number): string => this.#two('Less', a, b);
  greater = (a: string | number, b: string | number): string => this.#two('Greater', a, b);
  equal = (a: string | number, b: string | number): string => this.#two('Equal', a, b);
  not = (a: string): string => this.emit.op('Not', [a]);
  and = (a: string, b: string): string => this.emit.op('And', [a, b]);
  neg = (a: string): string => this.emit.op('Neg', [a]);
  exp = (a: string): string => this.emit.op('Exp', [a]);
  sqrt = (a: string): string => this.emit.op('Sqrt', [a]);
  square = (a: string): string => this.mul(a, a);
  sigmoid = (a: string): string => this.emit.op('Sigmoid', [a]);
  tanh = (a: string): string => this.emit.op('Tanh', [a]);
  where = (condition: string, a: string | number, b: string | number): string =>
    this.emit.op('Where', [condition, this.#of(a), this.#of(b)]);

  /** Added up over axes, which stay as ones. */
  sum(a: string, axes: readonly number[]): string {
    return axes.length === 0 ? a : this.emit.op('ReduceSum', [a, this.emit.ints(axes)], { keepdims: int(1) });
  }

  /** A condition as ones and zeros. */
  indicator(condition: string): string {
    return this.emit.op('Cast', [condition], { to: int(ELEMENT_NUMBERS[this.#type]) });
  }

  #two(op: string, a: string | number, b: string | number): string {
    return this.emit.op(op, [this.#of(a), this.#of(b)]);
  }

  #of(value: string | number): string {
    return typeof value === 'number' ? this.emit.number(value, this.#type) : value;
  }
}

/** A value that must be of real numbers. */
export function real(step: Step, value: Value): RealValue {
  const { type } = value;
  return isReal(type) ? { ...value, type } : step.refuse(`${value.name} is of ${type}`);
}

/** The algebra of the type of a node's first input. */
export const algebraOf = (step: Step): Algebra => new Algebra(step.emit, real(step, step.input(0)).type);

export const drawDims = (draw: Draw): number[] =>
  Array.from({ length: draw.int(1, 4) }, () => draw.int(1, 4));

/** One input in a range. */
export const ranged =
  (from: number, to: number, attributes: Sample['attributes'] = undefined) =>
  (draw: Draw): Sample[] => [{ inputs: [{ dims: drawDims(draw), from, to }], attributes }];

/** Several ranges, so that each piece of a function in pieces is seen, and no kink. */
export const rangedIn =
  (ranges: readonly (readonly [number, number])[], attributes: Sample['attributes'] = undefined) =>
  (draw: Draw): Sample[] =>
    ranges.flatMap(([from, to]) => ranged(from, to, attributes)(draw));

/** Names of a node with one input: input, output, and the output's gradient. */
export interface Names {
  readonly x: string;
  readonly y: string;
  readonly g: string;
}

/** An operator of one input, element by element. */
export const pointwise = (
  op: string,
  proof: Rule['proof'],
  slope: (m: Algebra, names: Names, step: Step) => string,
): Rule => ({
  op,
  proof,
  backward: (step) => [
    slope(algebraOf(step), { x: step.input(0).name, y: step.output(0).name, g: step.cotangent }, step),
  ],
});

/** Dims of `count` values that broadcast to one shape. */
export function drawBroadcast(draw: Draw, count: number): number[][] {
  const whole = drawDims(draw);
  const full = draw.int(0, count - 1);
  return Array.from({ length: count }, (_, index) =>
    index === full
      ? whole
      : whole.slice(draw.int(0, whole.length)).map((dim) => (draw.int(0, 2) === 0 ? 1 : dim)),
  );
}

/** An operator of several inputs with broadcasting; `slope` gives an input's gradient before it is added up. */
export const broadcast = (
  op: string,
  proof: Rule['proof'],
  slope: (m: Algebra, inputs: readonly string[], index: number, step: Step) => string | null,
): Rule => ({
  op,
  proof,
  backward: (step) => {
    const inputs = step.node.inputs.map((_, index) => step.input(index));
    const names = inputs.map(({ name }) => name);
    const m = new Algebra(step.emit, real(step, step.output(0)).type);
    return inputs.map((input, index) => {
      const made = step.wants(index) ? slope(m, names, index, step) : null;
      return made === null ? null : step.emit.sumTo(made, step.output(0).dims, input);
    });
  },
});

/** Samples of an operator with broadcasting. */
export const broadcastIn =
  (from: number, to: number, count = 2) =>
  (draw: Draw): Sample[] => [
    { inputs: drawBroadcast(draw, count).map((dims) => ({ dims, from, to })) },
    { inputs: Array.from({ length: count }, (_, index) => ({ dims: index === 0 ? [] : [3, 2], from, to })) },
  ];
