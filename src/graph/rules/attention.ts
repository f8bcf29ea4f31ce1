import { float32 } from '../../tensors/tensor.ts';
import { Algebra, real } from '../algebra.ts';
import { float, int, ints, type Value } from '../emitter.ts';
import type { RealValue, Rule, Step } from '../rule.ts';

/** Lower than any score: its share of a softmax is zero. */
const LOWEST = -3.4e38;

/** An input as the node sees it: [batch, heads, length, size]. */
interface Heads {
  readonly name: string;
  readonly count: number;
  readonly size: number;
  /** The size of its third axis. */
  readonly length: number | null;
  /** The gradient of the input, from that of these heads. */
  back(made: string): string;
}

const sized = (step: Step, size: number | null | undefined): number => size ?? step.refuse('its sizes vary');

/** In three dimensions heads lie side by side in the last one, and the node says how many there are. */
function headsOf(step: Step, value: RealValue, attribute: string): Heads {
  const { emit } = step;
  const { name, dims } = value;
  if (dims.length === 4)
    return {
      name,
      count: sized(step, dims[1]),
      size: sized(step, dims[3]),
      length: dims[2] ?? null,
      back: (made) => made,
    };
  const count = step.int(attribute, 0);
  if (count < 1) return step.refuse(`it has no ${attribute}`);
  const apart = emit.op('Reshape', [name, emit.ints([0, 0, count, -1])]);
  const turn = { perm: ints([0, 2, 1, 3]) };
  return {
    name: emit.op('Transpose', [apart], turn),
    count,
    size: sized(step, dims[2]) / count,
    length: dims[1] ?? null,
    back: (made) => emit.reshape(emit.op('Transpose', [made], turn), value),
  };
}

/** Keys and values that several heads share, once for each (grouped queries: Ainslie and others, 2023). */
function shared(step: Step, heads: Heads, wanted: number): Heads {
  if (heads.count === wanted) return heads;
  const { emit } = step;
  const { name, count } = heads;
  const groups = wanted / count;
  const apart = emit.op('Unsqueeze', [name, emit.ints([2])]);
  const each = emit.op('Expand', [apart, emit.ints([1, 1, groups, 1, 1])]);
  const size = emit.ints([heads.size]);
  const sizes = emit.op('Shape', [name]);
  const part = (axis: number) => emit.op('Gather', [sizes, emit.ints([axis])]);
  const shape = (...middle: number[]) =>
    emit.op('Concat', [part(0), emit.ints(middle), part(2), size], { axis: int(0) });
  return {
    ...heads,
    name: emit.op('Reshape', [each, shape(wanted)]),
    count: wanted,
    back: (made) => {
      const grouped = emit.op('Reshape', [made, shape(count, groups)]);
      return heads.back(emit.op('ReduceSum', [grouped, emit.ints([2])], { keepdims: int(0) }));
    },
  };
}

/** Which keys a query may see, where the node says so by truths or by its kind; undefined: all. */
function seenBy(step: Step, query: Heads, key: Heads): string | undefined {
  const { emit } = step;
  const given = step.has(3) && step.input(3).type === 'bool' ? step.input(3).name : undefined;
  if (step.int('is_causal', 0) === 0) return given;
  const range = ({ name, length }: Heads) =>
    emit.range({ name, type: 'float32', dims: [null, null, length, null] }, 2);
  const rows = emit.op('Unsqueeze', [range(query), emit.ints([1])]);
  const before = emit.op('GreaterOrEqual', [rows, range(key)]);
  return given === undefined ? before : emit.op('And', [before, given]);
}

