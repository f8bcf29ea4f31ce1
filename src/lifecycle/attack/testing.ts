import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxNode } from '../../graph/onnx.ts';
import { float32, int64, type Tensor } from '../../tensors/tensor.ts';

// Small classifiers for tests, made on the spot.

const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): OnnxNode => ({ op, domain, name: op, inputs, outputs, attributes: new Map(Object.entries(attributes)) });

const modelOf = (
  features: number,
  nodes: readonly OnnxNode[],
  initializers: Readonly<Record<string, Tensor>> = {},
  outputs: readonly string[] = ['y'],
): Uint8Array =>
  encodeModel({
    opsets: new Map([
      ['', 17],
      ['ai.onnx.ml', 3],
    ]),
    functions: [],
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'classifier',
      nodes,
      initializers: Object.entries(initializers).map(([name, tensor]) => storeTensor(name, tensor)),
      inputs: [valueInfo('x', 'float32', ['n', features])],
      outputs: outputs.map((name) => valueInfo(name)),
      rest: [],
    },
  });

const integer = (value: number): AttributeValue => ({ kind: 'int', value });

/** Two classes: the second where the first half of the features is larger in sum than the other. */
export const linear = (features: number): Uint8Array =>
  modelOf(features, [node('MatMul', ['x', 'w'], ['y'])], { w: halves(features) });

const halves = (features: number): Tensor =>
  float32(
    [features, 2],
    Array.from({ length: features * 2 }, (_, at) => (at >> 1 < features / 2 === (at % 2 === 1) ? 4 : -4)),
  );

/** The same, of inputs that are rounded to tenths first: its gradients are zero everywhere. */
export const rounded = (features: number): Uint8Array =>
  modelOf(
    features,
    [
      node('Mul', ['x', 'ten'], ['large']),
      node('Round', ['large'], ['whole']),
      node('MatMul', ['whole', 'w'], ['y']),
    ],
    { w: halves(features), ten: float32([], [10]) },
  );

const floats = (value: readonly number[]): AttributeValue => ({ kind: 'floats', value });
const integers = (value: readonly number[]): AttributeValue => ({ kind: 'ints', value });
const words = (value: readonly string[]): AttributeValue => ({ kind: 'strings', value });

/** The same as {@link linear}, as the probability of the second class only. */
export const sigmoid = (features: number): Uint8Array =>
  modelOf(features, [node('MatMul', ['x', 'w'], ['z']), node('Sigmoid', ['z'], ['y'])], {
    w: float32(
      [features, 1],
      Array.from({ length: features }, (_, at) => (at < features / 2 ? 8 : -8)),
    ),
  });

/** The same as {@link linear}, and `label`: what it calls the class. */
export const labelled = (features: number, names: readonly [number, number]): Uint8Array =>
  modelOf(
    features,
    [
      node('MatMul', ['x', 'w'], ['y']),
      node('ArgMax', ['y'], ['at'], { axis: integer(1), keepdims: integer(0) }),
      node('Gather', ['names', 'at'], ['label']),
    ],
    { w: halves(features), names: int64([2], names) },
    ['label', 'y'],
  );

/** One tree of one question: the second class where the first feature is above a half. */
export const tree = (features: number): Uint8Array =>
  modelOf(features, [
    node(
      'TreeEnsembleClassifier',
      ['x'],
      ['label', 'y'],
      {
        classlabels_int64s: integers([0, 1]),
        nodes_treeids: integers([0, 0, 0]),
        nodes_nodeids: integers([0, 1, 2]),
        nodes_featureids: integers([0, 0, 0]),
        nodes_modes: words(['BRANCH_LEQ', 'LEAF', 'LEAF']),
        nodes_values: floats([0.5, 0, 0]),
        nodes_truenodeids: integers([1, 0, 0]),
        nodes_falsenodeids: integers([2, 0, 0]),
        nodes_missing_value_tracks_true: integers([0, 0, 0]),
        nodes_hitrates: floats([1, 1, 1]),
        class_treeids: integers([0, 0, 0, 0]),
        class_nodeids: integers([1, 1, 2, 2]),
        class_ids: integers([0, 1, 0, 1]),
        class_weights: floats([0.9, 0.1, 0.2, 0.8]),
        post_transform: { kind: 'string', value: 'NONE' },
      },
      'ai.onnx.ml',
    ),
  ]);
