import { type Attributes, int, ints } from '../../src/graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../src/graph/encode.ts';
import type { OnnxGraph, OnnxNode, StoredTensor } from '../../src/graph/onnx.ts';
import { float32 } from '../../src/tensors/tensor.ts';

/** What is asked of both, by one row of so many features: a perceptron of one hidden layer, or LeNet-5. */
export interface Subject {
  readonly name: string;
  readonly features: number;
  /** Of the perceptron; undefined: LeNet-5, whose rows are pictures of 28 × 28. */
  readonly hidden?: number;
}

export const SUBJECTS: readonly Subject[] = [
  { name: '30 features, hidden 64', features: 30, hidden: 64 },
  { name: '784 features, hidden 128', features: 784, hidden: 128 },
  { name: '784 features, LeNet-5', features: 784 },
];

/** Numbers that are the same in every run, between 0 and 1. @param from how many were drawn before */
const drawn = (count: number, from = 0): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, at) => Math.abs(Math.sin((at + from + 1) * 12.9898) * 43758.5453) % 1,
  );

/** Rows that are asked, and others that a model is calibrated on: all of one kind. */
export const rowsOf = ({ features }: Subject, count: number, from = 0): number[][] =>
  Array.from({ length: count }, (_, row) => Array.from(drawn(features, (from + row) * features)));

const node = (op: string, inputs: string[], outputs: string[], attributes: Attributes = {}): OnnxNode => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs,
  attributes: new Map(Object.entries(attributes)),
});

/** Small weights, so that scores stay apart and sums stay finite. */
const weights = (name: string, ...dims: number[]): StoredTensor => {
  const count = dims.reduce((all, size) => all * size, 1);
  const fan = count / (dims[0] ?? 1);
  return storeTensor(
    name,
    float32(
      dims,
      drawn(count).map((n) => (n - 0.5) / Math.sqrt(fan)),
    ),
  );
};

export const modelOf = ({ features, hidden }: Subject): Uint8Array =>
  hidden === undefined ? lenet(features) : perceptron(features, hidden);

const perceptron = (features: number, hidden: number): Uint8Array =>
  classifier(features, {
    nodes: [
      node('MatMul', ['x', 'w1'], ['a']),
      node('Relu', ['a'], ['h']),
      node('MatMul', ['h', 'w2'], ['z']),
      node('Softmax', ['z'], ['score']),
    ],
    initializers: [
      storeTensor(
        'w1',
        float32(
          [features, hidden],
          drawn(features * hidden).map((n) => n / features),
        ),
      ),
      storeTensor('w2', float32([hidden, 10], drawn(hidden * 10))),
    ],
  });

/** LeCun et al., Gradient-based learning applied to document recognition, 1998; with Relu and the largest of four. */
const lenet = (features: number): Uint8Array =>
  classifier(features, {
    nodes: [
      node('Reshape', ['x', 'picture'], ['p']),
      node('Conv', ['p', 'w1'], ['a1'], { pads: ints([2, 2, 2, 2]) }),
      node('Relu', ['a1'], ['h1']),
      node('MaxPool', ['h1'], ['p1'], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
      node('Conv', ['p1', 'w2'], ['a2']),
      node('Relu', ['a2'], ['h2']),
      node('MaxPool', ['h2'], ['p2'], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
      node('Flatten', ['p2'], ['f']),
      node('Gemm', ['f', 'w3'], ['a3'], { transB: int(1) }),
      node('Relu', ['a3'], ['h3']),
      node('Gemm', ['h3', 'w4'], ['a4'], { transB: int(1) }),
      node('Relu', ['a4'], ['h4']),
      node('Gemm', ['h4', 'w5'], ['z'], { transB: int(1) }),
      node('Softmax', ['z'], ['score']),
    ],
    initializers: [
      storeTensor('picture', { type: 'int64', dims: [4], data: BigInt64Array.of(-1n, 1n, 28n, 28n) }),
      weights('w1', 6, 1, 5, 5),
      weights('w2', 16, 6, 5, 5),
      weights('w3', 120, 400),
      weights('w4', 84, 120),
      weights('w5', 10, 84),
    ],
  });

const classifier = (features: number, graph: Pick<OnnxGraph, 'nodes' | 'initializers'>): Uint8Array =>
  encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'classifier',
      ...graph,
      inputs: [valueInfo('x', 'float32', ['n', features])],
      outputs: [valueInfo('score', 'float32', ['n', 10])],
      rest: [],
    },
  });

export const contractOf = ({ features }: Subject): string =>
  `version: 1\ninputs: { x: { type: float32, shape: [rows, ${features}], min: 0, max: 1 } }\n`;

/** Different questions of one row each, as the protocol has them. */
export const questionsOf = (subject: Subject, count: number): string[] =>
  rowsOf(subject, count).map((data) =>
    JSON.stringify({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, subject.features], data }],
    }),
  );
