import type { ElementType, Tensor } from '../tensors/tensor.ts';
import {
  type AttributeValue,
  ELEMENT_NUMBERS,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type StoredTensor,
  type ValueInfo,
} from './onnx.ts';
import { MessageWriter } from './wire.ts';

/** Writes a model. What was read and not changed is written as it came. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const out = new MessageWriter();
  for (const field of model.rest) out.raw(field);
  for (const [domain, version] of model.opsets) {
    const opset = new MessageWriter();
    if (domain !== '') opset.text(1, domain);
    out.bytes(8, opset.number(2, version).finish());
  }
  for (const { proto } of model.functions) out.bytes(25, proto);
  return out.bytes(7, encodeGraph(model.graph)).finish();
}

function encodeGraph(graph: OnnxGraph): Uint8Array {
  const out = new MessageWriter();
  for (const node of graph.nodes) out.bytes(1, node.proto ?? encodeNode(node));
  out.text(2, graph.name);
  for (const tensor of graph.initializers) out.bytes(5, tensor.proto);
  for (const value of graph.inputs) out.bytes(11, value.proto ?? encodeValue(value));
  for (const value of graph.outputs) out.bytes(12, value.proto ?? encodeValue(value));
  for (const field of graph.rest) out.raw(field);
  return out.finish();
}

function encodeNode(node: OnnxNode): Uint8Array {
  const out = new MessageWriter();
  for (const input of node.inputs) out.text(1, input);
  for (const output of node.outputs) out.text(2, output);
  if (node.name !== '') out.text(3, node.name);
  out.text(4, node.op);
  for (const [name, value] of node.attributes) out.bytes(5, encodeAttribute(name, value));
  if (node.domain !== '') out.text(7, node.domain);
  return out.finish();
}

function encodeAttribute(name: string, attribute: AttributeValue): Uint8Array {
  if (attribute.kind === 'other') return attribute.value;
  if (attribute.kind === 'reference') return attribute.proto;
  const out = new MessageWriter().text(1, name);
  switch (attribute.kind) {
    case 'float':
      return out.float32(2, attribute.value).number(20, 1).finish();
    case 'int':
      return out.number(3, attribute.value).number(20, 2).finish();
    case 'string':
      return out.text(4, attribute.value).number(20, 3).finish();
    case 'tensor':
      return out.bytes(5, attribute.value.proto).number(20, 4).finish();
    case 'floats':
      for (const value of attribute.value) out.float32(7, value);
      return out.number(20, 6).finish();
    case 'ints':
      for (const value of attribute.value) out.number(8, value);
      return out.number(20, 7).finish();
    case 'strings':
      for (const value of attribute.value) out.text(9, value);
      return out.number(20, 8).finish();
  }
}

function encodeValue({ name, type, dims }: ValueInfo): Uint8Array {
  const out = new MessageWriter().text(1, name);
  if (type === undefined) return out.finish();
  const tensor = new MessageWriter().number(1, ELEMENT_NUMBERS[type]);
  if (dims !== undefined) {
    const shape = new MessageWriter();
    for (const dim of dims) {
      const choice = new MessageWriter();
      if (typeof dim === 'number') choice.number(1, dim);
      else if (dim !== null) choice.text(2, dim);
      shape.bytes(1, choice.finish());
    }
    tensor.bytes(2, shape.finish());
  }
  return out.bytes(2, new MessageWriter().bytes(1, tensor.finish()).finish()).finish();
}

/** A graph within a node: the body of a loop. */
export const graphAttribute = (name: string, graph: OnnxGraph): AttributeValue => ({
  kind: 'other',
  value: new MessageWriter().text(1, name).bytes(6, encodeGraph(graph)).number(20, 5).finish(),
});

/** A tensor to be put into a model. */
export function storeTensor(name: string, tensor: Tensor): StoredTensor {
  const out = new MessageWriter();
  for (const dim of tensor.dims) out.number(1, dim);
  out.number(2, ELEMENT_NUMBERS[tensor.type]);
  if (tensor.type === 'string') for (const text of tensor.data) out.text(6, text);
  else out.bytes(9, bytesOf(tensor.data));
  const proto = out.text(8, name).finish();
  return { name, type: tensor.type, dims: tensor.dims, external: false, proto };
}

/** Little-endian, as ONNX wants it and as every machine that Node runs on has it. */
const bytesOf = (data: Exclude<Tensor, { type: 'string' }>['data']): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export const valueInfo = (
  name: string,
  type?: ElementType,
  dims?: readonly (number | string | null)[],
): ValueInfo => ({ name, type, dims });
