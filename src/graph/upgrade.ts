import { type AttributeValue, nodeLabel, type OnnxModel, type OnnxNode } from './onnx.ts';
import { Rewriting } from './rewriting.ts';

/** The version of the standard operators that older models are written in anew. */
export const TARGET_VERSION = 17;
const OLDEST_VERSION = 7;

/** A model is too old to be written in the version that is wanted. */
export class CannotUpgrade extends Error {
  override readonly name = 'CannotUpgrade';
}

/**
 * The model with operators of version 17, where it has older ones: what has been an attribute becomes an input, and what meant
 * something else is written out (https://github.com/onnx/onnx/blob/main/docs/Changelog.md). Models of 17 and later are
 * returned as they are. Throws {@link CannotUpgrade} before version 7, and where nodes hold graphs of their own.
 */
export function upgrade(model: OnnxModel): OnnxModel {
  const version = model.opsets.get('') ?? 1;
  if (version >= TARGET_VERSION) return model;
  const standard = model.graph.nodes.some(({ domain }) => domain === '');
  if (standard && version < OLDEST_VERSION)
    throw new CannotUpgrade(
      `its operators are of version ${version}, and from ${OLDEST_VERSION} on they can be read`,
    );
  if (model.functions.length > 0)
    throw new CannotUpgrade(`its operators are of version ${version}, and it defines functions`);
  const step = new Rewriting(model);
  for (const node of model.graph.nodes) {
    if (node.domain !== '') {
      step.keep(node);
      continue;
    }
    if ([...node.attributes.values()].some(({ kind }) => kind === 'other'))
      throw new CannotUpgrade(
        `${nodeLabel(node)} holds a graph, and its operators are of version ${version}`,
      );
    const rewrite = REWRITES[node.op];
    if (rewrite === undefined) step.keep(node);
    else rewrite(step, node);
  }
  return { ...step.model(), opsets: new Map([...model.opsets, ['', TARGET_VERSION]]) };
}

type Rewrite = (step: Rewriting, node: OnnxNode) => void;

const intsOf = (node: OnnxNode, name: string): readonly number[] | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.value : undefined;
};

const numberOf = (node: OnnxNode, name: string): number | undefined => {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'int' || attribute?.kind === 'float' ? attribute.value : undefined;
};

/** An attribute of whole numbers that became the second input. */
const listToInput =
  (attribute: string, since: number): Rewrite =>
  (step, node) => {
    const values = intsOf(node, attribute);
    if (step.version >= since || values === undefined) return step.keep(node);
    step.put(node, { inputs: [node.inputs[0] ?? '', step.ints(values)] }, [attribute]);
  };

const clip: Rewrite = (step, node) => {
  if (step.version >= 11) return step.keep(node);
  const bound = (name: string) => {
    const value = numberOf(node, name);
    return value === undefined
      ? ''
      : step.constant({ type: 'float32', dims: [], data: Float32Array.of(value) });
  };
  step.put(node, { inputs: [node.inputs[0] ?? '', bound('min'), bound('max')] }, ['min', 'max']);
};

const pad: Rewrite = (step, node) => {
  if (step.version >= 11) return step.keep(node);
  const value = step.constant({
    type: 'float32',
    dims: [],
    data: Float32Array.of(numberOf(node, 'value') ?? 0),
  });
  step.put(node, { inputs: [node.inputs[0] ?? '', step.ints(intsOf(node, 'pads') ?? []), value] }, [
    'pads',
    'value',
  ]);
};

const slice: Rewrite = (step, node) => {
  if (step.version >= 10) return step.keep(node);
  const [starts, ends] = [intsOf(node, 'starts') ?? [], intsOf(node, 'ends') ?? []];
  const axes = intsOf(node, 'axes') ?? starts.map((_, axis) => axis);
  const inputs = [node.inputs[0] ?? '', step.ints(starts), step.ints(ends), step.ints(axes)];
  step.put(node, { inputs }, ['starts', 'ends', 'axes']);
};

const topK: Rewrite = (step, node) => {
  if (step.version >= 10) return step.keep(node);
  step.put(node, { inputs: [node.inputs[0] ?? '', step.ints([numberOf(node, 'k') ?? 1])] }, ['k']);
};

/** In training it would drop; only the first output is of inference. */
const dropout: Rewrite = (step, node) =>
  step.version >= 12 ? step.keep(node) : step.put(node, {}, ['ratio', 'seed']);

/** Other outputs are of training. */
const batchNormalization: Rewrite = (step, node) => {
  if (step.version >= 14) return step.keep(node);
  if (numberOf(node, 'spatial') === 0) throw new CannotUpgrade(`${nodeLabel(node)} is not spatial`);
  step.put(node, { outputs: node.outputs.slice(0, 1) }, ['spatial', 'momentum']);
};

/** Until version 13 all axes from `axis` on were taken as one. */
const flattened: Rewrite = (step, node) => {
  if (step.version >= 13) return step.keep(node);
  const axis: AttributeValue = { kind: 'int', value: numberOf(node, 'axis') ?? 1 };
  const [input = ''] = node.inputs;
  const [flat, made, shape] = [step.name(), step.name(), step.name()];
  const bare = { name: '', attributes: new Map<string, AttributeValue>() };
  step.put(node, { ...bare, op: 'Flatten', outputs: [flat], attributes: new Map([['axis', axis]]) });
  step.put(node, {
    inputs: [flat],
    outputs: [made],
    attributes: new Map([['axis', { kind: 'int', value: -1 }]]),
  });
  step.put(node, { ...bare, op: 'Shape', inputs: [input], outputs: [shape] });
  step.put(node, { ...bare, op: 'Reshape', inputs: [made, shape], outputs: node.outputs });
};

/** The first ways to enlarge: places are mapped by a factor alone, and the nearest is the one before. */
const enlarged: Rewrite = (step, node) => {
  if (node.op === 'Resize' && step.version >= 11) return step.keep(node);
  const scales = node.attributes.get('scales');
  const given =
    scales?.kind === 'floats'
      ? step.constant({ type: 'float32', dims: [scales.value.length], data: Float32Array.from(scales.value) })
      : (node.inputs[1] ?? '');
  const mode = node.attributes.get('mode');
  step.put(node, {
    op: 'Resize',
    inputs: [node.inputs[0] ?? '', '', given],
    attributes: new Map([
      ['mode', mode?.kind === 'string' ? mode : { kind: 'string', value: 'nearest' }],
      ['coordinate_transformation_mode', { kind: 'string', value: 'asymmetric' }],
      ['nearest_mode', { kind: 'string', value: 'floor' }],
    ]),
  });
};

const REWRITES: Readonly<Record<string, Rewrite>> = {
  BatchNormalization: batchNormalization,
  Clip: clip,
  Dropout: dropout,
  Hardmax: flattened,
  LogSoftmax: flattened,
  Pad: pad,
  ReduceSum: listToInput('axes', 13),
  Resize: enlarged,
  Scatter: (step, node) => step.put(node, { op: 'ScatterElements' }),
  Slice: slice,
  Softmax: flattened,
  Split: listToInput('split', 13),
  Squeeze: listToInput('axes', 13),
  TopK: topK,
  Unsqueeze: listToInput('axes', 13),
  Upsample: enlarged,
};
