import { neededBy } from './captured.ts';
import type { OnnxModel, OnnxNode } from './onnx.ts';
import { Rewriting } from './rewriting.ts';

/**
 * The model with each Relu that only a MaxPool uses behind it: what comes out is the same, and so is the gradient, as Relu keeps the
 * order; but there are fewer numbers to be looked at, forward and back.
 */
export function pooledFirst(model: OnnxModel): OnnxModel {
  const { nodes, outputs } = model.graph;
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap(neededBy), ...outputs.map(({ name }) => name)])
    uses.set(name, (uses.get(name) ?? 0) + 1);
  const relus = new Map<string, OnnxNode>();
  const pools = new Map<OnnxNode, OnnxNode>();
  for (const node of nodes) {
    const [input = ''] = node.inputs;
    const relu = relus.get(input);
    if (isPlain(node, 'Relu')) relus.set(node.outputs[0] ?? '', node);
    if (isPlain(node, 'MaxPool') && relu !== undefined && uses.get(input) === 1) pools.set(node, relu);
  }
  if (pools.size === 0) return model;
  const step = new Rewriting(model);
  const moved = new Set(pools.values());
  for (const node of nodes) {
    if (moved.has(node)) continue;
    const relu = pools.get(node);
    if (relu === undefined) step.keep(node);
    else {
      const made = step.name();
      step.put(node, { inputs: relu.inputs, outputs: [made] });
      step.put(relu, { inputs: [made], outputs: node.outputs });
    }
  }
  return step.model();
}

const isPlain = ({ domain, op, outputs }: OnnxNode, wanted: string): boolean =>
  domain === '' && op === wanted && outputs.length === 1;
