import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttributeValue, OnnxModel, OnnxNode } from './onnx.ts';
import { treeThresholds } from './thresholds.ts';

const nodeOf = (
  op: string,
  input: string,
  output: string,
  attributes: Record<string, AttributeValue> = {},
): OnnxNode => ({
  op,
  domain: op.startsWith('TreeEnsemble') ? 'ai.onnx.ml' : '',
  name: op,
  inputs: [input],
  outputs: [output],
  attributes: new Map(Object.entries(attributes)),
});

const forest = (input: string): OnnxNode =>
  nodeOf('TreeEnsembleClassifier', input, 'scores', {
    nodes_featureids: { kind: 'ints', value: [2, 0, 2, 0] },
    nodes_values: { kind: 'floats', value: [0.5, 1.5, -1, 9] },
    nodes_modes: { kind: 'strings', value: ['BRANCH_LEQ', 'BRANCH_LEQ', 'BRANCH_LEQ', 'LEAF'] },
  });

const modelOf = (...nodes: OnnxNode[]): OnnxModel => ({
  opsets: new Map([['', 17]]),
  graph: {
    name: 'g',
    nodes,
    initializers: [],
    inputs: [{ name: 'x', type: 'float32', dims: [null, 3] }],
    outputs: [],
    rest: [],
  },
  functions: [],
  rest: [],
});

test('thresholds by feature, ascending, without those of leaves', () => {
  const made = treeThresholds(modelOf(forest('x')), 3);
  assert.deepEqual(
    made?.map((values) => [...values]),
    [[1.5], [], [-1, 0.5]],
  );
});

test('none for other models, and for trees that see other numbers', () => {
  assert.equal(treeThresholds(modelOf(nodeOf('Gemm', 'x', 'y')), 3), undefined);
  assert.equal(treeThresholds(modelOf(nodeOf('Scaler', 'x', 'y'), forest('y')), 3), undefined);
});
