import { type ElementType, int64, type Tensor } from '../tensors/tensor.ts';
import { graphAttribute, storeTensor, valueInfo } from './encode.ts';
import type { AttributeValue, OnnxNode, StoredTensor } from './onnx.ts';

/** A value of a graph: null for a dimension that varies with the inputs. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | null)[];
}

export type Attributes = Readonly<Record<string, AttributeValue>>;

export const int = (value: number): AttributeValue => ({ kind: 'int', value });
export const ints = (value: readonly number[]): AttributeValue => ({ kind: 'ints', value });
export const float = (value: number): AttributeValue => ({ kind: 'float', value });
export const word = (value: string): AttributeValue => ({ kind: 'string', value });

/** Types that gradients flow through. */
export type RealType = 'float32' | 'float64' | 'float16';
export const isReal = (type: ElementType): type is RealType =>
  type === 'float32' || type === 'float64' || type === 'float16';

/** What a loop goes over; see {@link Emitter.scan}. */
export interface Scan {
  /** What goes from step to step, as it is before the first. */
  readonly states: readonly Typed[];
  /** Of each, a step gets what is at its place along the first axis. */
  readonly over: readonly Typed[];
  /** From the last step to the first. */
  readonly backwards?: boolean | undefined;
}

type Typed = Pick<Value, 'name' | 'type'>;

/** What a step of a loop makes: the next states, and one place of each of the results. */
export interface ScanStep {
  readonly states: readonly string[];
  readonly results: readonly Typed[];
}

/** Names that are given once; a graph and the graphs within it share them. */
class Names {
  readonly #taken: Set<string>;
  #count = 0;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  give(hint: string): string {
    let name = hint;
    while (this.#taken.has(name)) name = `${hint}_${++this.#count}`;
    this.#taken.add(name);
    return name;
  }
}

