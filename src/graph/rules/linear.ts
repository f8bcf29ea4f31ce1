import { Algebra, real } from '../algebra.ts';
import { type Emitter, float, int, ints, type Value } from '../emitter.ts';
import type { Rule, Step } from '../rule.ts';

/** The last two axes changed over. */
function transposed(emit: Emitter, name: string, rank: number): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  return emit.op('Transpose', [name], { perm: ints([...perm.slice(0, -2), rank - 1, rank - 2]) });
}

/** A row as a matrix of one row or one column, as MatMul takes it. */
function asMatrix(emit: Emitter, { name, dims }: Value, axis: 0 | 1): { name: string; dims: Value['dims'] } {
  if (dims.length > 1) return { name, dims };
  const [length = null] = dims;
  return {
    name: emit.op('Unsqueeze', [name, emit.ints([axis])]),
    dims: axis === 0 ? [1, length] : [length, 1],
  };
}

function matMul(step: Step): (string | null)[] {
  const { emit } = step;
  const [left, right] = [step.input(0), step.input(1)];
  const a = asMatrix(emit, left, 0);
  const b = asMatrix(emit, right, 1);
  // The axes that MatMul dropped from its output come back.
  const dropped = [...(left.dims.length === 1 ? [-2] : []), ...(right.dims.length === 1 ? [-1] : [])];
  const g =
    dropped.length === 0 ? step.cotangent : emit.op('Unsqueeze', [step.cotangent, emit.ints(dropped)]);
  const { dims } = step.output(0);
  const batch = dims.slice(0, dims.length - 2 + dropped.length);
  const rows = a.dims.at(-2) ?? null;
  const inner = a.dims.at(-1) ?? null;
  const columns = b.dims.at(-1) ?? null;
  const back = (made: string, dims: Value['dims'], to: { dims: Value['dims'] }, value: Value) => {
    const sum = emit.sumTo(made, dims, { ...value, dims: to.dims });
    return value.dims.length === 1 ? emit.reshape(sum, value) : sum;
  };
  return [
    step.wants(0)
      ? back(
          emit.op('MatMul', [g, transposed(emit, b.name, b.dims.length)]),
          [...batch, rows, inner],
          a,
          left,
        )
      : null,
    step.wants(1)
      ? back(
          emit.op('MatMul', [transposed(emit, a.name, a.dims.length), g]),
          [...batch, inner, columns],
          b,
          right,
        )
      : null,
  ];
}

/** A product of matrices that are turned first, times a number. */
function fusedMatMul(step: Step): (string | null)[] {
  const { emit } = step;
  if (step.int('transBatchA', 0) !== 0 || step.int('transBatchB', 0) !== 0)
    return step.refuse('it turns batches');
  const turns = (index: number) =>
    step.int(index === 0 ? 'transA' : 'transB', 0) !== 0 && step.input(index).dims.length > 1;
  const turned = (index: number): Value => {
    const value = step.input(index);
    const { name, dims } = value;
    if (!turns(index)) return value;
    return {
      ...value,
      name: transposed(emit, name, dims.length),
      dims: [...dims.slice(0, -2), dims.at(-1) ?? null, dims.at(-2) ?? null],
    };
  };
  const m = new Algebra(emit, real(step, step.output(0)).type);
  const cotangent = m.mul(step.cotangent, step.float('alpha', 1));
  return matMul({ ...step, cotangent, input: turned }).map((made, index) =>
    made !== null && turns(index) ? transposed(emit, made, step.input(index).dims.length) : made,
  );
}

function gemm(step: Step): (string | null)[] {
  const { emit, cotangent: g } = step;
  const [alpha, beta] = [step.float('alpha', 1), step.float('beta', 1)];
  const [transA, transB] = [step.int('transA', 0) !== 0, step.int('transB', 0) !== 0];
  const [a, b] = [step.input(0).name, step.input(1).name];
  const product = (x: string, y: string, tx: boolean, ty: boolean) =>
    emit.op('Gemm', [x, y], {
      alpha: { kind: 'float', value: alpha },
      transA: int(Number(tx)),
      transB: int(Number(ty)),
    });
  const added = () => {
    const bias = step.input(2);
    const sum = emit.sumTo(g, step.output(0).dims, bias);
    const type = bias.type === 'float64' ? 'float64' : bias.type === 'float16' ? 'float16' : 'float32';
    return beta === 1 ? sum : emit.op('Mul', [sum, emit.number(beta, type)]);
  };
  return [
    step.wants(0) ? (transA ? product(b, g, transB, true) : product(g, b, false, !transB)) : null,
    step.wants(1) ? (transB ? product(g, a, true, transA) : product(a, g, !transA, false)) : null,
    step.has(2) && step.wants(2) ? added() : null,
  ];
}

/** Products of matrices. */
export const linear: readonly Rule[] = [
  {
    op: 'FusedMatMul',
    domain: 'com.microsoft',
    backward: fusedMatMul,
    proof: (draw) => {
      const [n, k, m] = [draw.int(2, 4), draw.int(2, 4), draw.int(1, 4)];
      const attributes = { transA: int(1), alpha: float(0.5) };
      return [
        { inputs: [{ dims: [2, k, n] }, { dims: [k, m] }], attributes },
        { inputs: [{ dims: [k, n] }, { dims: [2, m, k] }], attributes: { ...attributes, transB: int(1) } },
        { inputs: [{ dims: [n, k] }, { dims: [k, m] }] },
      ];
    },
  },
  {
    op: 'MatMul',
    backward: matMul,
    proof: (draw) => {
      const [n, k, m, b] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4), draw.int(2, 3)];
      return [
        { inputs: [{ dims: [n, k] }, { dims: [k, m] }] },
        { inputs: [{ dims: [b, n, k] }, { dims: [k, m] }] },
        { inputs: [{ dims: [n, k] }, { dims: [b, k, m] }] },
        { inputs: [{ dims: [b, 1, n, k] }, { dims: [2, k, m] }] },
        { inputs: [{ dims: [k] }, { dims: [k, m] }] },
        { inputs: [{ dims: [b, n, k] }, { dims: [k] }] },
        { inputs: [{ dims: [k] }, { dims: [k] }] },
      ];
    },
  },
  {
    op: 'Gemm',
    backward: gemm,
    proof: (draw) => {
      const [n, k, m] = [draw.int(1, 4), draw.int(1, 4), draw.int(1, 4)];
      return [0, 1].flatMap((transA) =>
        [0, 1].map((transB) => ({
          inputs: [
            { dims: transA ? [k, n] : [n, k] },
            { dims: transB ? [m, k] : [k, m] },
            draw.pick([undefined, { dims: [m] }, { dims: [1, m] }, { dims: [n, 1] }, { dims: [] }]),
          ],
          attributes: {
            transA: int(transA),
            transB: int(transB),
            alpha: { kind: 'float' as const, value: draw.pick([1, 0.5]) },
            beta: { kind: 'float' as const, value: draw.pick([1, 2]) },
          },
        })),
      );
    },
  },
];
