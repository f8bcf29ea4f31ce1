import { encodeModel, storeTensor, valueInfo } from '../../src/graph/encode.ts';
import type { OnnxNode } from '../../src/graph/onnx.ts';
import { float32 } from '../../src/tensors/tensor.ts';

/** What is asked of both: a perceptron of one hidden layer, by one row of so many features. */
export interface Subject {
  readonly name: string;
  readonly features: number;
  readonly hidden: number;
}

export const SUBJECTS: readonly Subject[] = [
  { name: '30 features, hidden 64', features: 30, hidden: 64 },
  { name: '784 features, hidden 128', features: 784, hidden: 128 },
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

const node = (op: string, inputs: string[], outputs: string[]): OnnxNode => ({
  op,
  domain: '',
  name: '',
  inputs,
  outputs,
  attributes: new Map(),
});

export function modelOf({ features, hidden }: Subject): Uint8Array {
  return encodeModel({
    opsets: new Map([['', 17]]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'perceptron',
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
      inputs: [valueInfo('x', 'float32', ['n', features])],
      outputs: [valueInfo('score', 'float32', ['n', 10])],
      rest: [],
    },
  });
}

export const contractOf = ({ features }: Subject): string =>
  `version: 1\ninputs: { x: { type: float32, shape: [rows, ${features}], min: 0, max: 1 } }\n`;

/** Different questions of one row each, as the protocol has them. */
export const questionsOf = (subject: Subject, count: number): string[] =>
  rowsOf(subject, count).map((data) =>
    JSON.stringify({
      inputs: [{ name: 'x', datatype: 'FP32', shape: [1, subject.features], data }],
    }),
  );
