import type { ElementType, Tensor } from '../tensors/tensor.ts';
import { capturedBy, neededBy } from './captured.ts';
import { constantOf, tensorOf } from './elements.ts';
import { Emitter, int, isReal, type Value } from './emitter.ts';
import { valueInfo } from './encode.ts';
import { givenInputs, identity, nodeLabel, type OnnxModel, type OnnxNode, type ValueInfo } from './onnx.ts';
import { prune, reaching } from './prune.ts';
import type { RealValue, Rule, Step } from './rule.ts';
import { RULES } from './rules/index.ts';
import { isSettled } from './settled.ts';

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
  {
    readonly type: ElementType;
    readonly dims: readonly (number | null)[];
    /** Its elements, where they are few and were the same in every run. */
    readonly value?: Tensor | undefined;
  }
>;

export interface DifferentiateOptions {
  /** The output whose gradient is taken; default: the first of real numbers. */
  readonly output?: string | undefined;
  /** Inputs and initializers by name; default: all inputs of real numbers. */
  readonly wanted?: readonly string[] | undefined;
  /**
   * `log-odds`: the gradient is that of the log-odds against the target, ln Σ_{k≠y} e^{z_k} − z_y of the output as logits, and
   * what is given is not its cotangent but the target: one at the class, zero elsewhere. It is the gradient of the
   * cross-entropy but for the factor 1 − p_y, which vanishes where the model is sure. So one run does for a step of an attack.
   */
  readonly loss?: 'log-odds' | undefined;
  /**
   * Rounding and quantisation are passed as if they were not there (the straight-through estimator: Bengio, Léonard,
   * Courville, 2013), instead of being listed as flat.
   */
  readonly straightThrough?: boolean | undefined;
}

/** A model that gives what the first gave, and gradients. */
export interface Derivative {
  readonly model: OnnxModel;
  /** The output that is differentiated. */
  readonly output: string;
  /** The extra input, in the shape of `output`: the gradient of a loss with respect to it, or the target of a loss. */
  readonly cotangent: string;
  /** Names of outputs that hold gradients, in the shape of what they are of, by its name. */
  readonly gradients: ReadonlyMap<string, string>;
  /** Nodes on the way at which the gradient is zero almost everywhere, as they round or choose: gradients say little there. */
  readonly flat: readonly string[];
}

/** Operators whose real outputs are steps: their gradient is zero wherever it exists. */
const FLAT = new Set([
  '/Ceil',
  '/EyeLike',
  '/Floor',
  '/Hardmax',
  '/OneHot',
  '/RandomNormalLike',
  '/RandomUniformLike',
  '/Round',
  '/Sign',
  'ai.onnx.ml/Binarizer',
  'ai.onnx.ml/OneHotEncoder',
]);

