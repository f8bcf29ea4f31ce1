import type { ElementType } from '../tensors/tensor.ts';

/** The numbers of ONNX's element types (onnx.proto, TensorProto.DataType). */
export const ELEMENT_NUMBERS: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

const BY_NUMBER = new Map(
  (Object.keys(ELEMENT_NUMBERS) as ElementType[]).map((type) => [ELEMENT_NUMBERS[type], type]),
);

/** undefined: a type that is not read here, such as `bfloat16`. */
export const elementTypeOf = (number: number): ElementType | undefined => BY_NUMBER.get(number);

/** A tensor of a model, as it stands in the file: {@link tensorOf} reads its elements. */
export interface StoredTensor {
  readonly name: string;
  /** undefined: of a type that is not read here. */
  readonly type: ElementType | undefined;
  readonly dims: readonly number[];
  /** Its elements are in another file. */
  readonly external: boolean;
  readonly proto: Uint8Array;
}

export type AttributeValue =
  | { readonly kind: 'float' | 'int'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'floats' | 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: StoredTensor }
  /** In a function: the attribute of the call that stands for it. */
  | { readonly kind: 'reference'; readonly value: string; readonly proto: Uint8Array }
  /** A graph, or what else is not read here: kept as it came. */
  | { readonly kind: 'other'; readonly value: Uint8Array };

export interface OnnxNode {
  readonly op: string;
  /** `''`: the standard operators. */
  readonly domain: string;
  readonly name: string;
  /** `''`: an optional input that is not given. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** As it was read; undefined where it was made here. */
  readonly proto?: Uint8Array | undefined;
}

/** An input or output. */
export interface ValueInfo {
  readonly name: string;
  /** undefined: not said, not a tensor, or a type that is not read here. */
  readonly type: ElementType | undefined;
  /** A number, the name of what varies, or null; undefined: not said. */
  readonly dims: readonly (number | string | null)[] | undefined;
  readonly proto?: Uint8Array | undefined;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly StoredTensor[];
  /** As they stand in the file: old models name their initializers here, too. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** Fields that are not read here, as they came. */
  readonly rest: readonly Uint8Array[];
}

/** A function that a model defines itself: a node whose operator is called so stands for these. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, AttributeValue>;
  readonly opsets: ReadonlyMap<string, number>;
  readonly proto: Uint8Array;
}

export interface OnnxModel {
  /** Versions of sets of operators by their domain. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  readonly rest: readonly Uint8Array[];
}

/** The inputs that a caller gives: those that are no initializers. */
export function givenInputs(graph: OnnxGraph): ValueInfo[] {
  const initial = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !initial.has(name));
}

/** The node as people find it: its name where it has one, else what it makes. */
export const nodeLabel = (node: OnnxNode): string =>
  `${node.domain === '' ? '' : `${node.domain}.`}${node.op} “${node.name || (node.outputs[0] ?? '')}”`;

/** A node that gives a value another name. */
export const identity = (from: string, to: string): OnnxNode => ({
  op: 'Identity',
  domain: '',
  name: '',
  inputs: [from],
  outputs: [to],
  attributes: new Map(),
});
