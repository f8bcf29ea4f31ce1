import { neededBy } from './captured.ts';
import type { OnnxGraph, OnnxNode } from './onnx.ts';

/** Operators that are not the same in every run. */
const DRAWN = /^(Random|Multinomial|Bernoulli)/;

/** Whether what a node makes follows from constants and sizes alone, where `settled` are the names that do. */
export function isSettled(node: OnnxNode, settled: { has(name: string): boolean }): boolean {
  if (node.domain !== '' || DRAWN.test(node.op)) return false;
  if (node.op === 'Shape' || node.op === 'Size') return true;
  return neededBy(node).every((name) => name === '' || settled.has(name));
}

/** Names of all values that follow from constants and sizes alone. */
export function settledNames({ nodes, initializers }: OnnxGraph): ReadonlySet<string> {
  const settled = new Set(initializers.map(({ name }) => name));
  for (const node of nodes) if (isSettled(node, settled)) for (const name of node.outputs) settled.add(name);
  return settled;
}
