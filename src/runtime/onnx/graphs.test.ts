import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NotDifferentiable } from '../../graph/differentiate.ts';
import { float, int, ints, word } from '../../graph/emitter.ts';
import { encodeModel, graphAttribute, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxNode } from '../../graph/onnx.ts';
import { float32, int64, numbersOf, type Tensor } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';
import { OnnxSession } from './session.ts';
import { check, derivativeOf, feedsOf, type Given, modelOf, node, row } from './testing.ts';

// Graphs of several nodes: what rules alone do not show.

const image = { x: ['n', 2, 4, 4] };

const FUSED: Readonly<Record<string, Given>> = {
  Gelu: { inputs: { x: ['n', 3] }, nodes: [node('y = com.microsoft.Gelu(x)')] },
  FastGelu: { inputs: { x: ['n', 3], b: [3] }, nodes: [node('y = com.microsoft.FastGelu(x, b)')] },
  BiasGelu: { inputs: { x: ['n', 3], b: [3] }, nodes: [node('y = com.microsoft.BiasGelu(x, b)')] },
  QuickGelu: {
    inputs: { x: ['n', 3] },
    nodes: [node('y = com.microsoft.QuickGelu(x)', { alpha: float(1.5) })],
  },
  FusedGemm: {
    inputs: { a: ['n', 3], b: [3, 4] },
    nodes: [node('y = com.microsoft.FusedGemm(a, b)', { activation: word('Tanh') })],
  },
  FusedConv: {
    inputs: { x: ['n', 2, 4, 4], w: [3, 2, 3, 3], b: [3] },
    nodes: [
      node('y = com.microsoft.FusedConv(x, w, b)', {
        activation: word('Sigmoid'),
        kernel_shape: ints([3, 3]),
      }),
    ],
  },
  SkipLayerNormalization: {
    inputs: { x: ['n', 2, 4], s: ['n', 2, 4], g: [4], b: [4], c: [4] },
    nodes: [
      node('y, _, _, z = com.microsoft.SkipLayerNormalization(x, s, g, b, c)', { epsilon: float(0.1) }),
    ],
  },
  SkipSimplifiedLayerNormalization: {
    inputs: { x: ['n', 2, 4], s: ['n', 2, 4], g: [4] },
    nodes: [node('y = com.microsoft.SkipSimplifiedLayerNormalization(x, s, g)', { epsilon: float(0.1) })],
  },
  Shrink: {
    inputs: { x: ['n', 3] },
    nodes: [node('y = Shrink(x)', { lambd: float(0.3), bias: float(0.1) })],
  },
  SimplifiedLayerNormalization: {
    inputs: { x: ['n', 2, 4], g: [4] },
    nodes: [node('y = SimplifiedLayerNormalization(x, g)', { epsilon: float(0.1) })],
  },
  MultiHeadAttention: {
    inputs: { q: ['n', 2, 4], k: ['n', 3, 4], v: ['n', 3, 6], b: [1, 2, 2, 3] },
    nodes: [node('y = com.microsoft.MultiHeadAttention(q, k, v, _, _, b)', { num_heads: int(2) })],
  },
  Attention: {
    inputs: { x: ['n', 3, 4], w: [4, 12], b: [12] },
    nodes: [node('y = com.microsoft.Attention(x, w, b)', { num_heads: int(2) })],
  },
};

suite('operators that are fused have gradients by their parts', () => {
  for (const [name, given] of Object.entries(FUSED)) test(name, () => check(given));
});

/** Branches that negate x, and that raise e to it. They take x from around them. */
const branches = Object.fromEntries(
  [
    ['then_branch', 'Neg'],
    ['else_branch', 'Exp'],
  ].map(([name = '', op]) => [
    name,
    graphAttribute(name, {
      name,
      nodes: [node(`${name}/y = ${op}(x)`)],
      initializers: [],
      inputs: [],
      outputs: [valueInfo(`${name}/y`, 'float32')],
      rest: [],
    }),
  ]),
);

