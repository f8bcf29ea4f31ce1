import { float32, int64, type Tensor } from '../tensors/tensor.ts';
import { neededBy } from './captured.ts';
import { storeTensor } from './encode.ts';
import type { AttributeValue, OnnxModel, OnnxNode, StoredTensor } from './onnx.ts';

/** A model that is written anew, node by node, with names that nothing else has. */
export class Rewriting {
  /** Of the standard operators, in the model as it was. */
  readonly version: number;
  readonly #before: OnnxModel;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: StoredTensor[];
  readonly #taken: Set<string>;
  #count = 0;

  constructor(model: OnnxModel) {
    this.version = model.opsets.get('') ?? 1;
    this.#before = model;
    this.#initializers = [...model.graph.initializers];
    this.#taken = new Set([
      ...model.graph.nodes.flatMap((node) => [...neededBy(node), ...node.outputs]),
      ...[...model.graph.inputs, ...model.graph.initializers].map(({ name }) => name),
    ]);
  }

  name(): string {
    for (;;) {
      const name = `rewritten/${++this.#count}`;
      if (!this.#taken.has(name)) return name;
    }
  }

  constant(tensor: Tensor): string {
    const name = this.name();
    this.#initializers.push(storeTensor(name, tensor));
    return name;
  }

  ints(values: readonly number[]): string {
    return this.constant(int64([values.length], values));
  }

  /** A whole number without dims. */
  whole(value: number): string {
    return this.constant(int64([], [value]));
  }

  /** A number in the type of a value. */
  number(value: number, like: string): string {
    return this.op('CastLike', [this.constant(float32([], [value])), like]);
  }

  /** A standard node of one output, which is returned. */
  op(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = this.name(),
  ): string {
    this.#nodes.push({
      op,
      domain: '',
      name: '',
      inputs,
      outputs: [output],
      attributes: new Map(Object.entries(attributes)),
    });
    return output;
  }

  /** A node with some attributes left out, other inputs, or another name. */
  put(node: OnnxNode, change: Partial<OnnxNode>, without: readonly string[] = []): void {
    const attributes = new Map(
      [...(change.attributes ?? node.attributes)].filter(([name]) => !without.includes(name)),
    );
    this.#nodes.push({ ...node, ...change, attributes, proto: undefined });
  }

  /** As it was. */
  keep(node: OnnxNode): void {
    this.#nodes.push(node);
  }

  get size(): number {
    return this.#nodes.length;
  }

  model(): OnnxModel {
    const graph = { ...this.#before.graph, nodes: this.#nodes, initializers: this.#initializers };
    return { ...this.#before, graph };
  }
}
