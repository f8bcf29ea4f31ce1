import { Algebra, real } from './algebra.ts';
import { type Emitter, int, ints, type RealType } from './emitter.ts';
import type { Step } from './rule.ts';

/** Functions whose slope follows from what they made. Others are refused. */
const SLOPES = {
  sigmoid: { op: 'Sigmoid', slope: (m: Algebra, y: string) => m.mul(y, m.sub(1, y)) },
  tanh: { op: 'Tanh', slope: (m: Algebra, y: string) => m.sub(1, m.square(y)) },
  relu: { op: 'Relu', slope: (m: Algebra, y: string) => m.indicator(m.greater(y, 0)) },
} as const;

export type Activation = (typeof SLOPES)[keyof typeof SLOPES];
type Word = keyof typeof SLOPES;

/** One direction of a recurrent node, as if it went from the first step to the last: it is turned round where it does not. */
export class Recurrence {
  readonly step: Step;
  readonly type: RealType;
  readonly hidden: number;
  readonly activations: readonly Activation[];
  /** Which steps are within the length of their sequence, [length, batch, 1]; undefined: all are. */
  readonly live: string | undefined;
  readonly #direction: number;
  readonly #reversed: boolean;
  /** Of each sequence, for turning round. */
  readonly #lengths: string;

  constructor(step: Step, direction: number, usual: readonly Word[]) {
    this.step = step;
    this.#direction = direction;
    this.#reversed = direction === 1 || step.word('direction', 'forward') === 'reverse';
    const weights = real(step, step.input(2));
    this.type = weights.type;
    this.hidden = weights.dims[2] ?? step.refuse('the size of its state varies');
    this.activations = activationsOf(step, direction, usual);
    const { emit } = step;
    const [x, lengths] = [step.input(0), step.has(4) ? step.input(4).name : undefined];
    const all = emit.sizes([{ of: x, axis: 0 }]);
    this.#lengths =
      lengths === undefined
        ? emit.op('Expand', [all, emit.sizes([{ of: x, axis: 1 }])])
        : emit.op('Cast', [lengths], { to: int(7) });
    if (lengths !== undefined) {
      const steps = emit.op('Unsqueeze', [emit.range(x, 0), emit.ints([1])]);
      this.live = emit.op('Unsqueeze', [emit.op('Less', [steps, this.#lengths]), emit.ints([2])]);
    }
  }

  get m(): Algebra {
    return new Algebra(this.step.emit, this.type);
  }

  /** From the first step to the last, [length, batch, …]; twice is as it was. */
  turned(name: string): string {
    if (!this.#reversed) return name;
    return this.step.emit.op('ReverseSequence', [name, this.#lengths], {
      time_axis: int(0),
      batch_axis: int(1),
    });
  }

  /** What of an input or output is of this direction. */
  own(name: string, axis = 0): string {
    return this.step.emit.op('Gather', [name, this.step.emit.whole(this.#direction)], { axis: int(axis) });
  }

  /** An optional input of this direction. */
  ownInput(index: number): string | undefined {
    return this.step.has(index) ? this.own(this.step.input(index).name) : undefined;
  }

  /** A state, [batch, hidden]: what is given, or zeros. */
  state(given: string | undefined): string {
    const { emit } = this.step;
    if (given !== undefined) return this.own(given);
    return emit.op('Expand', [emit.number(0, this.type), this.#sizes(1)]);
  }

  /** The gradient of all states that the node made, [length, batch, hidden]. */
  get flowing(): string {
    const { emit, cotangents } = this.step;
    const [given] = cotangents;
    if (given !== undefined) return this.turned(this.own(given, 1));
    return emit.op('Expand', [emit.number(0, this.type), this.#sizes(0)]);
  }

  /** All states that the node made, [length, batch, hidden]. */
  get states(): string {
    return this.turned(this.own(this.step.extra(0), 1));
  }

  /** Of states, those before each step. */
  before(first: string, states: string): string {
    const { emit } = this.step;
    const zero = emit.ints([0]);
    const rest = emit.op('Slice', [states, zero, emit.ints([-1]), zero]);
    return emit.op('Concat', [emit.op('Unsqueeze', [first, zero]), rest], { axis: int(0) });
  }

  /** The rows of some gates, of weights that have `hidden` rows for each. */
  rows(name: string, from: number, to: number): string {
    const { emit } = this.step;
    const [first, last] = [from * this.hidden, to * this.hidden];
    return emit.op('Slice', [name, emit.ints([first]), emit.ints([last]), emit.ints([0])]);
  }

  /** x · weightsᵀ + bias, of every step. */
  product(x: string, weights: string, bias?: string): string {
    const made = this.step.emit.op('MatMul', [x, this.#flipped(weights)]);
    return bias === undefined ? made : this.m.add(made, bias);
  }

  /** The last axis in as many parts as there are gates. */
  gates(name: string, count: number, axis = -1): string[] {
    const { emit } = this.step;
    const sizes = emit.ints(Array.from({ length: count }, () => this.hidden));
    return emit.ops('Split', [name, sizes], count, { axis: int(axis) });
  }

  /** The gradient of weights: Σ over steps and sequences of gateᵀ · x. */
  outer(gates: string, x: string): string {
    const { emit } = this.step;
    return emit.op('MatMul', [this.#flipped(this.#lined(gates)), this.#lined(x)]);
  }

  /** Added up over steps and sequences. */
  total(name: string): string {
    return this.step.emit.op('ReduceSum', [name, this.step.emit.ints([0, 1])], { keepdims: int(0) });
  }

  #lined(name: string): string {
    const { emit } = this.step;
    const last = emit.op('Gather', [emit.op('Shape', [name]), emit.ints([2])]);
    return emit.op('Reshape', [name, emit.op('Concat', [emit.ints([-1]), last], { axis: int(0) })]);
  }

  #flipped(name: string): string {
    return this.step.emit.op('Transpose', [name], { perm: ints([1, 0]) });
  }

  /** [length, batch, hidden] from an axis on. */
  #sizes(from: number): string {
    const x = this.step.input(0);
    return this.step.emit.sizes([{ of: x, axis: 0 }, { of: x, axis: 1 }, this.hidden].slice(from));
  }
}

/** Those of a direction: what the node says, or the usual ones. */
function activationsOf(step: Step, direction: number, usual: readonly Word[]): Activation[] {
  for (const name of ['clip', 'activation_alpha', 'activation_beta'])
    if (step.node.attributes.has(name)) return step.refuse(`it has ${name}`);
  if (step.int('layout', 0) !== 0) return step.refuse('its layout is by batch');
  const given = step.node.attributes.get('activations');
  const words = given?.kind === 'strings' ? given.value.slice(direction * usual.length) : usual;
  return usual.map((_, at) => {
    const word = (words[at] ?? '').toLowerCase();
    return Object.hasOwn(SLOPES, word) ? SLOPES[word as Word] : step.refuse(`its activation is ${word}`);
  });
}

/** The gradients that a direction gives, by the index of the input; none where there is no such input. */
export type Given = readonly (string | undefined)[];

/** The rule of a recurrent node: the gradients of each direction, put side by side as the inputs are. */
export function recurrent(
  step: Step,
  usual: readonly Word[],
  back: (one: Recurrence) => Given,
): (string | null)[] {
  const { emit } = step;
  const both = step.word('direction', 'forward') === 'bidirectional';
  const made = (both ? [0, 1] : [0]).map((direction) => back(new Recurrence(step, direction, usual)));
  return step.node.inputs.map((_, index) => {
    const parts = made.flatMap((given) => given[index] ?? []);
    if (parts.length === 0 || !step.wants(index)) return null;
    if (index === 0) return parts.length === 1 ? (parts[0] ?? null) : emit.op('Sum', parts);
    return joined(emit, parts);
  });
}

const joined = (emit: Emitter, parts: readonly string[]): string =>
  emit.op(
    'Concat',
    parts.map((part) => emit.op('Unsqueeze', [part, emit.ints([0])])),
    { axis: int(0) },
  );
