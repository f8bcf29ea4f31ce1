import { givenInputs, type OnnxModel } from './onnx.ts';

/** Operators of trees (ai.onnx.ml) whose nodes compare one feature with one number each. */
const TREES: ReadonlySet<string> = new Set(['TreeEnsembleClassifier', 'TreeEnsembleRegressor']);

/**
 * Where the answers of trees may change: for each feature the numbers that it is compared with, ascending. undefined where
 * there are no trees, or where they are given something else than the input of the model.
 */
export function treeThresholds({ graph }: OnnxModel, features: number): Float32Array[] | undefined {
  const [input] = givenInputs(graph);
  const trees = graph.nodes.filter(({ domain, op }) => domain === 'ai.onnx.ml' && TREES.has(op));
  if (trees.length === 0 || trees.some(({ inputs }) => inputs[0] !== input?.name)) return undefined;
  const found = Array.from({ length: features }, () => new Set<number>());
  for (const { attributes } of trees) {
    const [ids, values, modes] = ['nodes_featureids', 'nodes_values', 'nodes_modes'].map((name) =>
      attributes.get(name),
    );
    if (ids?.kind !== 'ints' || values?.kind !== 'floats' || modes?.kind !== 'strings') return undefined;
    for (const [node, feature] of ids.value.entries())
      if (modes.value[node] !== 'LEAF') found[feature]?.add(values.value[node] ?? 0);
  }
  return found.map((values) => Float32Array.from(values).sort());
}
