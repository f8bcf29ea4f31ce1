import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeModel } from '../../graph/decode.ts';
import { type DifferentiateOptions, differentiate, NotDifferentiable } from '../../graph/differentiate.ts';
import { float, int, ints, word } from '../../graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxFunction, OnnxModel, OnnxNode } from '../../graph/onnx.ts';
import { prepare } from '../../graph/prepare.ts';
import { MessageWriter } from '../../graph/wire.ts';
import { elementCount, float32, int64, numbersOf, type Tensor, type Tensors } from '../../tensors/tensor.ts';
import { DifferentiableModel } from './differentiable.ts';
import { factsOf } from './facts.ts';
import { OnnxSession } from './session.ts';

// Graphs of several nodes: what rules alone do not show.

/** `y = Op(a, b) {…}`, as ONNX prints it. */
function node(text: string, attributes: Readonly<Record<string, AttributeValue>> = {}): OnnxNode {
  const [, outputs = '', domain = '', op = '', inputs = ''] =
    /^(.*?) = (?:([\w.]+)\.)?(\w+)\((.*)\)$/.exec(text) ?? [];
  const list = (names: string) =>
    names === '' ? [] : names.split(', ').map((name) => (name === '_' ? '' : name));
  return {
    op,
    domain,
    name: '',
    inputs: list(inputs),
    outputs: list(outputs),
    attributes: new Map(Object.entries(attributes)),
  };
}

interface Given {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly functions?: readonly OnnxFunction[];
}

const modelOf = ({
  inputs,
  nodes,
  initializers = {},
  outputs = ['y'],
  opset = 17,
  functions = [],
}: Given): Uint8Array => {
  const model: OnnxModel = {
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
      ['own', 1],
    ]),
    functions,
    rest: [Uint8Array.of(8, 8)],
    graph: {
      name: 'graph',
      nodes,
      initializers: Object.entries(initializers).map(([name, tensor]) => storeTensor(name, tensor)),
      inputs: Object.entries(inputs).map(([name, dims]) => valueInfo(name, 'float32', dims)),
      outputs: outputs.map((name) => valueInfo(name)),
      rest: [],
    },
  };
  return encodeModel(model);
};

const wave = (dims: readonly number[], by = 1): Tensor =>
  float32(
    dims,
    Array.from({ length: elementCount(dims) }, (_, at) => Math.sin(at * 1.7 + by)),
  );

const feedsOf = ({ inputs }: Given, batch: number): Tensors =>
  new Map(
    Object.entries(inputs).map(([name, dims], at) => [
      name,
      wave(
        dims.map((dim) => (typeof dim === 'number' ? dim : batch)),
        at,
      ),
    ]),
  );

async function derivativeOf(given: Given, options: DifferentiateOptions = {}) {
  const model = prepare(modelOf(given));
  const facts = await factsOf(model, [feedsOf(given, 2), feedsOf(given, 3)]);
  return differentiate(model, facts, options);
}

/** The gradient of every input and of what is wanted, by finite differences of the model as it was written. */
async function check(given: Given, options: DifferentiateOptions = {}, step = 1e-2): Promise<void> {
  const bytes = modelOf(given);
  const feeds = feedsOf(given, 3);
  const model = await DifferentiableModel.open(bytes, [feeds, feedsOf(given, 2)], options);
  const plain = await OnnxSession.open(bytes, { optimize: 'none' });
  const run = async (some: Tensors) => (await plain.run(some, [model.output])).get(model.output) as Tensor;
  const cotangent = wave((await run(feeds)).dims, 5);
  const weights = numbersOf(cotangent);
  const loss = async (some: Tensors) =>
    Array.from(numbersOf(await run(some))).reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
  const { gradients } = await model.gradients(feeds, cotangent);
  for (const [name, gradient] of gradients) {
    const value = feeds.get(name);
    if (value === undefined) continue;
    assert.deepEqual(gradient.dims, value.dims);
    for (const [at, slope] of numbersOf(gradient).entries()) {
      const moved = (by: number): Tensors => {
        const data = numbersOf(value).slice();
        data[at] = (data[at] ?? 0) + by;
        return new Map([...feeds, [name, { ...value, data } as Tensor]]);
      };
      const found = ((await loss(moved(step))) - (await loss(moved(-step)))) / (2 * step);
      assert.ok(
        Math.abs(found - slope) <= 2e-2 * Math.max(1, Math.abs(found)),
        `${name}[${at}]: ${slope}, ${found}`,
      );
    }
  }
  await Promise.all([plain.close(), model.close()]);
}

const image = { x: ['n', 2, 4, 4] };
const row = (...values: number[]) => int64([values.length], values);

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
  SimplifiedLayerNormalization: {
    inputs: { x: ['n', 2, 4], g: [4] },
    nodes: [node('y = SimplifiedLayerNormalization(x, g)', { epsilon: float(0.1) })],
  },
  Attention: {
    inputs: { x: ['n', 3, 4], w: [4, 12], b: [12] },
    nodes: [node('y = com.microsoft.Attention(x, w, b)', { num_heads: int(2) })],
  },
};

suite('operators that are fused have gradients by their parts', () => {
  for (const [name, given] of Object.entries(FUSED)) test(name, () => check(given));
});

suite('whole graphs', () => {
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

  test('cross-entropy of the output as logits', async () => {
    const given: Given = { inputs: { x: ['n', 3] }, nodes: [node('y = Tanh(x)')] };
    const samples = [feedsOf(given, 2), feedsOf(given, 3)];
    const [one, other] = await Promise.all([
      DifferentiableModel.open(modelOf(given), samples),
      DifferentiableModel.open(modelOf(given), samples, { loss: 'cross-entropy' }),
    ]);
    const x = float32([1, 3], [0.5, -1, 2]);
    const feeds = new Map([['x', x]]);
    const target = float32([1, 3], [0, 1, 0]);
    const made = await other.gradients(feeds, target);
    const powers = Array.from(numbersOf(made.output), Math.exp);
    const sum = powers.reduce((all, power) => all + power, 0);
    const cotangent = float32(
      [1, 3],
      powers.map((power, at) => power / sum - (at === 1 ? 1 : 0)),
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

  test('branches that take what they need from around them', async () => {
    // A body that negates x: GraphProto with one node and its output.
    const body = (op: string, to: string) =>
      new MessageWriter()
        .bytes(1, new MessageWriter().text(1, 'x').text(2, to).text(4, op).finish())
        .text(2, 'body')
        .bytes(12, new MessageWriter().text(1, to).finish())
        .finish();
    const branch = (name: string, op: string): AttributeValue => ({
      kind: 'other',
      value: new MessageWriter().text(1, name).bytes(6, body(op, name)).number(20, 5).finish(),
    });
    const given: Given = {
      inputs: { x: ['n', 3] },
      initializers: { yes: { type: 'bool', dims: [], data: Uint8Array.of(1) } },
      nodes: [
        node('y = If(yes)', {
          then_branch: branch('then_branch', 'Neg'),
          else_branch: branch('else_branch', 'Exp'),
        }),
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

  test('recurrent nodes', async () => {
    const given: Given = {
      inputs: { x: [2, 'n', 3], w: [1, 6, 3], r: [1, 6, 2] },
      nodes: [node('y = GRU(x, w, r)', { hidden_size: int(2) })],
    };
    await assert.rejects(() => derivativeOf(given), /there is no rule for GRU “y”/);
  });
});

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
