import { neededBy } from './captured.ts';
import type { OnnxModel, OnnxNode } from './onnx.ts';

/**
 * The model with each node behind those that it needs, as ONNX wants it and the runtime does not insist on. Where nodes need each
 * other in a ring, they stay as they are: the runtime refuses them.
 */
export function ordered(model: OnnxModel): OnnxModel {
  const { nodes } = model.graph;
  const makers = new Map<string, number>();
  for (const [at, { outputs }] of nodes.entries()) for (const name of outputs) makers.set(name, at);
  const needs = nodes.map((node) => [...new Set(neededBy(node))].flatMap((name) => makers.get(name) ?? []));
  if (needs.every((some, at) => some.every((maker) => maker < at))) return model;
  const waits = needs.map(({ length }) => length);
  const users = nodes.map((): number[] => []);
  for (const [at, some] of needs.entries()) for (const maker of some) users[maker]?.push(at);
  const ready = [...nodes.keys()].filter((at) => waits[at] === 0);
  const sorted: OnnxNode[] = [];
  for (const at of ready) {
    sorted.push(nodes[at] as OnnxNode);
    for (const user of users[at] ?? []) {
      const left = (waits[user] ?? 0) - 1;
      waits[user] = left;
      if (left === 0) ready.push(user);
    }
  }
  return sorted.length === nodes.length ? { ...model, graph: { ...model.graph, nodes: sorted } } : model;
}
