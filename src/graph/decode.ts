import {
  type AttributeValue,
  elementTypeOf,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type StoredTensor,
  type ValueInfo,
} from './onnx.ts';
import {
  fieldsOf,
  float32Of,
  MalformedModel,
  MessageWriter,
  signedList,
  signedOf,
  textOf,
  type WireField,
} from './wire.ts';

// Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

/** What a message of protocol buffers may have at most: larger models keep their elements in other files. */
const MOST_BYTES = 2 ** 31 - 1;

/** Gives the bytes of another file that a model keeps elements in, by the name that stands in the model. */
export type Resolve = (location: string) => Uint8Array | undefined;

/**
 * Reads a model in memory. Graphs within nodes are kept, not read. Elements that are in other files are put in where `resolve`
 * has them, and stay outside where it does not. Throws {@link MalformedModel}.
 */
export function decodeModel(bytes: Uint8Array, resolve?: Resolve): OnnxModel {
  if (bytes.length > MOST_BYTES) throw new MalformedModel('the model has more than 2 GB');
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  const rest: Uint8Array[] = [];
  let graph: OnnxGraph | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 7) {
      if (graph !== undefined) throw new MalformedModel('the model has two graphs');
      graph = decodeGraph(field.bytes, resolve);
    } else if (field.number === 8) {
      const [domain, version] = decodeOpset(field.bytes);
      if (opsets.has(domain)) throw new MalformedModel('a set of operators is imported twice');
      opsets.set(domain, version);
    } else if (field.number === 25) functions.push(decodeFunction(field.bytes));
    else rest.push(field.raw);
  }
  if (graph === undefined) throw new MalformedModel('there is no graph in the model');
  return { opsets, graph, functions, rest };
}

/** ONNX calls the standard operators both `''` and `ai.onnx`. */
const domainOf = (name: string) => (name === 'ai.onnx' ? '' : name);

function decodeOpset(bytes: Uint8Array): [string, number] {
  let domain = '';
  let version = 1;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) domain = domainOf(textOf(field.bytes));
    if (field.number === 2) version = signedOf(field.value);
  }
  return [domain, version];
}

function decodeFunction(proto: Uint8Array): OnnxFunction {
  let name = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNode[] = [];
  const defaults = new Map<string, AttributeValue>();
  const opsets = new Map<string, number>();
  for (const field of fieldsOf(proto)) {
    if (field.number === 1) name = textOf(field.bytes);
    if (field.number === 4) inputs.push(textOf(field.bytes));
    if (field.number === 5) outputs.push(textOf(field.bytes));
    if (field.number === 7) nodes.push(decodeNode(field.bytes));
    if (field.number === 9) opsets.set(...decodeOpset(field.bytes));
    if (field.number === 10) domain = domainOf(textOf(field.bytes));
    if (field.number === 11) defaults.set(...decodeAttribute(field.bytes));
  }
  return { name, domain, inputs, outputs, nodes, defaults, opsets, proto };
}

/** Reads a graph that stands within a model or a node. Throws {@link MalformedModel}. */
export function decodeGraph(bytes: Uint8Array, resolve?: Resolve): OnnxGraph {
  let name = '';
  const nodes: OnnxNode[] = [];
  const initializers: StoredTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const rest: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) nodes.push(decodeNode(field.bytes));
    else if (field.number === 2) name = textOf(field.bytes);
    else if (field.number === 5) initializers.push(broughtIn(decodeTensor(field.bytes), resolve));
    else if (field.number === 11) inputs.push(decodeValue(field.bytes));
    else if (field.number === 12) outputs.push(decodeValue(field.bytes));
    else rest.push(field.raw);
  }
  return { name, nodes, initializers, inputs, outputs, rest };
}

function decodeNode(proto: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  let op = '';
  let domain = '';
  let name = '';
  for (const field of fieldsOf(proto)) {
    if (field.number === 1) inputs.push(textOf(field.bytes));
    if (field.number === 2) outputs.push(textOf(field.bytes));
    if (field.number === 3) name = textOf(field.bytes);
    if (field.number === 4) op = textOf(field.bytes);
    if (field.number === 7) domain = domainOf(textOf(field.bytes));
    if (field.number === 5) {
      const [key, value] = decodeAttribute(field.bytes);
      attributes.set(key, value);
    }
  }
  return { op, domain, name, inputs, outputs, attributes, proto };
}

/** AttributeProto.AttributeType. */
const KINDS: Readonly<Record<number, AttributeValue['kind']>> = {
  1: 'float',
  2: 'int',
  3: 'string',
  4: 'tensor',
  6: 'floats',
  7: 'ints',
  8: 'strings',
};

