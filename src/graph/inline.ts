import { type AttributeValue, identity, type OnnxFunction, type OnnxModel, type OnnxNode } from './onnx.ts';
import { Rewriting } from './rewriting.ts';
import { MalformedModel } from './wire.ts';

/** Functions that call functions, and nodes in all: more is meant to fill the memory. */
const DEEPEST = 32;
const MOST_NODES = 1_000_000;

/**
 * The model with the bodies of its own functions in place of calls. Calls stay where a body holds a graph, or means other
 * versions of operators than the model. Throws {@link MalformedModel} where functions call themselves.
 */
export function inline(model: OnnxModel): OnnxModel {
  if (model.functions.length === 0) return model;
  const functions = new Map(model.functions.map((made) => [`${made.domain}/${made.name}`, made]));
  const step = new Rewriting(model);
  const kept = new Set<OnnxFunction>();
  const write = (node: OnnxNode, depth: number): void => {
    if (depth > DEEPEST || step.size > MOST_NODES)
      throw new MalformedModel('the functions of the model call each other without end');
    const body = functions.get(`${node.domain}/${node.op}`);
    if (body === undefined) step.keep(node);
    else if (!isPlain(body, model)) {
      // What it calls in turn must stay as well.
      for (const made of model.functions) kept.add(made);
      step.keep(node);
    } else for (const part of bodyOf(body, node, step)) write(part, depth + 1);
  };
  for (const node of model.graph.nodes) write(node, 0);
  return { ...step.model(), functions: [...kept] };
}

const isPlain = ({ nodes, opsets }: OnnxFunction, model: OnnxModel): boolean =>
  nodes.every((node) => [...node.attributes.values()].every(({ kind }) => kind !== 'other')) &&
  [...opsets].every(([domain, version]) => (model.opsets.get(domain) ?? version) === version);

/** The nodes of a function, with the names of a call. */
function bodyOf(body: OnnxFunction, call: OnnxNode, step: Rewriting): OnnxNode[] {
  const names = new Map<string, string>([['', '']]);
  for (const [index, name] of body.inputs.entries()) names.set(name, call.inputs[index] ?? '');
  const given = new Set(body.inputs);
  const passed: OnnxNode[] = [];
  for (const [index, name] of body.outputs.entries()) {
    const output = call.outputs[index] ?? '';
    if (output === '') continue;
    if (given.has(name) || names.has(name)) passed.push(identity(names.get(name) ?? '', output));
    else names.set(name, output);
  }
  const named = (name: string): string => {
    const known = names.get(name) ?? step.name();
    names.set(name, known);
    return known;
  };
  const nodes = body.nodes.map((node) => ({
    ...node,
    name: node.name === '' ? '' : `${call.name}/${node.name}`,
    inputs: node.inputs.map(named),
    outputs: node.outputs.map(named),
    attributes: resolved(node, body, call),
    proto: undefined,
  }));
  return [...nodes, ...passed];
}

/** Attributes that refer to those of the call get their values; what the call leaves out, and has no default, is not there. */
function resolved(node: OnnxNode, body: OnnxFunction, call: OnnxNode): Map<string, AttributeValue> {
  const found = new Map<string, AttributeValue>();
  for (const [name, attribute] of node.attributes) {
    if (attribute.kind !== 'reference') found.set(name, attribute);
    else {
      const value = call.attributes.get(attribute.value) ?? body.defaults.get(attribute.value);
      if (value !== undefined) found.set(name, value);
    }
  }
  return found;
}
