import { float32 } from '../../tensors/tensor.ts';
import { Algebra, real } from '../algebra.ts';
import { float, int, ints, word } from '../emitter.ts';
import type { Draw, Rule, Sample, Step } from '../rule.ts';

// The operators that scikit-learn's converters write, as far as they are smooth: https://onnx.ai/onnx/operators/#ai-onnx-ml.

const DOMAIN = 'ai.onnx.ml';

const floats = (value: readonly number[]) => ({ kind: 'floats' as const, value });

/** A row of numbers of an attribute; one number stands for all features. */
const row = (step: Step, name: string, otherwise: number): string => {
  const values = step.floats(name) ?? [otherwise];
  return step.emit.constant(float32([values.length], values));
};

/** What comes out is float32, whatever went in. */
const back = (step: Step, gradient: string): string =>
  step.input(0).type === 'float32' ? gradient : step.emit.op('CastLike', [gradient, step.input(0).name]);

/** The gradient before the scores were made into probabilities. */
function beforeTransform(step: Step, g: string, y: string, transform: string): string {
  const m = new Algebra(step.emit, 'float32');
  if (transform === 'NONE') return g;
  if (transform === 'LOGISTIC') return m.mul(g, m.mul(y, m.sub(1, y)));
  if (transform === 'SOFTMAX') return m.mul(y, m.sub(g, m.sum(m.mul(g, y), [1])));
  return step.refuse(`its scores go through ${transform}`);
}

/** coefficients: [scores, features]. */
function linear(step: Step, output: number): string {
  const { emit } = step;
  const x = real(step, step.input(0));
  const coefficients = step.floats('coefficients') ?? step.refuse('it has no coefficients');
  const features = x.dims[1];
  if (typeof features !== 'number') return step.refuse('the number of its features varies');
  const rows = coefficients.length / features;
  const weights = emit.constant(float32([rows, features], coefficients));
  const m = new Algebra(emit, 'float32');
  const g = step.cotangents[output] ?? step.refuse('only its label is used, which has no gradient');
  const y = step.output(output);
  const transform = step.word('post_transform', 'NONE');
  const before = beforeTransform(step, g, y.name, transform);
  if (rows !== 1 || y.dims[1] !== 2) return emit.op('MatMul', [before, weights]);
  // One row for two classes: the first has what is left, or the opposite.
  const sign = emit.constant(float32([1, 2], [-1, 1]));
  return emit.op('MatMul', [m.sum(m.mul(before, sign), [1]), weights]);
}

const linearSamples = (draw: Draw, outputs: number, classes: boolean): Sample[] => {
  const [features, rows] = [draw.int(2, 4), draw.int(classes ? 3 : 1, 4)];
  const numbers = (count: number) => Array.from({ length: count }, () => draw.int(-9, 9) / 10);
  const labels = (count: number) =>
    classes
      ? { classlabels_ints: { kind: 'ints' as const, value: Array.from({ length: count }, (_, at) => at) } }
      : {};
  const sample = (count: number, transform: string): Sample => ({
    inputs: [{ dims: [3, features] }],
    outputs,
    attributes: {
      coefficients: floats(numbers(count * features)),
      intercepts: floats(numbers(count)),
      post_transform: word(transform),
      ...(classes ? {} : { targets: int(count) }),
      ...labels(count === 1 ? 2 : count),
    },
  });
  const several = ['NONE', 'LOGISTIC', 'SOFTMAX'].map((transform) => sample(rows, transform));
  return classes ? [...several, sample(1, 'LOGISTIC'), sample(1, 'NONE')] : several.slice(0, 1);
};

/** Linear models and what stands before them. */
export const classical: readonly Rule[] = [
  {
    op: 'Scaler',
    domain: DOMAIN,
    backward: (step) => [back(step, step.emit.op('Mul', [step.cotangent, row(step, 'scale', 1)]))],
    proof: () => [
      { inputs: [{ dims: [2, 3] }], attributes: { offset: floats([0.5, 0, 1]), scale: floats([2, 1, -3]) } },
    ],
  },
  {
    op: 'Normalizer',
    domain: DOMAIN,
    backward: (step) => {
      const m = new Algebra(step.emit, 'float32');
      const x = step.emit.op('Cast', [step.input(0).name], { to: int(1) });
      const [g, y] = [step.cotangent, step.output(0).name];
      const kind = step.word('norm', 'MAX');
      if (kind === 'L2') {
        const length = m.sqrt(m.sum(m.square(x), [1]));
        return [back(step, m.div(m.sub(g, m.mul(y, m.sum(m.mul(g, y), [1]))), length))];
      }
      if (kind === 'L1') {
        const length = m.sum(step.emit.op('Abs', [x]), [1]);
        const along = m.mul(step.emit.op('Sign', [x]), m.sum(m.mul(g, y), [1]));
        return [back(step, m.div(m.sub(g, along), length))];
      }
      return step.refuse(`it normalises by ${kind}`);
    },
    proof: (draw) => [
      { inputs: [{ dims: [2, 3], from: 0.2, to: 1 }], attributes: { norm: word(draw.pick(['L1', 'L2'])) } },
    ],
  },
  {
    op: 'Imputer',
    domain: DOMAIN,
    backward: (step) => {
      const m = new Algebra(step.emit, real(step, step.input(0)).type);
      const { name } = step.input(0);
      const replaced = step.float('replaced_value_float', 0);
      const missing = Number.isNaN(replaced) ? step.emit.op('IsNaN', [name]) : m.equal(name, replaced);
      return [m.where(missing, 0, step.cotangent)];
    },
    proof: () => [
      {
        inputs: [{ dims: [2, 3], from: 0.1, to: 1 }],
        attributes: { imputed_value_floats: floats([1, 2, 3]), replaced_value_float: float(Number.NaN) },
      },
    ],
  },
  {
    op: 'FeatureVectorizer',
    domain: DOMAIN,
    backward: (step) => {
      const inputs = step.node.inputs.map((_, index) => step.input(index));
      const sizes = step.emit.sizes(inputs.map((of) => ({ of, axis: 1 })));
      return step.emit
        .ops('Split', [step.cotangent, sizes], inputs.length, { axis: int(1) })
        .map((part, index) =>
          inputs[index]?.type === 'float32'
            ? part
            : step.emit.op('CastLike', [part, inputs[index]?.name ?? '']),
        );
    },
    proof: () => [
      {
        inputs: [{ dims: [2, 3] }, { dims: [2, 1] }],
        attributes: { inputdimensions: ints([3, 1]) },
      },
    ],
  },
  {
    op: 'LinearRegressor',
    domain: DOMAIN,
    backward: (step) => [back(step, linear(step, 0))],
    proof: (draw) => linearSamples(draw, 1, false),
  },
  {
    op: 'LinearClassifier',
    domain: DOMAIN,
    several: true,
    backward: (step) => [back(step, linear(step, 1))],
    proof: (draw) => linearSamples(draw, 2, true),
  },
  {
    op: 'ArrayFeatureExtractor',
    domain: DOMAIN,
    backward: (step) => {
      const x = real(step, step.input(0));
      const places = step.emit.op('Reshape', [step.input(1).name, step.emit.ints([-1])]);
      const rank = x.dims.length;
      return [step.emit.scatterAlong(step.cotangent, rank, rank - 1, places, step.emit.shape(x), x.type)];
    },
    proof: () => [
      {
        inputs: [{ dims: [2, 4] }, { tensor: { type: 'int64', dims: [2], data: BigInt64Array.of(3n, 1n) } }],
      },
    ],
  },
];