/** What may be passed straight through: the first input is taken for the output. */
const STRAIGHT = new Set(['Ceil', 'Floor', 'Round', 'QuantizeLinear', 'DequantizeLinear']);

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
  readonly #options: DifferentiateOptions;

  constructor(model: OnnxModel, facts: Facts, options: DifferentiateOptions) {
    const { graph } = model;
    if ((model.opsets.get('') ?? 1) < 17)
      throw new NotDifferentiable('its operators are of a version before 17', []);
    this.#model = model;
    this.#facts = facts;
    this.#options = options;
    this.#nodes = [...graph.nodes];
    const names = [
      ...graph.nodes.flatMap((node) => [...neededBy(node), ...node.outputs]),
      ...[...graph.inputs, ...graph.outputs, ...graph.initializers].map(({ name }) => name),
    ];
    this.#emit = new Emitter(names, model.opsets.get('') ?? 1);
    for (const stored of graph.initializers)
      this.#constants.set(stored.name, () => (stored.external ? undefined : tensorOf(stored)));
    for (const node of graph.nodes) this.#learn(node);
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
    const given = this.#emit.name('cotangent');
    this.#arrived.set(this.#output.name, [this.#cotangent(given)]);
    const active = this.#active();
    const reached = reaching(this.#nodes, [this.#output.name]);
    for (let index = this.#nodes.length - 1; index >= 0; index--) this.#back(index, active, reached);
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
    const output = graph.outputs.find((output) => output.name === name) ?? valueInfo(name, type);
    const whole = {
      ...graph,
      nodes: [...this.#nodes, ...this.#emit.nodes],
      initializers: [...graph.initializers, ...this.#emit.initializers],
      inputs: [...graph.inputs, valueInfo(given, type, output.dims ?? dims)],
    };
    return {
      model: { ...this.#model, graph: prune(whole, [output, ...made]) },
      output: name,
      cotangent: given,
      gradients,
      flat: this.#flat,
    };
  }

  /** What the gradient of the output starts from. */
  #cotangent(given: string): string {
    if (this.#options.loss === undefined) return given;
    const { name, dims, type } = this.#output;
    const right = this.#emit.op('Greater', [given, this.#emit.number(0, type)]);
    const others = this.#emit.op('Where', [right, this.#emit.number(Number.NEGATIVE_INFINITY, type), name]);
    const likely = this.#emit.op('Softmax', [others], { axis: int(dims.length - 1) });
    return this.#emit.op('Sub', [likely, given]);
  }

  /** Remembers what a node makes, where it follows from constants and sizes alone. */
  #learn(node: OnnxNode): void {
    const [output = ''] = node.outputs;
    if (node.op === 'Constant') this.#constants.set(output, () => constantOf(node));
    else if (isSettled(node, this.#constants))
      for (const name of node.outputs) this.#constants.set(name, () => this.#facts.get(name)?.value);
  }

  #isStraight({ domain, op }: OnnxNode): boolean {
    return this.#options.straightThrough === true && domain === '' && STRAIGHT.has(op);
  }

  /** Values that depend on what is wanted, by real numbers all the way. Of sequences nothing is known: they may hold such. */
  #active(): ReadonlySet<string> {
    const active = new Set(this.#wanted.map(({ name }) => name));
    for (const node of this.#nodes)
      if (neededBy(node).some((name) => active.has(name)))
        for (const name of node.outputs)
          if (
            name !== '' &&
            (isReal(this.#facts.get(name)?.type ?? 'float32') ||
              (this.#isStraight(node) && node.inputs[0] !== undefined))
          )
            active.add(name);
    return active;
  }

  #back(index: number, active: ReadonlySet<string>, reached: ReadonlySet<string>): void {
    const node = this.#nodes[index] as OnnxNode;
    const wants = (input: number) => active.has(node.inputs[input] ?? '');
    const captures = capturedBy(node).some((name) => active.has(name));
    if (!captures && !node.inputs.some((_, input) => wants(input))) return;
    if (!node.outputs.some((name) => this.#arrived.has(name))) {
      if (this.#isCounted(node, reached)) this.#flat.push(nodeLabel(node));
      return;
    }
    if (this.#isStraight(node)) {
      this.#arrive(node, 0, this.#sum(node.outputs[0] ?? '') ?? null);
      return;
    }
    if (FLAT.has(`${node.domain}/${node.op}`)) {
      this.#flat.push(nodeLabel(node));
      return;
    }
    const rule = captures ? undefined : RULE_OF.get(`${node.domain}/${node.op}`);
    if (
      rule === undefined ||
      this.#model.functions.some(({ domain, name }) => domain === node.domain && name === node.op)
    ) {
      this.#missing.push(nodeLabel(node));
      return;
    }
    for (const [input, gradient] of this.#gradients(rule, index, wants).entries())
      if (wants(input)) this.#arrive(node, input, gradient);
  }

  #arrive(node: OnnxNode, input: number, gradient: string | null): void {
    const name = node.inputs[input];
    if (gradient === null || name === undefined) return;
    const arrived = this.#arrived.get(name);
    if (arrived === undefined) this.#arrived.set(name, [gradient]);
    else arrived.push(gradient);
  }

  /** Whether the output hangs on whole numbers that the node makes of real ones: no gradient passes there. */
  #isCounted(node: OnnxNode, reached: ReadonlySet<string>): boolean {
    if (node.op === 'Shape' || node.op === 'Size') return false;
    return node.outputs.some((name) => reached.has(name) && /int/.test(this.#facts.get(name)?.type ?? ''));
  }

  #gradients(rule: Rule, index: number, wants: Step['wants']): readonly (string | null)[] {
    const node = this.#nodes[index] as OnnxNode;
    const cotangents = node.outputs.map((name) => (name === '' ? undefined : this.#sum(name)));
    if (rule.several !== true && cotangents.slice(1).some((one) => one !== undefined))
      throw new NotDifferentiable(`${nodeLabel(node)}: more than its first output is used`, [
        nodeLabel(node),
      ]);
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
    return { name, type: fact.type, dims: fact.dims };
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