suite('whole graphs', () => {
  for (const opset of [11, 17])
    test(`branches by sizes, version ${opset}`, () =>
      check({
        inputs: { x: ['n', 3] },
        opset,
        initializers: { axis: int64([], [1]), three: int64([], [3]) },
        nodes: [
          node('sizes = Shape(x)'),
          node('width = Gather(sizes, axis)'),
          node('same = Equal(width, three)'),
          node('other = Not(same)'),
          node('y = If(other)', branches),
        ],
      }));

  test('a value that several nodes use, and an output that goes on', () =>
    check(
      {
        inputs: { x: ['n', 3] },
        outputs: ['h', 'y'],
        nodes: [node('h = Tanh(x)'), node('a = Mul(h, h)'), node('b = Add(a, h)'), node('y = Mul(b, x)')],
      },
      { output: 'y' },
    ));

  test('an output that is an input', async () => {
    const given = { inputs: { x: ['n', 3] }, outputs: ['y'], nodes: [node('y = Identity(x)')] };
    await check(given);
  });

  test('sizes that are reckoned in the graph', async () => {
    await check({
      inputs: image,
      initializers: {
        axis: int64([], [1]),
        two: row(2),
        ones: row(1, 1, 1),
        last: row(3),
        zero: row(0),
        three: row(3),
      },
      nodes: [
        node('shape = Shape(x)'),
        node('channels = Gather(shape, axis)'),
        node('lined = Unsqueeze(channels, zero)'),
        node('repeats = Concat(lined, ones)', { axis: int(0) }),
        node('wide = Tile(x, repeats)'),
        node('end = Add(lined, three)'),
        node('axes = Sub(end, two)'),
        node('cut = Slice(wide, zero, two, axes)'),
        node('y = ReduceSum(cut, axes)'),
      ],
    });
    await check({
      inputs: image,
      initializers: { factor: float32([4], [1, 1, 2, 4]), half: float32([], [0.5]) },
      nodes: [
        node('small = Mul(factor, half)'),
        node('even = Ceil(small)'),
        node('y = Resize(x, _, even)', { mode: word('linear') }),
      ],
    });
  });

  test('the first of a sequence, where batch and length vary', () =>
    check({
      inputs: { x: ['n', 'n', 3] },
      initializers: { last: int64([], [-1]), zero: row(0), one: row(1), end: row(9) },
      nodes: [
        node('a = Gather(x, last)', { axis: int(2) }),
        node('s = Slice(x, one, end, one)'),
        node('b = ReduceSum(s, one)', { keepdims: int(0) }),
        node('y = MatMul(a, b)'),
      ],
    }));

  test('a slice to the end, as old exporters write it', () =>
    check({
      inputs: { x: ['n', 4] },
      opset: 9,
      nodes: [node('y = Slice(x)', { axes: ints([1]), starts: ints([1]), ends: ints([2 ** 63]) })],
    }));

  test('weights behind other nodes', async () => {
    const w = float32([2, 3], [1, 2, 3, 4, 5, 6]);
    const given: Given = {
      inputs: { x: ['n', 3] },
      initializers: { w },
      nodes: [
        node('t = Transpose(w)'),
        node('i = Identity(t)'),
        node('c = Cast(i)', { to: int(1) }),
        node('y = MatMul(x, c)'),
      ],
    };
    const model = await DifferentiableModel.open(modelOf(given), [feedsOf(given, 2)], { wanted: ['w'] });
    const feeds = new Map([['x', float32([2, 3], [1, 2, 3, 4, 5, 6])]]);
    const { gradients } = await model.gradients(feeds, float32([2, 2], [1, 0, 0, 1]));
    assert.deepEqual(gradients.get('w'), float32([2, 3], [1, 2, 3, 4, 5, 6]));
    await model.close();
  });

  test('nodes that others do not need are not run', async () => {
    const derivative = await derivativeOf(
      {
        inputs: { x: ['n', 3] },
        outputs: ['z', 'y'],
        nodes: [node('z = Exp(x)'), node('y = Neg(x)')],
      },
      { output: 'y' },
    );
    assert.ok(derivative.model.graph.nodes.every(({ op }) => op !== 'Exp'));
  });

  test('log-odds of the output as logits', async () => {
    const given: Given = { inputs: { x: ['n', 3] }, nodes: [node('y = Tanh(x)')] };
    const samples = [feedsOf(given, 2), feedsOf(given, 3)];
    const [one, other] = await Promise.all([
      DifferentiableModel.open(modelOf(given), samples),
      DifferentiableModel.open(modelOf(given), samples, { loss: 'log-odds' }),
    ]);
    const x = float32([1, 3], [0.5, -1, 2]);
    const feeds = new Map([['x', x]]);
    const target = float32([1, 3], [0, 1, 0]);
    const made = await other.gradients(feeds, target);
    const powers = Array.from(numbersOf(made.output), Math.exp);
    const others = powers.reduce((all, power, at) => all + (at === 1 ? 0 : power), 0);
    const cotangent = float32(
      [1, 3],
      powers.map((power, at) => (at === 1 ? -1 : power / others)),
    );
    const plain = await one.gradients(feeds, cotangent);
    const wanted = numbersOf(plain.gradients.get('x') as Tensor);
    for (const [at, value] of numbersOf(made.gradients.get('x') as Tensor).entries())
      assert.ok(Math.abs(value - (wanted[at] ?? Number.NaN)) < 1e-6);
    await Promise.all([one.close(), other.close()]);
  });
});

