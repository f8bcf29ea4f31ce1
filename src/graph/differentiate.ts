import type { ElementType, Tensor } from '../tensors/tensor.ts';
import { constantOf, tensorOf } from './elements.ts';
import { Emitter, isReal, type Value } from './emitter.ts';
import { valueInfo } from './encode.ts';
import { givenInputs, nodeLabel, type OnnxModel, type OnnxNode, type ValueInfo } from './onnx.ts';
import type { RealValue, Rule, Step } from './rule.ts';
import { RULES } from './rules/index.ts';

/** A gradient cannot be had. `nodes` are all that stand in the way, as people find them in the model. */
export class NotDifferentiable extends Error {
  override readonly name = 'NotDifferentiable';
  readonly nodes: readonly string[];
  constructor(message: string, nodes: readonly string[]) {
    super(message);
    this.nodes = nodes;
  }
}

/** What the values of a graph are, by name, as the runtime found when it ran it. */
export type Facts = ReadonlyMap<
  string,
  { readonly type: ElementType; readonly dims: readonly (number | null)[] }
>;

export interface DifferentiateOptions {
  /** The output whose gradient is taken; default: the first of real numbers. */
  readonly output?: string | undefined;
  /** Inputs and initializers by name; default: all inputs of real numbers. */
  readonly wanted?: readonly string[] | undefined;
}

/** A model that gives what the first gave, and gradients. */
export interface Derivative {
  readonly model: OnnxModel;
  /** The output that is differentiated. */
  readonly output: string;
  /** The extra input: the gradient of a loss with respect to `output`, in its shape. */
  readonly cotangent: string;
  /** Names of outputs that hold gradients, in the shape of what they are of, by its name. */
  readonly gradients: ReadonlyMap<string, string>;
  /** Nodes on the way at which the gradient is zero almost everywhere, as they round or choose: gradients say little there. */
  readonly flat: readonly string[];
}

/** Operators whose real outputs are steps: their gradient is zero wherever it exists. */
const FLAT = new Set([
  'Ceil',
  'Floor',
  'Round',
  'Sign',
  'OneHot',
  'Binarizer',
  'RandomUniformLike',
  'RandomNormalLike',
]);

const RULE_OF = new Map(RULES.map((rule) => [`${rule.domain ?? ''}/${rule.op}`, rule]));

/**
 * Reverse-mode differentiation from graph to graph: vector–Jacobian products (Griewank and Walther, Evaluating Derivatives,
 * 2008, section 3.3). The loss stays outside: only its gradient with respect to the output is given, so one graph serves
 * every loss. The model's operators must be of version 17 or later (`upgrade`). Throws {@link NotDifferentiable}.
 */
export function differentiate(
  model: OnnxModel,
  facts: Facts,
  options: DifferentiateOptions = {},
): Derivative {
  const tape = new Tape(model, facts, options);
  return tape.derivative();
}

class Tape {
  readonly #model: OnnxModel;
  readonly #facts: Facts;
  readonly #output: RealValue;
  readonly #wanted: readonly RealValue[];
  readonly #nodes: OnnxNode[];
  readonly #emit: Emitter;
  readonly #constants = new Map<string, () => Tensor | undefined>();
  /** Gradients that have come to a value so far; they are added up when its maker is reached. */
  readonly #arrived = new Map<string, string[]>();
  readonly #flat: string[] = [];
  readonly #missing: string[] = [];