/** Writes nodes with names of their own, in any version of the standard operators from 17 on. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: StoredTensor[] = [];
  readonly #names: Names;
  readonly #known = new Map<string, string>();
  readonly #version: number;

  /**
   * @param taken names that stand in the graph already
   * @param version of the standard operators
   */
  constructor(taken: Iterable<string> | Names, version: number) {
    this.#names = taken instanceof Names ? taken : new Names(taken);
    this.#version = version;
  }

  /** A name that nothing else has. */
  name(hint: string): string {
    return this.#names.give(hint);
  }

  /** A node with one output, which is returned. */
  op(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.ops(op, inputs, 1, attributes)[0] as string;
  }

  /** A node with several outputs. */
  ops(op: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}): string[] {
    const names = Array.from({ length: outputs }, () => this.name(`gradient/${op}`));
    const attached = new Map(Object.entries(attributes));
    this.nodes.push({ op, domain: '', name: '', inputs, outputs: names, attributes: attached });
    return names;
  }

  /**
   * A loop over the first axis: `write` says what a step does, in an emitter of its own, and may use whatever stands outside.
   * Gives the states after the last step, then the results, laid side by side along a first axis.
   */
  scan(
    { states, over, backwards = false }: Scan,
    write: (body: Emitter, states: readonly string[], slices: readonly string[]) => ScanStep,
  ): string[] {
    const body = new Emitter(this.#names, this.#version);
    const taken = [...states, ...over].map(({ type }) => valueInfo(this.name('gradient/step'), type));
    const names = taken.map(({ name }) => name);
    const made = write(body, names.slice(0, states.length), names.slice(states.length));
    const outputs = [
      ...made.states.map((name, at) => ({ name, type: states[at]?.type })),
      ...made.results,
    ].map(({ name, type }) => valueInfo(body.op('Identity', [name]), type));
    const { nodes, initializers } = body;
    const graph = { name: 'step', nodes, initializers, inputs: taken, outputs, rest: [] };
    const directions = (count: number) => ints(Array.from({ length: count }, () => Number(backwards)));
    return this.ops(
      'Scan',
      [...states, ...over].map(({ name }) => name),
      outputs.length,
      {
        body: graphAttribute('body', graph),
        num_scan_inputs: int(over.length),
        scan_input_directions: directions(over.length),
        scan_output_directions: directions(made.results.length),
      },
    );
  }

  /** A tensor that does not change. Equal small ones are written once. */
  constant(tensor: Tensor): string {
    const { type, dims, data } = tensor;
    const key = data.length <= 64 ? `${type} ${dims} ${Array.from(data as ArrayLike<unknown>)}` : undefined;
    return this.#once(key, () => {
      const name = this.name('gradient/constant');
      this.initializers.push(storeTensor(name, tensor));
      return name;
    });
  }

  /** Whole numbers in a row: axes, sizes, pads. */
  ints(values: readonly number[]): string {
    return this.constant(int64([values.length], values));
  }

  /** A real number without dims. */
  number(value: number, type: RealType): string {
    if (type === 'float16') {
      const single = this.constant({ type: 'float32', dims: [], data: Float32Array.of(value) });
      return this.#once(`half ${value}`, () => this.op('Cast', [single], { to: int(10) }));
    }
    return type === 'float32'
      ? this.constant({ type, dims: [], data: Float32Array.of(value) })
      : this.constant({ type, dims: [], data: Float64Array.of(value) });
  }

  /** The sizes of a value, as a row of whole numbers; a constant where none varies. */
  shape({ name, dims }: Value): string {
    const fixed = dims.filter((dim) => dim !== null);
    if (fixed.length === dims.length) return this.ints(fixed);
    return this.#once(`shape ${name}`, () => this.op('Shape', [name]));
  }

  /** A row of sizes: numbers, and sizes of values along an axis. */
  sizes(parts: readonly (number | { readonly of: Value; readonly axis: number })[]): string {
    const known = parts.map((part) => (typeof part === 'number' ? part : (part.of.dims[part.axis] ?? null)));
    const fixed = known.filter((size) => size !== null);
    if (fixed.length === known.length) return this.ints(fixed);
    const pieces = parts.map((part, index) => {
      const size = known[index];
      if (typeof part === 'number' || typeof size === 'number') return this.ints([size ?? 0]);
      return this.op('Gather', [this.shape(part.of), this.ints([part.axis])]);
    });
    return this.op('Concat', pieces, { axis: int(0) });
  }

  /** `from`, in the shape of a value that has as many elements. */
  reshape(from: string, like: Value): string {
    const { dims } = like;
    // One size that varies follows from the others, if there are any elements at all.
    const inferred = dims.filter((dim) => dim === null).length === 1 && !dims.includes(0);
    const shape = inferred ? this.ints(dims.map((dim) => dim ?? -1)) : this.shape(like);
    return this.op('Reshape', [from, shape]);
  }

  /** One number of many, over axes, which stay as ones. Axes became an input in version 18. */
  reduce(op: 'ReduceMean' | 'ReduceProd', from: string, axes: readonly number[]): string {
    if (axes.length === 0) return from;
    return this.#version < 18
      ? this.op(op, [from], { axes: ints(axes), keepdims: int(1) })
      : this.op(op, [from, this.ints(axes)], { keepdims: int(1) });
  }

  /** Whole numbers from 0 up to, not including, a size of a value. */
  range(of: Value, axis: number): string {
    const size = of.dims[axis];
    if (typeof size === 'number') return this.ints(Array.from({ length: size }, (_, at) => at));
    const end = this.op('Squeeze', [this.sizes([{ of, axis }])]);
    return this.op('Range', [this.whole(0), end, this.whole(1)]);
  }

  /** A whole number without dims. */
  whole(value: number): string {
    return this.constant(int64([], [value]));
  }

  /**
   * The adjoint of taking places along an axis: what is at place i of `from` is added to place positions[i] of zeros, which have
   * `sizes` in all.
   */
  scatterAlong(
    from: string,
    rank: number,
    axis: number,
    positions: string,
    sizes: string,
    type: RealType,
  ): string {
    const zeros = this.op('Expand', [this.number(0, type), sizes]);
    const others = Array.from({ length: rank }, (_, at) => at).filter((at) => at !== axis);
    const lined = others.length === 0 ? positions : this.op('Unsqueeze', [positions, this.ints(others)]);
    const places = this.op('Expand', [lined, this.op('Shape', [from])]);
    return this.op('ScatterElements', [zeros, places, from], { axis: int(axis), reduction: word('add') });
  }

  /** `from` in the middle of zeros, in the shape of a value; `before` says where it begins. */
  paddedTo(from: Value, before: readonly number[], to: Value): string {
    const after = to.dims.map((size, axis) => {
      const [length, start] = [from.dims[axis], before[axis] ?? 0];
      return typeof size === 'number' && typeof length === 'number' ? size - length - start : undefined;
    });
    const known = after.filter((size) => size !== undefined);
    if (known.length === after.length) return this.op('Pad', [from.name, this.ints([...before, ...known])]);
    const begins = this.ints(before);
    const rest = this.op('Sub', [this.op('Sub', [this.shape(to), this.shape(from)]), begins]);
    return this.op('Pad', [from.name, this.op('Concat', [begins, rest], { axis: int(0) })]);
  }

  /** Zeros in the shape of a value. */
  zeros(like: Value & { readonly type: RealType }): string {
    return this.op('Expand', [this.number(0, like.type), this.shape(like)]);
  }

  /**
   * What broadcasting did to `to`, undone: `from`, whose dims are given, added up over the axes along which `to` was repeated.
   */
  sumTo(from: string, dims: readonly (number | null)[], to: Value): string {
    const extra = dims.length - to.dims.length;
    const axes = dims.flatMap((dim, axis) =>
      axis < extra || (to.dims[axis - extra] === 1 && dim !== 1) ? [axis] : [],
    );
    if (axes.length === 0) return from;
    const sum = this.op('ReduceSum', [from, this.ints(axes)], { keepdims: int(1) });
    return extra === 0 ? sum : this.reshape(sum, to);
  }

  #once(key: string | undefined, make: () => string): string {
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const name = make();
    if (key !== undefined) this.#known.set(key, name);
    return name;
  }
}
