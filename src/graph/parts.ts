import { float, int, ints } from './emitter.ts';
import type { AttributeValue, OnnxModel, OnnxNode } from './onnx.ts';
import { Rewriting } from './rewriting.ts';

/**
 * The model with the operators that runtimes and optimisers fuse (com.microsoft:
 * https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md) written in their parts, so that the rules of the
 * standard ones serve. What is used in a way that is not known here stays, and is refused by its name.
 */
export function byParts(model: OnnxModel): OnnxModel {
  if (model.graph.nodes.every((node) => PARTS[keyOf(node)] === undefined)) return model;
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}/${name}`));
  const step = new Rewriting(model);
  for (const node of model.graph.nodes) {
    const parts = own.has(keyOf(node)) ? undefined : PARTS[keyOf(node)];
    if (parts === undefined || !parts(step, new Call(node))) step.keep(node);
  }
  return step.model();
}

const keyOf = ({ domain, op }: OnnxNode) => `${domain}/${op}`;

/** A node that is taken apart. */
class Call {
  readonly node: OnnxNode;
  constructor(node: OnnxNode) {
    this.node = node;
  }
  /** `''`: not given. */
  input = (index: number): string => this.node.inputs[index] ?? '';
  output = (index: number): string => this.node.outputs[index] ?? '';
  number(name: string, otherwise: number): number {
    const found = this.node.attributes.get(name);
    return found?.kind === 'int' || found?.kind === 'float' ? found.value : otherwise;
  }
  word(name: string): string | undefined {
    const found = this.node.attributes.get(name);
    return found?.kind === 'string' ? found.value : undefined;
  }
}

/** False where the call is of a kind that it does not know; then nothing was written. */
type Parts = (step: Rewriting, call: Call) => boolean;

/** x Φ(x): Hendrycks and Gimpel, 2016. */
function gelu(step: Rewriting, x: string, output: string): void {
  const scaled = step.op('Mul', [x, step.number(Math.SQRT1_2, x)]);
  const twice = step.op('Add', [step.op('Erf', [scaled]), step.number(1, x)]);
  step.op('Mul', [step.op('Mul', [x, step.number(0.5, x)]), twice], {}, output);
}

/** Its approximation by a hyperbolic tangent. */
function tanhGelu(step: Rewriting, x: string, output: string): void {
  const square = step.op('Mul', [x, x]);
  const cubic = step.op('Add', [step.op('Mul', [square, step.number(0.044715, x)]), step.number(1, x)]);
  const inner = step.op('Mul', [step.op('Mul', [x, cubic]), step.number(Math.sqrt(2 / Math.PI), x)]);
  const twice = step.op('Add', [step.op('Tanh', [inner]), step.number(1, x)]);
  step.op('Mul', [step.op('Mul', [x, step.number(0.5, x)]), twice], {}, output);
}

const added = (step: Rewriting, ...terms: readonly string[]): string =>
  terms.filter((term) => term !== '').reduce((sum, term) => step.op('Add', [sum, term]));

/** The activation that is fused behind a product. */
function activate(step: Rewriting, call: Call, x: string): true {
  step.op(call.word('activation') || 'Identity', [x], {}, call.output(0));
  return true;
}

const isPlainActivation = (call: Call) =>
  ['', 'Relu', 'Tanh', 'Sigmoid'].includes(call.word('activation') ?? '') &&
  !call.node.attributes.has('activation_params');

const fusedConv: Parts = (step, call) => {
  if (!isPlainActivation(call)) return false;
  const made = step.name();
  const inputs = call.node.inputs.slice(0, 3);
  step.put(call.node, { op: 'Conv', domain: '', inputs, outputs: [made] }, ['activation']);
  return activate(step, call, added(step, made, call.input(3)));
};

const fusedGemm: Parts = (step, call) => {
  if (!isPlainActivation(call)) return false;
  const made = step.name();
  step.put(call.node, { op: 'Gemm', domain: '', outputs: [made] }, ['activation']);
  return activate(step, call, made);
};

/** A sum that is normalised; its fourth output is the sum. */
const skipNormalization =
  (centred: boolean): Parts =>
  (step, call) => {
    if (call.output(1) !== '' || call.output(2) !== '') return false;
    const bias = call.input(centred ? 4 : 3);
    const sum = added(step, call.input(0), call.input(1), bias);
    if (call.output(3) !== '') step.op('Identity', [sum], {}, call.output(3));
    const epsilon = call.number('epsilon', 1e-5);
    if (centred) {
      const weights = [call.input(2), call.input(3)].filter((name) => name !== '');
      step.op('LayerNormalization', [sum, ...weights], { epsilon: float(epsilon) }, call.output(0));
    } else rootMeanSquare(step, sum, call.input(2), epsilon, call.output(0));
    return true;
  };

/** Zhang and Sennrich, Root mean square layer normalization, 2019; over the last axis. */
function rootMeanSquare(step: Rewriting, x: string, scale: string, epsilon: number, output: string): void {
  const length = step.op('ReduceL2', lastAxis(step, x), keepLast(step));
  const size = step.op('Gather', [step.op('Shape', [x]), step.ints([-1])]);
  const count = step.op('CastLike', [size, x]);
  const mean = step.op('Div', [step.op('Mul', [length, length]), count]);
  const deviation = step.op('Sqrt', [step.op('Add', [mean, step.number(epsilon, x)])]);
  step.op('Mul', [step.op('Div', [x, deviation]), scale], {}, output);
}

/** Axes became an input in version 18. */
const lastAxis = (step: Rewriting, x: string) => (step.version < 18 ? [x] : [x, step.ints([-1])]);
const keepLast = (step: Rewriting): Readonly<Record<string, AttributeValue>> =>
  step.version < 18 ? { axes: ints([-1]), keepdims: int(1) } : { keepdims: int(1) };

/** Attention of one input with all its weights in one matrix, without a mask or a past: [n, length, width]. */
const attention: Parts = (step, call) => {
  const given = call.node.inputs.slice(3).some((name) => name !== '');
  const sizes = call.node.attributes.has('qkv_hidden_sizes');
  if (
    given ||
    sizes ||
    call.number('do_rotary', 0) !== 0 ||
    call.node.outputs.slice(1).some((name) => name !== '')
  )
    return false;
  if (call.number('unidirectional', 0) !== 0) return false;
  const heads = call.number('num_heads', 1);
  const [x, weights, bias] = [call.input(0), call.input(1), call.input(2)];
  const made = added(step, step.op('MatMul', [x, weights]), bias);
  // [n, length, 3, heads, size] → three of [n, heads, length, size].
  const apart = step.op('Reshape', [made, step.ints([0, 0, 3, heads, -1])]);
  const turned = step.op('Transpose', [apart], { perm: ints([2, 0, 3, 1, 4]) });
  const [query = '', key = '', value = ''] = [0, 1, 2].map((at) =>
    step.op('Gather', [turned, step.whole(at)]),
  );
  mixed(step, call, x, [query, key, value]);
  return true;
};

/** softmax(q · kᵀ / √size + added) · v of heads, [n, heads, length, size], put side by side again. */
function mixed(
  step: Rewriting,
  call: Call,
  like: string,
  [query, key, value]: readonly [string, string, string],
  bias = '',
): void {
  const across = step.op('MatMul', [query, step.op('Transpose', [key], { perm: ints([0, 1, 3, 2]) })]);
  const size = step.op('CastLike', [step.op('Gather', [step.op('Shape', [query]), step.whole(3)]), like]);
  const factor = call.number('scale', 0);
  const scores =
    factor === 0
      ? step.op('Div', [across, step.op('Sqrt', [size])])
      : step.op('Mul', [across, step.number(factor, like)]);
  const shares = step.op('Softmax', [added(step, scores, bias)], { axis: int(-1) });
  const back = step.op('Transpose', [step.op('MatMul', [shares, value])], { perm: ints([0, 2, 1, 3]) });
  step.op('Reshape', [back, step.ints([0, 0, -1])], {}, call.output(0));
}

/** Queries, keys and values apart, [n, length, heads · size], without masks of keys, past, or weights of their own. */
const multiHead: Parts = (step, call) => {
  const [query, key, value] = [call.input(0), call.input(1), call.input(2)];
  const others = [3, 4, 6, 7, 8, 9].some((index) => call.input(index) !== '');
  const several = call.node.outputs.slice(1).some((name) => name !== '');
  if (key === '' || value === '' || others || several || call.number('unidirectional', 0) !== 0) return false;
  const heads = (name: string) =>
    step.op('Transpose', [step.op('Reshape', [name, step.ints([0, 0, call.number('num_heads', 1), -1])])], {
      perm: ints([0, 2, 1, 3]),
    });
  mixed(step, call, query, [heads(query), heads(key), heads(value)], call.input(5));
  return true;
};

const PARTS: Readonly<Record<string, Parts>> = {
  '/Shrink': (step, call) => {
    const x = call.input(0);
    const [edge, bias] = [call.number('lambd', 0.5), call.number('bias', 0)].map((value) =>
      step.number(value, x),
    ) as [string, string];
    const above = step.op('Greater', [x, edge]);
    const below = step.op('Less', [x, step.op('Neg', [edge])]);
    const inner = step.op('Where', [above, step.op('Sub', [x, bias]), step.number(0, x)]);
    step.op('Where', [below, step.op('Add', [x, bias]), inner], {}, call.output(0));
    return true;
  },
  '/SimplifiedLayerNormalization': (step, call) => {
    if (call.number('axis', -1) !== -1 || call.output(1) !== '') return false;
    rootMeanSquare(step, call.input(0), call.input(1), call.number('epsilon', 1e-5), call.output(0));
    return true;
  },
  'com.microsoft/Attention': attention,
  'com.microsoft/BiasGelu': (step, call) => {
    gelu(step, added(step, call.input(0), call.input(1)), call.output(0));
    return true;
  },
  'com.microsoft/FastGelu': (step, call) => {
    tanhGelu(step, added(step, call.input(0), call.input(1)), call.output(0));
    return true;
  },
  'com.microsoft/FusedConv': fusedConv,
  'com.microsoft/FusedGemm': fusedGemm,
  'com.microsoft/Gelu': (step, call) => {
    gelu(step, call.input(0), call.output(0));
    return true;
  },
  'com.microsoft/MultiHeadAttention': multiHead,
  'com.microsoft/QuickGelu': (step, call) => {
    const x = call.input(0);
    const scaled = step.op('Mul', [x, step.number(call.number('alpha', 1.702), x)]);
    step.op('Mul', [x, step.op('Sigmoid', [scaled])], {}, call.output(0));
    return true;
  },
  'com.microsoft/SkipLayerNormalization': skipNormalization(true),
  'com.microsoft/SkipSimplifiedLayerNormalization': skipNormalization(false),
};