/** softmax(q · kᵀ · scale + mask) · v, reckoned anew: Vaswani and others, 2017. */
function attention(step: Step): (string | null)[] {
  const { emit } = step;
  for (const index of [4, 5, 6]) if (step.has(index)) return step.refuse('it goes on from what was before');
  const inputs = [0, 1, 2].map((index) => real(step, step.input(index))) as [RealValue, RealValue, RealValue];
  const query = headsOf(step, inputs[0], 'q_num_heads');
  const key = shared(step, headsOf(step, inputs[1], 'kv_num_heads'), query.count);
  const value = shared(step, headsOf(step, inputs[2], 'kv_num_heads'), query.count);
  const output = headsOf(step, { ...real(step, step.output(0)), name: step.cotangent }, 'q_num_heads');
  const { type } = inputs[0];
  const m = new Algebra(emit, type);
  const scale = step.float('scale', 1 / Math.sqrt(query.size));
  const cap = step.float('softcap', 0);
  const mask: Value | undefined = step.has(3) ? step.input(3) : undefined;
  const visible = seenBy(step, query, key);
  if (cap !== 0 && (mask ?? visible) !== undefined) return step.refuse('it caps scores that are masked');
  if (mask !== undefined && mask.dims.at(-1) !== key.length)
    return step.refuse('its mask is not as long as its keys');
  const flipped = (name: string) => emit.op('Transpose', [name], { perm: ints([0, 1, 3, 2]) });
  const product = (a: string, b: string) => emit.op('MatMul', [a, b]);

  const plain = m.mul(product(query.name, flipped(key.name)), scale);
  const bent = cap === 0 ? undefined : m.tanh(m.div(plain, cap));
  const capped = bent === undefined ? plain : m.mul(bent, cap);
  const masked = mask !== undefined && mask.type !== 'bool' ? m.add(capped, mask.name) : capped;
  const scores = visible === undefined ? masked : m.where(visible, masked, LOWEST);
  const shares = emit.op('Softmax', [scores], { axis: int(-1) });

  const dShares = product(output.name, flipped(value.name));
  const mean = m.sum(m.mul(dShares, shares), [3]);
  const flowing = m.mul(shares, m.sub(dShares, mean));
  const dScores = visible === undefined ? flowing : m.where(visible, flowing, 0);
  const dPlain = m.mul(bent === undefined ? dScores : m.mul(dScores, m.sub(1, m.square(bent))), scale);
  const [batch = null] = inputs[0].dims;
  return [
    step.wants(0) ? query.back(product(dPlain, key.name)) : null,
    step.wants(1) ? key.back(product(flipped(dPlain), query.name)) : null,
    step.wants(2) ? value.back(product(flipped(shares), output.name)) : null,
    mask !== undefined && step.wants(3)
      ? emit.sumTo(dScores, [batch, query.count, query.length, key.length], mask)
      : null,
  ];
}

/** It turns pairs of numbers: the way back is the turn by the opposite angle (Su and others, 2021). */
function rotary(step: Step): (string | null)[] {
  if (step.wants(1) || step.wants(2)) return step.refuse('its angles depend on the input');
  const { emit } = step;
  const opposite = emit.op('Neg', [step.input(2).name]);
  const places = step.has(3) ? [step.input(3).name] : [];
  const inputs = [step.cotangent, step.input(1).name, opposite, ...places];
  return [emit.op('RotaryEmbedding', inputs, Object.fromEntries(step.node.attributes))];
}

const three = { q_num_heads: int(4), kv_num_heads: int(2) };
const angles = [0.3, 1.1, -0.4, 2, 0.7, -1.3];
const turn = (of: (angle: number) => number, ...dims: number[]) => ({
  tensor: float32(dims, angles.map(of)),
});

/** Operators of transformers, from version 23 on. */
export const attentions: readonly Rule[] = [
  {
    op: 'Attention',
    since: 23,
    backward: attention,
    proof: (draw) => {
      const [n, q, k] = [draw.int(1, 2), draw.int(2, 3), draw.int(2, 4)];
      const inputs = [{ dims: [n, 2, q, 3] }, { dims: [n, 2, k, 3] }, { dims: [n, 2, k, 2] }];
      const lined = [{ dims: [n, q, 8] }, { dims: [n, k, 4] }, { dims: [n, k, 6] }];
      const truths = Uint8Array.from({ length: q * k }, (_, at) => Number(at % k === 0 || draw.int(0, 1)));
      return [
        { inputs, attributes: { scale: float(0.7) } },
        { inputs, attributes: { softcap: float(0.5) } },
        { inputs, attributes: { is_causal: int(1) } },
        { inputs: [...inputs, { tensor: { type: 'bool', dims: [q, k], data: truths } }] },
        { inputs: [...inputs, { dims: [n, 1, q, k] }] },
        { inputs: lined, attributes: three },
        { inputs: lined, attributes: { ...three, is_causal: int(1) } },
      ];
    },
  },
  {
    op: 'RotaryEmbedding',
    since: 23,
    backward: rotary,
    proof: (draw) => [
      {
        inputs: [{ dims: [1, draw.int(1, 2), 3, 4] }, turn(Math.cos, 1, 3, 2), turn(Math.sin, 1, 3, 2)],
        attributes: { interleaved: int(draw.int(0, 1)) },
      },
      {
        inputs: [{ dims: [1, 3, 8] }, turn(Math.cos, 1, 3, 2), turn(Math.sin, 1, 3, 2)],
        attributes: { num_heads: int(2) },
      },
    ],
  },
];