suite('what has no gradient is named', () => {
  const flat = async (nodes: readonly OnnxNode[], initializers: Given['initializers'] = {}) =>
    (await derivativeOf({ inputs: { x: ['n', 3] }, nodes, initializers })).flat;

  test('whole numbers on the way', async () => {
    assert.deepEqual(await flat([node('i = Cast(x)', { to: int(7) }), node('y = Cast(i)', { to: int(1) })]), [
      'Cast “i”',
    ]);
    const table = float32([3, 2], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(
      await flat([node('i = ArgMax(x)', { axis: int(1) }), node('y = Gather(t, i)')], { t: table }),
      ['ArgMax “i”'],
    );
    // Sizes are no values of the input.
    assert.deepEqual(await flat([node('s = Shape(x)'), node('y = Reshape(x, s)')]), []);
  });

  test('quantisation, unless it is to be passed straight through', async () => {
    const given: Given = {
      inputs: { x: ['n', 3] },
      initializers: { s: float32([], [0.01]), z: { type: 'int8', dims: [], data: Int8Array.of(0) } },
      nodes: [
        node('q = QuantizeLinear(x, s, z)'),
        node('d = DequantizeLinear(q, s, z)'),
        node('r = Round(d)'),
        node('y = Mul(r, d)'),
      ],
    };
    assert.deepEqual((await derivativeOf(given)).flat, ['QuantizeLinear “q”']);
    const straight = await derivativeOf(given, { straightThrough: true });
    assert.deepEqual(straight.flat, []);
    const session = await OnnxSession.open(encodeModel(straight.model));
    const feeds = new Map<string, Tensor>([
      ['x', float32([1, 3], [0.9, -0.8, 0.1])],
      [straight.cotangent, float32([1, 3], [1, 1, 1])],
    ]);
    const gradient = (await session.run(feeds)).get(straight.gradients.get('x') ?? '') as Tensor;
    // r + d, as if each were x.
    for (const [at, value] of [1.9, -1.8, 0.1].entries())
      assert.ok(Math.abs((numbersOf(gradient)[at] ?? 0) - value) < 0.01);
    await session.close();
  });

  test('branches that hang on the input', async () => {
    const given: Given = {
      inputs: { x: ['n', 3] },
      initializers: { zero: float32([], [0]) },
      nodes: [
        node('sum = ReduceSum(x)', { keepdims: int(0) }),
        node('more = Greater(sum, zero)'),
        node('y = If(more)', branches),
      ],
    };
    await assert.rejects(
      () => derivativeOf(given),
      (error) => error instanceof NotDifferentiable && error.nodes[0] === 'If “y”',
    );
  });

  test('second outputs that a rule does not know', async () => {
    const given: Given = {
      inputs: { x: ['n', 4], g: [4] },
      nodes: [node('a, mean = LayerNormalization(x, g)'), node('y = Add(a, mean)')],
    };
    await assert.rejects(() => derivativeOf(given), /LayerNormalization “a”: more than its first output/);
  });

  test('recurrent nodes of another kind', async () => {
    const given = (attributes: Readonly<Record<string, AttributeValue>>): Given => ({
      inputs: { x: [2, 'n', 3], w: [1, 6, 3], r: [1, 6, 2] },
      nodes: [node('y = GRU(x, w, r)', { hidden_size: int(2), ...attributes })],
    });
    const words: AttributeValue = { kind: 'strings', value: ['HardSigmoid', 'Tanh'] };
    await assert.rejects(
      () => derivativeOf(given({ activations: words })),
      /GRU “y”: its activation is hardsigmoid/,
    );
    await assert.rejects(() => derivativeOf(given({ clip: float(1) })), /GRU “y”: it has clip/);
  });

  test('loops', async () => {
    const body = graphAttribute('body', {
      name: 'body',
      nodes: [node('twice = Add(before, before)')],
      initializers: [],
      inputs: [valueInfo('before', 'float32')],
      outputs: [valueInfo('twice', 'float32')],
      rest: [],
    });
    const given: Given = {
      inputs: { x: ['n', 3] },
      nodes: [node('y = Scan(x)', { body, num_scan_inputs: int(1) })],
    };
    await assert.rejects(() => derivativeOf(given), /there is no rule for Scan “y”/);
  });
});
