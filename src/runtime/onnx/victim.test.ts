import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { logOdds } from '../../attacks/losses.ts';
import { rowOf } from '../../attacks/rows.ts';
import { int, word } from '../../graph/emitter.ts';
import { encodeModel, storeTensor, valueInfo } from '../../graph/encode.ts';
import type { AttributeValue, OnnxNode } from '../../graph/onnx.ts';
import { float32, type Tensor } from '../../tensors/tensor.ts';
import { openVictim } from './victim.ts';

const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): OnnxNode => ({ op, domain, name: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) });

interface Given {
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly string[];
  readonly initializers?: Readonly<Record<string, Tensor>>;
  readonly inputs?: readonly string[];
  readonly batch?: number | string;
}

const modelOf = ({ nodes, outputs, initializers = {}, inputs = ['x'], batch = 'n' }: Given): Uint8Array =>
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
      inputs: inputs.map((name) => valueInfo(name, 'float32', [batch, 2])),
      outputs: outputs.map((name) => valueInfo(name)),
      rest: [],
    },
  });

/** Sure of itself: the probabilities of x = (1, 0) are one and zero in single precision. */
const steep = float32([2, 2], [200, -200, -200, 200]);
const column = float32([2, 1], [200, -100]);
const both: Float32Array = Float32Array.of(1, 0, 0, 1);
const floats = (value: readonly number[]): AttributeValue => ({ kind: 'floats', value });

/** Scores and the gradient of the lead of the second class. */
async function looked(bytes: Uint8Array) {
  const victim = await openVictim(bytes);
  assert.ok(victim.gradients !== undefined, victim.opaque ?? '');
  const lead = (scores: Float32Array): Float32Array => scores.map((_, at) => (at % 2 === 0 ? -1 : 1));
  const made = await victim.gradients(both, lead);
  assert.deepEqual(made.scores, await victim.scores(both));
  await victim.close();
  return { ...made, victim };
}

suite('victims are attacked at their logits', () => {
  for (const op of ['Softmax', 'LogSoftmax'])
    test(op, async () => {
      const nodes = [
        node('MatMul', ['x', 'w'], ['z']),
        node(op, ['z'], ['p'], { axis: int(1) }),
        node('Identity', ['p'], ['y']),
      ];
      const { scores, gradient, victim } = await looked(
        modelOf({ nodes, outputs: ['y'], initializers: { w: steep } }),
      );
      assert.deepEqual(victim.left, ['Identity “y”', `${op} “p”`]);
      assert.equal(victim.answers, 'logits');
      assert.deepEqual([...scores], [200, -200, -200, 200]);
      assert.deepEqual([...gradient], [-400, 400, -400, 400]);
    });

  test('one sigmoid, as two classes', async () => {
    const nodes = [node('MatMul', ['x', 'w'], ['z']), node('Sigmoid', ['z'], ['y'])];
    const { scores, gradient, victim } = await looked(
      modelOf({ nodes, outputs: ['y'], initializers: { w: column } }),
    );
    assert.equal(victim.classes, 2);
    assert.deepEqual([...scores], [0, 200, 0, -100]);
    assert.deepEqual([...gradient], [200, -100, 200, -100]);
  });

  test('one sigmoid and what is left of one, as scikit-learn’s networks are converted', async () => {
    const nodes = [
      node('MatMul', ['x', 'w'], ['z']),
      node('Sigmoid', ['z'], ['p']),
      node('Sub', ['one', 'p'], ['q']),
      node('Concat', ['q', 'p'], ['y'], { axis: int(1) }),
    ];
    const { scores, victim } = await looked(
      modelOf({ nodes, outputs: ['y'], initializers: { w: column, one: float32([1], [1]) } }),
    );
    assert.deepEqual(victim.left, ['Concat “y”']);
    assert.deepEqual([...scores], [0, 200, 0, -100]);
  });

  test('a pipeline of scikit-learn: labels, normalised probabilities, and a table of them', async () => {
    const nodes = [
      node(
        'LinearClassifier',
        ['x'],
        ['label', 'raw'],
        {
          coefficients: floats([200, -100]),
          intercepts: floats([0]),
          classlabels_ints: { kind: 'ints', value: [0, 1] },
          post_transform: word('LOGISTIC'),
        },
        'ai.onnx.ml',
      ),
      node('Normalizer', ['raw'], ['probabilities'], { norm: word('L1') }, 'ai.onnx.ml'),
      node(
        'ZipMap',
        ['probabilities'],
        ['output_probability'],
        { classlabels_int64s: { kind: 'ints', value: [0, 1] } },
        'ai.onnx.ml',
      ),
    ];
    const { scores, gradient, victim } = await looked(
      modelOf({ nodes, outputs: ['label', 'output_probability'] }),
    );
    assert.deepEqual(victim.left, [
      'ai.onnx.ml.Normalizer “probabilities”',
      'ai.onnx.ml.LinearClassifier “label”',
    ]);
    assert.deepEqual([...scores], [-200, 200, 100, -100]);
    assert.deepEqual([...gradient], [400, -200, 400, -200]);
  });

  test('models that take a fixed number of rows', async () => {
    const nodes = [node('MatMul', ['x', 'w'], ['y'])];
    const { scores, gradient } = await looked(
      modelOf({ nodes, outputs: ['y'], initializers: { w: steep }, batch: 3 }),
    );
    assert.deepEqual([...scores], [200, -200, -200, 200]);
    assert.deepEqual([...gradient], [-400, 400, -400, 400]);
  });

  test('log-odds in one run are those in two', async () => {
    const nodes = [node('MatMul', ['x', 'w'], ['z']), node('Softmax', ['z'], ['y'])];
    const w = float32([2, 3], [0.5, -1, 2, 1, 0, -0.3]);
    const victim = await openVictim(modelOf({ nodes, outputs: ['y'], initializers: { w } }));
    const cotangent = new Float32Array(6);
    const two = await victim.gradients?.(both, (scores) => {
      for (const [index, label] of [2, 0].entries())
        logOdds(rowOf(scores, 3, index), label, rowOf(cotangent, 3, index), index);
      return cotangent;
    });
    const one = await victim.oddsGradients?.(both, Int32Array.of(2, 0));
    assert.deepEqual(one?.scores, two?.scores);
    for (const [at, value] of (one?.gradient ?? []).entries())
      assert.ok(Math.abs(value - (two?.gradient[at] ?? Number.NaN)) < 1e-6);
    await victim.close();
  });

  test('trees give scores and no gradients, and say why', async () => {
    const path = join(import.meta.dirname, '../../../test/vectors/gradients/tree.onnx');
    const victim = await openVictim(readFileSync(path));
    assert.equal(victim.gradients, undefined);
    assert.match(victim.opaque ?? '', /no rule for ai.onnx.ml.TreeEnsembleClassifier/);
    assert.equal(victim.answers, 'probabilities');
    await victim.close();
  });
});

suite('models that are no classifiers of rows are refused', () => {
  test('several inputs', () =>
    assert.rejects(
      () =>
        openVictim(modelOf({ nodes: [node('Add', ['x', 'z'], ['y'])], outputs: ['y'], inputs: ['x', 'z'] })),
      /takes x \(float32\), z \(float32\): only models of one input/,
    ));

  test('one number that is no probability', () =>
    assert.rejects(
      () =>
        openVictim(
          modelOf({
            nodes: [node('MatMul', ['x', 'w'], ['y'])],
            outputs: ['y'],
            initializers: { w: column },
          }),
        ),
      /only classifiers can be attacked/,
    ));
});
