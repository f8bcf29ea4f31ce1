import { suite, test } from 'node:test';
import { int, ints, word } from '../../graph/emitter.ts';
import { float32, int64 } from '../../tensors/tensor.ts';
import { check, type Given, node, row } from './testing.ts';

// What operators became in later versions, and types beside float32. Rules’ own proofs are of version 17 where it has them.

const matrix = { x: ['n', 5] };
const image = { x: ['n', 2, 4, 6] };

const CASES: Readonly<Record<string, Given>> = {
  'Split into a number of parts': {
    opset: 18,
    inputs: matrix,
    nodes: [node('a, b = Split(x)', { axis: int(1), num_outputs: int(2) }), node('y = ReduceSumSquare(b)')],
  },
  'axes of reductions as an input': {
    opset: 18,
    inputs: { x: ['n', 3, 4] },
    initializers: { axes: row(-1, 1), none: int64([0], []) },
    nodes: [
      node('a = ReduceMean(x, axes)'),
      node('b = ReduceProd(x, axes)'),
      node('c = ReduceLogSumExp(x, axes)'),
      node('d = ReduceL2(x, none)', { noop_with_empty_axes: int(1) }),
      node('e = Sum(a, b, c)'),
      node('y = Mul(e, d)'),
    ],
  },
  'padding of some axes': {
    opset: 18,
    inputs: image,
    initializers: { pads: row(1, 2, 0, 1), axes: row(-1, 2), value: float32([], [0.5]) },
    nodes: [
      node('a = Pad(x, pads, _, axes)', { mode: word('reflect') }),
      node('b = Pad(x, pads, value, axes)'),
      node('y = Mul(a, b)'),
    ],
  },
  'padding round and round': {
    opset: 19,
    inputs: matrix,
    initializers: { pads: row(0, 2, 0, 1) },
    nodes: [node('a = Pad(x, pads)', { mode: word('wrap') }), node('y = Exp(a)')],
  },
  'resizing of some axes, smoothed': {
    opset: 18,
    inputs: image,
    initializers: { sizes: row(2, 3) },
    nodes: [
      node('y = Resize(x, _, _, sizes)', { axes: ints([2, 3]), mode: word('linear'), antialias: int(1) }),
    ],
  },
  'a layer that is normalised, of version 17, in a graph of version 21': {
    opset: 21,
    inputs: { x: ['n', 3, 4], g: [4], b: [4] },
    nodes: [node('y = LayerNormalization(x, g, b)')],
  },
  'half precision on the way': {
    inputs: matrix,
    nodes: [
      node('h = Cast(x)', { to: int(10) }),
      node('t = Tanh(h)'),
      node('r = Exp(t)'),
      node('y = Cast(r)', { to: int(1) }),
    ],
  },
  'an axis without elements': {
    inputs: { x: ['n', 4], z: ['n', 0] },
    nodes: [node('c = Concat(x, z)', { axis: int(1) }), node('y = Exp(c)')],
  },
  'negative axes': {
    inputs: { x: ['n', 3, 4] },
    initializers: { axes: row(-3) },
    nodes: [
      node('a = Flatten(x)', { axis: int(-2) }),
      node('b = Softmax(x)', { axis: int(-2) }),
      node('c = Unsqueeze(b, axes)'),
      node('d = Concat(c, c)', { axis: int(-1) }),
      node('s = ReduceSum(d)', { keepdims: int(0) }),
      node('y = Mul(a, s)'),
    ],
  },
  'products in which numbers are zero': {
    inputs: matrix,
    initializers: { zero: float32([5], [1, 0, 1, 1, 1]), axes: row(1) },
    nodes: [node('m = Mul(x, zero)'), node('y = ReduceProd(m)', { axes: ints([1]) })],
  },
};

suite('later versions, other types and edges', () => {
  for (const [name, given] of Object.entries(CASES))
    test(name, () => check(given, {}, name.startsWith('half') ? 0.05 : undefined));
});
