import type { OnnxModel, OnnxNode } from './onnx.ts';

// Where trees branch: TreeEnsembleClassifier and TreeEnsembleRegressor of `ai.onnx.ml`.

/** What leaves the numbers of a row as they are. */
const PASSING = new Set(['Identity', 'Cast', 'Flatten', 'Reshape']);

const numbersIn = (node: OnnxNode, name: string): readonly number[] => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'floats' || attribute?.kind === 'ints' ? attribute.value : [];
};

const modesIn = (node: OnnxNode): readonly string[] => {
  const attribute = node.attributes.get('nodes_modes');
  return attribute?.kind === 'strings' ? attribute.value : [];
};

/**
 * For each feature of a model's rows the thresholds of its trees, ascending, each once; undefined for models without trees,
 * or whose trees see other numbers than the rows have (a scaler before them, say).
 *
 * @param features numbers in a row
 */
export function thresholdsOf({ graph }: OnnxModel, features: number): Float32Array[] | undefined {
  const rows = new Set(graph.inputs.map(({ name }) => name));
  const found = Array.from({ length: features }, () => new Set<number>());
  let trees = 0;
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    if (!rows.has(input)) continue;
    if (PASSING.has(node.op)) for (const output of node.outputs) rows.add(output);
    if (!node.op.startsWith('TreeEnsemble')) continue;
    trees += 1;
    const places = numbersIn(node, 'nodes_featureids');
    const values = numbersIn(node, 'nodes_values');
    const modes = modesIn(node);
    for (const [index, at] of places.entries())
      if (modes[index] !== 'LEAF') found[at]?.add(Math.fround(values[index] ?? 0));
  }
  return trees === 0 ? undefined : found.map((values) => Float32Array.from(values).sort());
}
