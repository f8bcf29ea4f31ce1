import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeModel } from '../../graph/decode.ts';
import { float, int } from '../../graph/emitter.ts';
import { encodeModel } from '../../graph/encode.ts';
import type { AttributeValue, OnnxFunction, OnnxNode } from '../../graph/onnx.ts';
import { prepare } from '../../graph/prepare.ts';
import { MessageWriter } from '../../graph/wire.ts';
import { float32, int64 } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';
import { check, feedsOf, type Given, modelOf, node } from './testing.ts';

suite('models as they come', () => {
  const proto = (
    name: string,
    nodes: readonly OnnxNode[],
    inputs: string[],
    outputs: string[],
  ): OnnxFunction => {
    const whole = decodeModel(modelOf({ inputs: {}, nodes, outputs: [] })).graph.nodes;
    const out = new MessageWriter().text(1, name);
    for (const input of inputs) out.text(4, input);
    for (const output of outputs) out.text(5, output);
    for (const { proto } of whole) if (proto !== undefined) out.bytes(7, proto);
    out
      .text(6, 'slope')
      .bytes(9, new MessageWriter().number(2, 17).finish())
      .bytes(9, new MessageWriter().text(1, 'own').number(2, 1).finish())
      .text(10, 'own');
    return {
      domain: 'own',
      name,
      inputs,
      outputs,
      nodes,
      defaults: new Map(),
      opsets: new Map(),
      proto: out.finish(),
    };
  };
  const reference: AttributeValue = {
    kind: 'reference',
    value: 'slope',
    proto: new MessageWriter().text(1, 'alpha').number(20, 1).text(21, 'slope').finish(),
  };

  test('functions of their own', () =>
    check({
      inputs: { x: ['n', 3] },
      functions: [
        proto('Leaky', [node('t = LeakyRelu(a)', { alpha: reference }), node('b = Mul(t, a)')], ['a'], ['b']),
        proto('Twice', [node('t = own.Leaky(a)', { slope: float(0.3) }), node('b = Exp(t)')], ['a'], ['b']),
      ],
      nodes: [node('t = own.Twice(x)'), node('y = own.Leaky(t)', { slope: float(0.1) })],
    }));

  test('nodes in any order', () =>
    check({
      inputs: { x: ['n', 3] },
      nodes: [node('y = Mul(b, x)'), node('b = Add(a, x)'), node('a = Exp(x)')],
    }));

  const refused: Readonly<Record<string, [Given, RegExp]>> = {
    'nodes in a ring': [
      { inputs: { x: ['n', 3] }, nodes: [node('a = Add(x, y)'), node('y = Neg(a)')] },
      /does not open the model: .*not acyclic/,
    ],
    'weights that are not there': [
      { inputs: { x: ['n', 3] }, nodes: [node('y = MatMul(x, w)')] },
      /does not open the model: .*'w' is not/,
    ],
    'two values of one name': [
      { inputs: { x: ['n', 3] }, nodes: [node('y = Neg(x)'), node('y = Exp(x)')] },
      /does not open the model: .*Duplicate definition of name \(y\)/,
    ],
    'sizes beyond all memory': [
      {
        inputs: { x: ['n', 3] },
        initializers: { s: int64([3], [2 ** 40, 1, 3]), first: int64([1], [0]) },
        nodes: [node('e = Expand(x, s)'), node('y = ReduceSum(e, first)')],
      },
      /does not run the model: .*Expand/,
    ],
    'operators that nobody knows': [
      { inputs: { x: ['n', 3] }, nodes: [node('y = Frobnicate(x)')] },
      /does not open the model: .*Frobnicate/,
    ],
    'versions that are not there yet': [
      { inputs: { x: ['n', 3] }, opset: 99, nodes: [node('y = Neg(x)')] },
      /does not open the model: .*Opset 99/,
    ],
    'versions that are too old': [
      { inputs: { x: ['n', 3] }, opset: 6, nodes: [node('y = Neg(x)')] },
      /of version 6, and from 7 on/,
    ],
    'normalisation in training': [
      {
        inputs: { x: ['n', 3] },
        initializers: { s: float32([3], [1, 1, 1]) },
        nodes: [node('y, m, v = BatchNormalization(x, s, s, s, s)', { training_mode: int(1) })],
      },
      /BatchNormalization “y”: it is in training mode/,
    ],
  };
  for (const [what, [given, why]] of Object.entries(refused))
    test(`${what} are refused`, async () => {
      const samples = [feedsOf(given, 2), feedsOf(given, 3)];
      await assert.rejects(() => DifferentiableModel.open(modelOf(given), samples), why);
    });

  test('functions that call themselves are refused', () => {
    const loop = proto('Loop', [node('b = own.Loop(a)')], ['a'], ['b']);
    const bytes = modelOf({ inputs: { x: ['n'] }, functions: [loop], nodes: [node('y = own.Loop(x)')] });
    assert.throws(() => prepare(bytes), /call each other without end/);
  });

  test('sequences beside what is differentiated', () =>
    check({
      inputs: { x: ['n', 3] },
      nodes: [node('s = SequenceConstruct(x, x)'), node('l = SequenceLength(s)'), node('y = Exp(x)')],
      outputs: ['y', 'l'],
    }));

  test('elements in another file, by bytes that are given', async () => {
    const entry = (key: string, value: string) => new MessageWriter().text(1, key).text(2, value).finish();
    const stored = new MessageWriter()
      .number(1, 2)
      .number(2, 1)
      .text(8, 'w')
      .bytes(13, entry('location', 'weights.bin'))
      .bytes(13, entry('offset', '4'))
      .bytes(13, entry('length', '8'))
      .number(14, 1)
      .finish();
    const given: Given = { inputs: { x: ['n', 2] }, nodes: [node('y = Mul(x, w)')] };
    const model = decodeModel(modelOf(given));
    const whole = encodeModel({
      ...model,
      graph: {
        ...model.graph,
        initializers: [{ name: 'w', type: 'float32', dims: [2], external: true, proto: stored }],
      },
    });
    const file = new Uint8Array(Float32Array.of(9, 3, 4).buffer);
    const opened = await DifferentiableModel.open(whole, [feedsOf(given, 2)], {
      resolve: (location) => (location === 'weights.bin' ? file : undefined),
    });
    const { gradients } = await opened.gradients(feedsOf(given, 2), float32([2, 2], [1, 1, 1, 1]));
    assert.deepEqual(gradients.get('x'), float32([2, 2], [3, 4, 3, 4]));
    await opened.close();
    assert.throws(() => decodeModel(whole, () => file.subarray(0, 8)), /beyond the end of its file/);
  });
});
