import {
  type AttributeValue,
  elementTypeOf,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type StoredTensor,
  type ValueInfo,
} from './onnx.ts';
import { fieldsOf, float32Of, MalformedModel, signedList, signedOf, textOf, type WireField } from './wire.ts';

// Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).

/** Reads a model in memory. Subgraphs and functions are kept, not read. Throws {@link MalformedModel}. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const opsets = new Map<string, number>();
  const functions: string[] = [];
  const rest: Uint8Array[] = [];
  let graph: OnnxGraph | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 7) {
      if (graph !== undefined) throw new MalformedModel('the model has two graphs');
      graph = decodeGraph(field.bytes);
    } else if (field.number === 8) {
      const [domain, version] = decodeOpset(field.bytes);
      if (opsets.has(domain)) throw new MalformedModel('a set of operators is imported twice');
      opsets.set(domain, version);
    } else {
      if (field.number === 25) functions.push(functionName(field.bytes));
      rest.push(field.raw);
    }
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

function functionName(bytes: Uint8Array): string {
  let name = '';
  let domain = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) name = textOf(field.bytes);
    if (field.number === 10) domain = textOf(field.bytes);
  }
  return `${domain}/${name}`;
}

function decodeGraph(bytes: Uint8Array): OnnxGraph {
  let name = '';
  const nodes: OnnxNode[] = [];
  const initializers: StoredTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  const rest: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) nodes.push(decodeNode(field.bytes));
    else if (field.number === 2) name = textOf(field.bytes);
    else if (field.number === 5) initializers.push(decodeTensor(field.bytes));
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
  let reference = false;
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
    else if (field.number === 21) reference = true;
    else if (field.number === 2) single.float = float32Of(fixed(field, 4));
    else if (field.number === 3) single.int = signedOf(field.value);
    else if (field.number === 4) single.string = lenient.decode(field.bytes);
    else if (field.number === 5) single.tensor = decodeTensor(field.bytes);
    else if (field.number === 7) floats.push(...floatList(field));
    else if (field.number === 8) ints.push(...signedList(field));
    else if (field.number === 9) strings.push(lenient.decode(field.bytes));
  }
  if (reference) return [name, { kind: 'other', value: proto }];
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
    if (field.number === 1) dims.push(...signedList(field));
    if (field.number === 2) type = Number(field.value);
    if (field.number === 8) name = textOf(field.bytes);
    if (field.number === 14) external = field.value === 1n;
  }
  if (dims.some((dim) => dim < 0 || !Number.isSafeInteger(dim)))
    throw new MalformedModel('a tensor has a size that cannot be');
  return { name, type: elementTypeOf(type), dims, external, proto };
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