  constructor(model: OnnxModel, facts: Facts, options: DifferentiateOptions) {
    const { graph } = model;
    if ((model.opsets.get('') ?? 1) < 17)
      throw new NotDifferentiable('its operators are of a version before 17', []);
    this.#model = model;
    this.#facts = facts;
    this.#nodes = [...graph.nodes];
    const names = [
      ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
      ...[...graph.inputs, ...graph.outputs, ...graph.initializers].map(({ name }) => name),
    ];
    this.#emit = new Emitter(names, model.opsets.get('') ?? 1);
    for (const stored of graph.initializers)
      this.#constants.set(stored.name, () => (stored.external ? undefined : tensorOf(stored)));
    for (const node of graph.nodes)
      if (node.op === 'Constant') this.#constants.set(node.outputs[0] ?? '', () => constantOf(node));
    const outputs = graph.outputs.map(({ name }) => name);
    const output =
      options.output ??
      outputs.find((name) => isReal(this.#facts.get(name)?.type ?? 'string')) ??
      outputs[0] ??
      '';
    if (!outputs.includes(output)) throw new NotDifferentiable(`the model has no output “${output}”`, []);
    this.#output = this.#real(output);
    const given = givenInputs(graph).map(({ name }) => name);
    const wanted = options.wanted ?? given.filter((name) => isReal(this.#facts.get(name)?.type ?? 'string'));
    if (wanted.length === 0) throw new NotDifferentiable('no input of the model is of real numbers', []);
    this.#wanted = wanted.map((name) => this.#real(name));
  }

  derivative(): Derivative {
    const { graph } = this.#model;
    const cotangent = this.#emit.name('cotangent');
    this.#arrived.set(this.#output.name, [cotangent]);
    const active = this.#active();
    for (let index = this.#nodes.length - 1; index >= 0; index--) this.#back(index, active);
    if (this.#missing.length > 0)
      throw new NotDifferentiable(
        `there is no rule for ${this.#missing.slice(0, 8).join(', ')}${this.#missing.length > 8 ? ' and others' : ''}`,
        this.#missing,
      );
    const gradients = new Map<string, string>();
    const made: ValueInfo[] = [];
    for (const value of this.#wanted) {
      const gradient = this.#emit.name(`gradient/${value.name}`);
      const sum = this.#sum(value.name) ?? this.#emit.zeros(value);
      // Always a node of its own: two outputs may not share a name, nor be an input.
      this.#emit.nodes.push(identity(sum, gradient));
      gradients.set(value.name, gradient);
      made.push(valueInfo(gradient, value.type));
    }
    const { name, type, dims } = this.#output;
    const declared = graph.outputs.find((output) => output.name === name)?.dims;
    return {
      model: {
        ...this.#model,
        graph: {
          ...graph,
          nodes: [...this.#nodes, ...this.#emit.nodes],
          initializers: [...graph.initializers, ...this.#emit.initializers],
          inputs: [...graph.inputs, valueInfo(cotangent, type, declared ?? dims)],
          outputs: [...graph.outputs, ...made],
        },
      },
      output: name,
      cotangent,
      gradients,
      flat: this.#flat,
    };
  }

  /** Values that depend on what is wanted, by real numbers all the way. */
  #active(): ReadonlySet<string> {
    const active = new Set(this.#wanted.map(({ name }) => name));
    for (const { inputs, outputs } of this.#nodes)
      if (inputs.some((name) => active.has(name)))
        for (const name of outputs)
          if (name !== '' && isReal(this.#facts.get(name)?.type ?? 'string')) active.add(name);
    return active;
  }

  #back(index: number, active: ReadonlySet<string>): void {
    const node = this.#nodes[index] as OnnxNode;
    const wants = (input: number) => active.has(node.inputs[input] ?? '');
    if (!node.inputs.some((_, input) => wants(input))) return;
    if (!node.outputs.some((name) => this.#arrived.has(name))) return;
    if (node.domain === '' && FLAT.has(node.op)) {
      this.#flat.push(nodeLabel(node));
      return;
    }
    const rule = RULE_OF.get(`${node.domain}/${node.op}`);
    if (rule === undefined || this.#model.functions.includes(`${node.domain}/${node.op}`)) {
      this.#missing.push(nodeLabel(node));
      return;
    }
    for (const [input, gradient] of this.#gradients(rule, index, wants).entries()) {
      const name = node.inputs[input];
      if (gradient === null || name === undefined || !wants(input)) continue;
      const arrived = this.#arrived.get(name);
      if (arrived === undefined) this.#arrived.set(name, [gradient]);
      else arrived.push(gradient);
    }
  }

  #gradients(rule: Rule, index: number, wants: Step['wants']): readonly (string | null)[] {
    const node = this.#nodes[index] as OnnxNode;
    const cotangents = node.outputs.map((name) => (name === '' ? undefined : this.#sum(name)));
    const attribute = (name: string, kind: string) => {
      const found = node.attributes.get(name);
      if (found !== undefined && found.kind !== kind)
        return step.refuse(`its attribute ${name} is no ${kind}`);
      return found;
    };
    const step: Step = {
      node,
      emit: this.#emit,
      cotangents,
      input: (input) => this.#value(node.inputs[input] ?? '', node),
      has: (input) => (node.inputs[input] ?? '') !== '',
      output: (output) => this.#value(node.outputs[output] ?? '', node),
      extra: (output) => this.#extra(index, output),
      get cotangent() {
        return cotangents[0] ?? step.refuse('nothing depends on its first output');
      },
      wants,
      constant: (input) => this.#constants.get(node.inputs[input] ?? '')?.(),
      int: (name, otherwise) => (attribute(name, 'int')?.value as number | undefined) ?? otherwise,
      ints: (name) => attribute(name, 'ints')?.value as readonly number[] | undefined,
      floats: (name) => attribute(name, 'floats')?.value as readonly number[] | undefined,
      float: (name, otherwise) => (attribute(name, 'float')?.value as number | undefined) ?? otherwise,
      word: (name, otherwise) => (attribute(name, 'string')?.value as string | undefined) ?? otherwise,
      refuse: (why) => {
        throw new NotDifferentiable(`${nodeLabel(node)}: ${why}`, [nodeLabel(node)]);
      },
    };
    return rule.backward(step);
  }

  /** The gradient of a value: what has arrived, added up once. */
  #sum(name: string): string | undefined {
    const arrived = this.#arrived.get(name);
    if (arrived === undefined) return undefined;
    const [only] = arrived;
    const sum = arrived.length === 1 && only !== undefined ? only : this.#emit.op('Sum', arrived);
    this.#arrived.set(name, [sum]);
    return sum;
  }

  #value(name: string, node?: OnnxNode): Value {
    const fact = this.#facts.get(name);
    if (fact === undefined)
      throw new NotDifferentiable(
        `nothing is known of the value “${name}”${node === undefined ? '' : ` of ${nodeLabel(node)}`}`,
        node === undefined ? [] : [nodeLabel(node)],
      );
    return { name, ...fact };
  }

  #real(name: string): RealValue {
    const value = this.#value(name);
    const { type } = value;
    if (!isReal(type)) throw new NotDifferentiable(`“${name}” is of ${type}, which has no gradient`, []);
    return { ...value, type };
  }

  #extra(index: number, output: number): string {
    const node = this.#nodes[index] as OnnxNode;
    const known = node.outputs[output] ?? '';
    if (known !== '') return known;
    const made = this.#emit.name(`gradient/${node.op}`);
    const outputs = Array.from({ length: Math.max(node.outputs.length, output + 1) }, (_, at) =>
      at === output ? made : (node.outputs[at] ?? ''),
    );
    this.#nodes[index] = { ...node, outputs, proto: undefined };
    return made;
  }
}

const identity = (from: string, to: string): OnnxNode => ({
  op: 'Identity',
  domain: '',
  name: '',
  inputs: [from],
  outputs: [to],
  attributes: new Map(),
});
