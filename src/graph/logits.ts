import { numbersOf } from '../tensors/tensor.ts';
import { constantOf, tensorOf } from './elements.ts';
import { valueInfo } from './encode.ts';
import { nodeLabel, type OnnxModel, type OnnxNode } from './onnx.ts';
import { prune } from './prune.ts';

/** A classifier up to its logits. */
export interface Logits {
  readonly model: OnnxModel;
  /** Its only output. Where that is one number, it is the logit of the second of two classes; that of the first is zero. */
  readonly output: string;
  /** The nodes that were left out, as people find them. */
  readonly left: readonly string[];
}

const ML = 'ai.onnx.ml';

/**
 * The part of a model before probabilities are made. Where a softmax or a sigmoid is sure of itself, its gradient is zero in
 * single precision: attacks through it fail though the model is as weak as before (Carlini and Wagner, Towards evaluating the
 * robustness of neural networks, 2017, section VI; Athalye, Carlini, Wagner, Obfuscated gradients, 2018). What is left out keeps
 * the order of the classes. Undefined where the output is made in another way.
 */
export function logitsOf(model: OnnxModel, output: string): Logits | undefined {
  const makers = makersOf(model);
  const left: string[] = [];
  const upTo = (model: OnnxModel, name: string): Logits => ({
    model: withOutputs(model, [name]),
    output: name,
    left,
  });
  for (let name = output; ; ) {
    const node = makers.get(name);
    if (node === undefined || node.outputs.indexOf(name) > 1) return undefined;
    left.push(nodeLabel(node));
    const [before = ''] = node.inputs;
    if (keepsOrder(node)) name = before;
    else if (isOf(node, '', 'Softmax', 'LogSoftmax', 'Sigmoid')) return upTo(model, before);
    else if (isOf(node, '', 'Concat')) {
      const single = oneOfTwo(model, node, makers);
      return single === undefined ? undefined : upTo(model, single);
    } else if (isOf(node, ML, 'LinearClassifier') && node.outputs[1] === name) {
      const bare = withoutTransform(node);
      if (bare === undefined) return undefined;
      const nodes = model.graph.nodes.map((one) => (one === node ? bare : one));
      return upTo({ ...model, graph: { ...model.graph, nodes } }, name);
    } else return undefined;
  }
}

/**
 * The model with tables of probabilities by label (`ZipMap`, which scikit-learn's converters write) as the tensors that they are
 * made of.
 */
export function withoutMaps(model: OnnxModel): OnnxModel {
  const makers = makersOf(model);
  const maps = model.graph.nodes.filter((node) => isOf(node, ML, 'ZipMap'));
  if (maps.length === 0) return model;
  const names = model.graph.outputs.map(({ name }) => {
    const made = makers.get(name);
    return made !== undefined && maps.includes(made) ? (made.inputs[0] ?? '') : name;
  });
  return withOutputs(model, [...new Set(names)]);
}

/** The model with some of its values as its outputs, and nothing that they do not need. */
function withOutputs(model: OnnxModel, names: readonly string[]): OnnxModel {
  const known = new Map(model.graph.outputs.map((info) => [info.name, info]));
  return {
    ...model,
    graph: prune(
      model.graph,
      names.map((name) => known.get(name) ?? valueInfo(name)),
    ),
  };
}

const makersOf = ({ graph }: OnnxModel): ReadonlyMap<string, OnnxNode> =>
  new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));

const isOf = (node: OnnxNode, domain: string, ...ops: readonly string[]): boolean =>
  node.domain === domain && ops.includes(node.op);

/** Copies; and the sum of probabilities made one, which changes nothing of what a softmax made. */
function keepsOrder(node: OnnxNode): boolean {
  if (isOf(node, ML, 'Normalizer')) {
    const norm = node.attributes.get('norm');
    return norm?.kind === 'string' && norm.value === 'L1';
  }
  const to = node.attributes.get('to');
  return (
    isOf(node, '', 'Identity') || (isOf(node, '', 'Cast') && to?.kind === 'int' && [1, 11].includes(to.value))
  );
}

/** A linear classifier that gives its scores as they are. One row for two classes becomes two, one the other's opposite. */
function withoutTransform(node: OnnxNode): OnnxNode | undefined {
  const attributes = new Map(node.attributes);
  const transform = attributes.get('post_transform');
  const weights = attributes.get('coefficients');
  const added = attributes.get('intercepts');
  if (transform?.kind !== 'string' || weights?.kind !== 'floats' || added?.kind !== 'floats')
    return undefined;
  attributes.delete('post_transform');
  const bare = { ...node, attributes, proto: undefined };
  if (added.value.length > 1) return ['LOGISTIC', 'SOFTMAX'].includes(transform.value) ? bare : undefined;
  if (transform.value !== 'LOGISTIC') return undefined;
  for (const [name, { value }] of Object.entries({ coefficients: weights, intercepts: added }))
    attributes.set(name, { kind: 'floats', value: [...value.map((one) => -one), ...value] });
  return bare;
}

/** The logit of p, where a node writes 1 − p and p side by side, and p is a sigmoid. */
function oneOfTwo(
  model: OnnxModel,
  { inputs }: OnnxNode,
  makers: ReadonlyMap<string, OnnxNode>,
): string | undefined {
  const [first = '', second = ''] = inputs;
  const rest = makers.get(first);
  const sigmoid = makers.get(second);
  if (inputs.length !== 2 || rest === undefined || sigmoid === undefined) return undefined;
  if (!isOf(rest, '', 'Sub') || rest.inputs[1] !== second || !isOf(sigmoid, '', 'Sigmoid')) return undefined;
  const one = rest.inputs[0] ?? '';
  const stored = model.graph.initializers.find(({ name }) => name === one);
  const maker = makers.get(one);
  const tensor = stored === undefined ? maker && constantOf(maker) : tensorOf(stored);
  const isOne =
    tensor !== undefined && tensor.type !== 'float16' && numbersOf(tensor).every((value) => value === 1);
  return isOne ? sigmoid.inputs[0] : undefined;
}
