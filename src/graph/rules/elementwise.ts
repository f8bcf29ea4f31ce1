import { type Emitter, isReal, type Value } from '../emitter.ts';
import type { Backward, Draw, RealValue, Rule, Sample, Step } from '../rule.ts';

/** An input whose type the rule relies on. */
function real(step: Step, value: Value): RealValue {
  const { type } = value;
  return isReal(type) ? { ...value, type } : step.refuse(`${value.name} is of ${type}`);
}

const drawnDims = (draw: Draw): number[] => Array.from({ length: draw.int(1, 4) }, () => draw.int(1, 4));

const unaryProof =
  (from: number, to: number) =>
  (draw: Draw): Sample[] => [{ inputs: [{ dims: drawnDims(draw), from, to }] }];

/** What one input's gradient is, from the emitter, the names of the input, the output and the cotangent. */
type Slope = (
  emit: Emitter,
  names: { x: string; y: string; g: string },
  number: (value: number) => string,
) => string;

/** An operator of one input, element by element; `from` and `to` bound what its proof draws. */
const unary = (op: string, from: number, to: number, slope: Slope): Rule => ({
  op,
  backward: (step) => {
    const x = real(step, step.input(0));
    const number = (value: number) => step.emit.number(value, x.type);
    return [slope(step.emit, { x: x.name, y: step.output(0).name, g: step.cotangent }, number)];
  },
  proof: unaryProof(from, to),
});

/** Pairs of dims that broadcast to one shape. */
function broadcastPair(draw: Draw): [number[], number[]] {
  const whole = drawnDims(draw);
  const thin = (dims: number[]) => dims.map((dim) => (draw.int(0, 2) === 0 ? 1 : dim));
  const shorter = whole.slice(draw.int(0, whole.length));
  return draw.int(0, 1) === 0 ? [whole, thin(shorter)] : [thin(shorter), whole];
}

/** An operator of two inputs with broadcasting; each slope gives the gradient before it is added up. */
const binary = (
  op: string,
  bounds: readonly [number, number],
  slopes: (
    step: Step,
    a: string,
    b: string,
    number: (value: number) => string,
  ) => [() => string, () => string],
): Rule => ({
  op,
  backward: (step) => {
    const [a, b] = [step.input(0), step.input(1)];
    const number = (value: number) => step.emit.number(value, real(step, a).type);
    return slopes(step, a.name, b.name, number).map((slope, index) =>
      step.wants(index) ? step.emit.sumTo(slope(), step.output(0).dims, index === 0 ? a : b) : null,
    );
  },
  proof: (draw) => {
    const [left, right] = broadcastPair(draw);
    const [from, to] = bounds;
    return [
      {
        inputs: [
          { dims: left, from, to },
          { dims: right, from, to },
        ],
      },
      {
        inputs: [
          { dims: [], from, to },
          { dims: right, from, to },
        ],
      },
    ];
  },
});

/** `g` where the condition holds, else zero. */
const gate = (emit: Emitter, condition: string, g: string, zero: string) =>
  emit.op('Where', [condition, g, zero]);

const relu = unary('Relu', 0.1, 2, (emit, { y, g }, number) =>
  gate(emit, emit.op('Greater', [y, number(0)]), g, number(0)),
);

const passesGradient: Backward = (step) => [step.cotangent];

export const elementwise: readonly Rule[] = [
  {
    ...relu,
    proof: (draw) => [
      { inputs: [{ dims: drawnDims(draw), from: 0.1, to: 2 }] },
      { inputs: [{ dims: drawnDims(draw), from: -2, to: -0.1 }] },
    ],
  },
  { op: 'Identity', backward: passesGradient, proof: unaryProof(-1, 1) },
  unary('Neg', -1, 1, (emit, { g }) => emit.op('Neg', [g])),
  unary('Abs', 0.1, 2, (emit, { x, g }) => emit.op('Mul', [g, emit.op('Sign', [x])])),
  unary('Exp', -1, 1, (emit, { y, g }) => emit.op('Mul', [g, y])),
  unary('Log', 0.3, 2, (emit, { x, g }) => emit.op('Div', [g, x])),
  unary('Sqrt', 0.3, 2, (emit, { y, g }, number) => emit.op('Div', [emit.op('Mul', [g, number(0.5)]), y])),
  unary('Reciprocal', 0.5, 2, (emit, { y, g }) =>
    emit.op('Neg', [emit.op('Mul', [g, emit.op('Mul', [y, y])])]),
  ),
  unary('Sigmoid', -2, 2, (emit, { y, g }, number) =>
    emit.op('Mul', [g, emit.op('Mul', [y, emit.op('Sub', [number(1), y])])]),
  ),
  unary('Tanh', -2, 2, (emit, { y, g }, number) =>
    emit.op('Mul', [g, emit.op('Sub', [number(1), emit.op('Mul', [y, y])])]),
  ),
  binary('Add', [-1, 1], ({ cotangent }) => [() => cotangent, () => cotangent]),
  binary('Sub', [-1, 1], ({ cotangent, emit }) => [() => cotangent, () => emit.op('Neg', [cotangent])]),
  binary('Mul', [-1, 1], ({ cotangent, emit }, a, b) => [
    () => emit.op('Mul', [cotangent, b]),
    () => emit.op('Mul', [cotangent, a]),
  ]),
  binary('Div', [0.5, 2], ({ cotangent, emit, output }, _, b) => [
    () => emit.op('Div', [cotangent, b]),
    () => emit.op('Neg', [emit.op('Div', [emit.op('Mul', [cotangent, output(0).name]), b])]),
  ]),
];
