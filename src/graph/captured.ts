import type { OnnxNode } from './onnx.ts';
import { fieldsOf, MalformedModel, textOf } from './wire.ts';

/** Graphs within graphs; nobody writes more. */
const DEEPEST = 32;

/**
 * Names that the graphs within a node use: bodies of loops and branches take what they need from around them, without it being an
 * input of the node. Names of the bodies' own values are among them. Throws {@link MalformedModel}.
 */
export function capturedBy(node: OnnxNode): string[] {
  const names: string[] = [];
  for (const attribute of node.attributes.values())
    if (attribute.kind === 'other') attributeNames(attribute.value, names, 0);
  return names;
}

/** All that a node needs to run. */
export const neededBy = (node: OnnxNode): string[] => [...node.inputs, ...capturedBy(node)];

// Field numbers: AttributeProto has graphs in 6 and 11, GraphProto nodes in 1 and outputs in 12, NodeProto inputs in 1 and
// attributes in 5.

function attributeNames(bytes: Uint8Array, names: string[], depth: number): void {
  if (depth > DEEPEST) throw new MalformedModel('graphs lie too deep within each other');
  for (const { number, bytes: graph } of fieldsOf(bytes))
    if (number === 6 || number === 11)
      for (const field of fieldsOf(graph)) {
        if (field.number === 1) nodeNames(field.bytes, names, depth);
        if (field.number === 12)
          for (const part of fieldsOf(field.bytes)) if (part.number === 1) names.push(textOf(part.bytes));
      }
}

function nodeNames(bytes: Uint8Array, names: string[], depth: number): void {
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) names.push(textOf(field.bytes));
    if (field.number === 5) attributeNames(field.bytes, names, depth + 1);
  }
}
