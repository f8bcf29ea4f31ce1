import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { valueInfo } from './encode.ts';
import type { OnnxModel, OnnxNode } from './onnx.ts';
import { pooledFirst } from './pooled-first.ts';

const node = (op: string, input: string, ...outputs: string[]): OnnxNode => ({
  op,
  domain: '',
  name: '',
  inputs: [input],
  outputs,
  attributes: new Map(),
});

const modelOf = (nodes: readonly OnnxNode[]): OnnxModel => ({
  opsets: new Map([['', 17]]),
  functions: [],
  rest: [],
  graph: {
    name: '',
    nodes,
    initializers: [],
    inputs: [valueInfo('x', 'float32')],
    outputs: [valueInfo('y')],
    rest: [],
  },
});

suite('a pool goes before the Relu that it alone uses', () => {
  test('one', () => {
    const { nodes } = pooledFirst(modelOf([node('Relu', 'x', 'r'), node('MaxPool', 'r', 'y')])).graph;
    const [pool, relu] = nodes;
    assert.deepEqual(
      nodes.map(({ op }) => op),
      ['MaxPool', 'Relu'],
    );
    assert.deepEqual([pool?.inputs, pool?.outputs, relu?.outputs], [['x'], relu?.inputs, ['y']]);
  });

  for (const [why, nodes] of Object.entries({
    'others use what it makes': [node('Relu', 'x', 'r'), node('MaxPool', 'r', 'p'), node('Neg', 'r', 'y')],
    'the pool says where it found what': [node('Relu', 'x', 'r'), node('MaxPool', 'r', 'y', 'places')],
    'it is no Relu': [node('Tanh', 'x', 'r'), node('MaxPool', 'r', 'y')],
    'it is an average': [node('Relu', 'x', 'r'), node('AveragePool', 'r', 'y')],
  }))
    test(`not where ${why}`, () => {
      const model = modelOf(nodes);
      assert.equal(pooledFirst(model), model);
    });
});
