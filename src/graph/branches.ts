import { decodeGraph } from './decode.ts';
import type { Facts } from './differentiate.ts';
import { identity, type OnnxGraph, type OnnxModel, type OnnxNode, type StoredTensor } from './onnx.ts';
import { settledNames } from './settled.ts';
import { fieldsOf } from './wire.ts';

const isBranching = ({ domain, op }: OnnxNode) => domain === '' && op === 'If';

export const hasBranches = ({ graph }: OnnxModel): boolean => graph.nodes.some(isBranching);

/**
 * The model with the branch in place of each `If` whose condition follows from constants and sizes alone, as exporters write them
 * for what they do not know of shapes. undefined: there is none. Throws `MalformedModel`.
 */
export function chooseBranches(model: OnnxModel, facts: Facts): OnnxModel | undefined {
  const { graph } = model;
  const settled = settledNames(graph);
  const taken = new Set([
    ...graph.nodes.flatMap(({ outputs }) => outputs),
    ...[...graph.inputs, ...graph.initializers].map(({ name }) => name),
  ]);
  const nodes: OnnxNode[] = [];
  const initializers: StoredTensor[] = [...graph.initializers];
  for (const node of graph.nodes) {
    const [condition = ''] = node.inputs;
    const yes = settled.has(condition) ? facts.get(condition)?.value?.data[0] : undefined;
    const branch =
      isBranching(node) && yes !== undefined
        ? branchOf(node, yes ? 'then_branch' : 'else_branch')
        : undefined;
    const own = branch && [
      ...branch.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== ''),
      ...branch.initializers.map(({ name }) => name),
    ];
    // Names within may stand for something else outside, where the file is not as it should be: then it stays.
    if (branch === undefined || own?.some((name) => taken.has(name))) {
      nodes.push(node);
      continue;
    }
    for (const name of own ?? []) taken.add(name);
    initializers.push(...branch.initializers);
    nodes.push(...branch.nodes);
    for (const [at, { name }] of branch.outputs.entries())
      if (node.outputs[at]) nodes.push(identity(name, node.outputs[at]));
  }
  if (nodes.length === graph.nodes.length && nodes.every((node, at) => node === graph.nodes[at]))
    return undefined;
  return { ...model, graph: { ...graph, nodes, initializers } };
}

/** AttributeProto has its graph in field 6. */
function branchOf(node: OnnxNode, name: string): OnnxGraph | undefined {
  const attribute = node.attributes.get(name);
  if (attribute?.kind !== 'other') return undefined;
  for (const { number, bytes } of fieldsOf(attribute.value)) if (number === 6) return decodeGraph(bytes);
  return undefined;
}
