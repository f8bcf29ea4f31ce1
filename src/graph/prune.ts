import { neededBy } from './captured.ts';
import type { OnnxGraph, OnnxNode, ValueInfo } from './onnx.ts';

/** Names of all that some values are made of, themselves included. */
export function reaching(nodes: readonly OnnxNode[], values: Iterable<string>): Set<string> {
  const reached = new Set(values);
  for (const node of nodes.toReversed())
    if (node.outputs.some((name) => name !== '' && reached.has(name)))
      for (const name of neededBy(node)) reached.add(name);
  return reached;
}

/** The graph with these outputs, and without what they do not need. What callers give stays, needed or not. */
export function prune(graph: OnnxGraph, outputs: readonly ValueInfo[]): OnnxGraph {
  const reached = reaching(
    graph.nodes,
    outputs.map(({ name }) => name),
  );
  const initial = new Set(graph.initializers.map(({ name }) => name));
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => node.outputs.some((name) => name !== '' && reached.has(name))),
    initializers: graph.initializers.filter(({ name }) => reached.has(name)),
    inputs: graph.inputs.filter(({ name }) => !initial.has(name) || reached.has(name)),
    outputs,
  };
}