function decodeAttribute(proto: Uint8Array): [string, AttributeValue] {
  let name = '';
  let kind: AttributeValue['kind'] = 'other';
  let reference: string | undefined;
  const single: { float: number; int: number; string: string; tensor: StoredTensor | undefined } = {
    float: 0,
    int: 0,
    string: '',
    tensor: undefined,
  };
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  for (const field of fieldsOf(proto)) {
    if (field.number === 1) name = textOf(field.bytes);
    else if (field.number === 20) kind = KINDS[Number(field.value)] ?? 'other';
    else if (field.number === 21) reference = textOf(field.bytes);
    else if (field.number === 2) single.float = float32Of(fixed(field, 4));
    else if (field.number === 3) single.int = signedOf(field.value);
    else if (field.number === 4) single.string = lenient.decode(field.bytes);
    else if (field.number === 5) single.tensor = decodeTensor(field.bytes);
    else if (field.number === 7) for (const value of floatList(field)) floats.push(value);
    else if (field.number === 8) for (const value of signedList(field)) ints.push(value);
    else if (field.number === 9) strings.push(lenient.decode(field.bytes));
  }
  if (reference !== undefined) return [name, { kind: 'reference', value: reference, proto }];
  if (kind === 'float' || kind === 'int') return [name, { kind, value: single[kind] }];
  if (kind === 'string') return [name, { kind, value: single.string }];
  if (kind === 'floats') return [name, { kind, value: floats }];
  if (kind === 'ints') return [name, { kind, value: ints }];
  if (kind === 'strings') return [name, { kind, value: strings }];
  if (kind === 'tensor' && single.tensor !== undefined) return [name, { kind, value: single.tensor }];
  return [name, { kind: 'other', value: proto }];
}

/** Attributes' strings are bytes; those that matter here are words of the specification. */
const lenient = new TextDecoder();

function fixed(field: WireField, size: number): Uint8Array {
  if (field.bytes.length !== size) throw new MalformedModel('a number has the wrong size');
  return field.bytes;
}

function floatList(field: WireField): number[] {
  const { bytes } = field;
  if (bytes.length % 4 !== 0) throw new MalformedModel('a list of numbers has the wrong size');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getFloat32(index * 4, true));
}

function decodeTensor(proto: Uint8Array): StoredTensor {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let external = false;
  for (const field of fieldsOf(proto)) {
    if (field.number === 1) for (const dim of signedList(field)) dims.push(dim);
    if (field.number === 2) type = Number(field.value);
    if (field.number === 8) name = textOf(field.bytes);
    if (field.number === 14) external = field.value === 1n;
  }
  if (dims.some((dim) => dim < 0 || !Number.isSafeInteger(dim)))
    throw new MalformedModel('a tensor has a size that cannot be');
  return { name, type: elementTypeOf(type), dims, external, proto };
}

/** The tensor with its elements, where they are in another file that is at hand. */
function broughtIn(tensor: StoredTensor, resolve: Resolve | undefined): StoredTensor {
  if (!tensor.external || resolve === undefined) return tensor;
  const about = new Map<string, string>();
  for (const { number, bytes } of fieldsOf(tensor.proto)) {
    if (number !== 13) continue;
    const [key, value] = [1, 2].map((wanted) =>
      [...fieldsOf(bytes)].filter((field) => field.number === wanted).map((field) => textOf(field.bytes)),
    );
    about.set(key?.at(-1) ?? '', value?.at(-1) ?? '');
  }
  const file = resolve(about.get('location') ?? '');
  if (file === undefined) return tensor;
  const offset = Number(about.get('offset') ?? 0);
  const length = Number(about.get('length') ?? file.length - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length))
    throw new MalformedModel(`tensor “${tensor.name}” lies beyond the end of its file`);
  const proto = new MessageWriter();
  for (const field of fieldsOf(tensor.proto)) if (field.number < 13) proto.raw(field.raw);
  return {
    ...tensor,
    external: false,
    proto: proto.bytes(9, file.subarray(offset, offset + length)).finish(),
  };
}

function decodeValue(proto: Uint8Array): ValueInfo {
  let name = '';
  let type: number | undefined;
  let dims: (number | string | null)[] | undefined;
  for (const field of fieldsOf(proto)) {
    if (field.number === 1) name = textOf(field.bytes);
    if (field.number !== 2) continue;
    for (const kind of fieldsOf(field.bytes)) {
      if (kind.number !== 1) continue;
      for (const tensor of fieldsOf(kind.bytes)) {
        if (tensor.number === 1) type = Number(tensor.value);
        if (tensor.number === 2) dims = decodeShape(tensor.bytes);
      }
    }
  }
  return { name, type: type === undefined ? undefined : elementTypeOf(type), dims, proto };
}

function decodeShape(bytes: Uint8Array): (number | string | null)[] {
  const dims: (number | string | null)[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number !== 1) continue;
    let dim: number | string | null = null;
    for (const choice of fieldsOf(field.bytes)) {
      if (choice.number === 1) dim = signedOf(choice.value);
      if (choice.number === 2) dim = textOf(choice.bytes) || null;
    }
    dims.push(typeof dim === 'number' && dim < 0 ? null : dim);
  }
  return dims;
}
