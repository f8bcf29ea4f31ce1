import { shown } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import type { Field, Message } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';
import { StrangeFields } from '../strange-fields.ts';
import {
  CODE_OPERATORS,
  FILE_OPERATORS,
  isForeign,
  KNOWN_OPERATORS,
  SUSPECT,
} from '../tensorflow-operators.ts';
import { type Attribute, Attributes } from './attributes.ts';
import { type Node, pathInAttributes, Scope } from './paths.ts';
import { TENSORFLOW_RULES as RULES } from './rules.ts';

const PAUSE = 512;
const LONGEST_NAME = 1024;
const MOST_NAMES = 200_000;
const MOST_INPUTS = 64;
const NAME = /^[A-Za-z_.>][\w.>:/\\-]*$/;

/** Walks over SavedModels, meta graphs and graphs, their libraries of functions among them. Throws `Malformed` where it is none. */
export class GraphWalk {
  nodes = 0;
  /** There is a graph in it, or metadata of Keras. */
  isSure = false;
  version = '';
  readonly #part: Part;
  readonly #asked = new Map<string, Field>();
  readonly #functions = new Set<string>();
  /** Nodes whose text is replaced by the place of an asset. */
  readonly #assets = new Set<string>();
  readonly #scopes: Scope[] = [];
  readonly #configs: Field[] = [];
  readonly #attributes: Attributes;
  readonly #strange: StrangeFields | undefined;
  /** Where the fields of the file end: at its end, or where something follows that is none. */
  end = 0;
  #steps = 0;

  /** @param isLenient fields of no schema are passed over, as libraries do, and only nodes that are known make it a graph */
  constructor(part: Part, isLenient = false) {
    this.#part = part;
    this.#attributes = new Attributes(part);
    this.#strange = isLenient ? new StrangeFields(part) : undefined;
  }

  /** The fields of the outermost message. */
  *#root(message: Message): Generator<Field> {
    try {
      for (const field of message.fields()) {
        yield field;
        this.end = field.end;
      }
    } catch (error) {
      if (!(error instanceof Malformed) || this.#strange === undefined || error.at < this.end) throw error;
    }
  }

  /** What should not stand there. */
  #odd(field: Field, what: string): void {
    if (this.#strange === undefined) throw new Malformed(what, field.start);
    this.#strange.add(field);
  }

  async savedModel(message: Message): Promise<void> {
    for (const field of this.#root(message)) {
      if (field.number === 2 && field.wire === 2) await this.#metaGraph(message.inside(field));
      else if (field.number !== 1 || field.wire !== 0) this.#odd(field, 'it is no SavedModel');
    }
  }

  metaGraph(message: Message): Promise<void> {
    return this.#metaGraph(message, this.#root(message));
  }

  async #metaGraph(message: Message, fields: Iterable<Field> = message.fields()): Promise<void> {
    for (const field of fields) {
      const inner = message.inside(field);
      if (field.wire !== 2 || field.number > 7) this.#odd(field, 'it is no meta graph');
      else if (field.number === 1) this.#info(inner);
      else if (field.number === 2) await this.#graph(inner);
      else if (field.number === 4) await this.#collection(inner);
      else if (field.number === 6) this.#asset(inner, field);
      else if (field.number === 7) await this.#objects(inner);
    }
  }

  graph(message: Message): Promise<void> {
    return this.#graph(message, this.#root(message));
  }

  async #graph(message: Message, fields: Iterable<Field> = message.fields()): Promise<void> {
    const scope = this.#scope();
    for (const field of fields) {
      if (field.number === 1 && field.wire === 2) await this.#node(message.inside(field), field, scope);
      else if (field.number === 2 && field.wire === 2) await this.#library(message.inside(field));
      else if (field.number > 5 || (field.number === 3 ? field.wire !== 0 : field.wire !== 2))
        this.#odd(field, 'it is no graph');
    }
  }

  /** What TensorFlow 1 kept beside the graph by name: its assets among it. */
  async #collection(message: Message): Promise<void> {
    for (const field of message.fields()) {
      if (field.number !== 2 || field.wire !== 2) continue;
      const collection = message.inside(field);
      for (const list of collection.fields()) {
        if (list.wire !== 2) continue;
        for (const one of collection.inside(list).fields()) {
          await this.#pause();
          if (one.number !== 1 || one.wire !== 2) continue;
          if (list.number === 2) this.#attributes.keep(one);
          else if (list.number === 5) this.#any(message.inside(one));
        }
      }
    }
  }

  #any(message: Message): void {
    let type = '';
    for (const field of message.fields()) {
      if (field.number === 1 && field.wire === 2) type = message.text(field, LONGEST_NAME);
      if (field.number === 2 && field.wire === 2 && type.endsWith('.AssetFileDef'))
        this.#asset(message.inside(field), field);
    }
  }

  /** `keras_metadata.pb`: configurations of layers. */
  async kerasMetadata(message: Message): Promise<void> {
    for (const field of this.#root(message)) {
      await this.#pause();
      if (field.number !== 1 || field.wire !== 2) {
        this.#odd(field, 'it is no metadata of Keras');
        continue;
      }
      let identifier = '';
      const inner = message.inside(field);
      for (const one of inner.fields()) {
        if (one.number === 4 && one.wire === 2) identifier = inner.text(one, LONGEST_NAME);
        if (one.number === 5 && one.wire === 2) this.#config(inner, one);
        if (one.number > 6) this.#odd(one, 'it is no metadata of Keras');
      }
      if (!/^_?tf_keras_|^_tf_/.test(identifier) && this.#configs.length === 0)
        throw new Malformed('it is no metadata of Keras', field.start);
      this.isSure = true;
    }
  }

  /** `fingerprint.pb`: sums over the parts of a SavedModel. */
  fingerprint(message: Message): void {
    const numbers: number[] = [];
    for (const { number } of message.fields()) if (numbers.push(number) > 7) break;
    if (!/^1,2,3,4(?:,5)?,6(?:,7)?$/.test(numbers.join())) throw new Malformed('it is no fingerprint', 0);
    this.isSure = true;
  }

  /** Says what is wrong, once all names are known, and reads what is inside. */
  async finish(): Promise<void> {
    if (!this.isSure) throw new Malformed('there is no graph in it', 0);
    if (this.#strange !== undefined && !this.#hasKnown())
      throw new Malformed('there is no operator in it', 0);
    for (const [op, at] of this.#asked) this.#operator(op, at);
    for (const scope of this.#scopes)
      for (const { op, path, at } of scope.given(this.#functions, this.#assets)) this.#foreign(op, path, at);
    const { source, inside } = this.#part;
    for (const { start, end } of this.#configs)
      await inside(`(metadata at ${start})`, new Slice(source, start, end), 'json');
    await this.#attributes.readFiles();
    await this.#strange?.tell();
  }

  #hasKnown(): boolean {
    const isKnown = (op: string) =>
      KNOWN_OPERATORS.has(op) || FILE_OPERATORS.has(op) || CODE_OPERATORS.has(op);
    return this.#configs.length > 0 || [...this.#asked.keys()].some(isKnown);
  }

  #pause(): Promise<void> | undefined {
    return ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
  }

  #scope(): Scope {
    const scope = new Scope();
    this.#scopes.push(scope);
    return scope;
  }

  #tell({ start, end }: Field, report: Report): void {
    this.#part.report({ range: { start, end }, ...report });
  }

  #foreign(op: string, path: string, at: Field): void {
    this.#tell(at, {
      rule: RULES.path.id,
      message: `${shown(op, 80)} is given the path ${shown(path, 100)}, which stands in the graph`,
      evidence: { operator: shown(op), path: shown(path, 200) },
    });
  }

  #info(message: Message): void {
    for (const field of message.fields())
      if (field.number === 5 && field.wire === 2) this.version = shown(message.text(field, 64));
  }

  #asset(message: Message, at: Field): void {
    let name = '';
    for (const field of message.fields()) {
      if (field.wire !== 2) continue;
      if (field.number === 2) name = message.text(field);
      if (field.number === 1)
        for (const one of message.inside(field).fields())
          if (one.number === 1 && one.wire === 2) this.#assets.add(nodeOf(message.text(one, LONGEST_NAME)));
    }
    if (isForeign(name))
      this.#tell(at, { rule: RULES.asset.id, message: `an asset is called ${shown(name, 100)}` });
  }

  /** The objects of a SavedModel: before TensorFlow 2.5 Keras's configuration stands among them. */
  async #objects(message: Message): Promise<void> {
    for (const field of message.fields()) {
      await this.#pause();
      if (field.number !== 1 || field.wire !== 2) continue;
      const object = message.inside(field);
      for (const one of object.fields()) {
        if (one.number !== 4 || one.wire !== 2) continue;
        const user = object.inside(one);
        for (const own of user.fields()) if (own.number === 3 && own.wire === 2) this.#config(user, own);
      }
    }
  }

  #config(message: Message, field: Field): void {
    if (/^\s*\{/.test(message.text(field, LONGEST_NAME)) && this.#configs.length < MOST_NAMES)
      this.#configs.push(field);
  }

  async #library(message: Message): Promise<void> {
    for (const field of message.fields()) {
      if (field.wire !== 2 || field.number > 3) this.#odd(field, 'it is no library of functions');
      if (field.wire !== 2 || field.number !== 1) continue;
      const scope = this.#scope();
      const inner = message.inside(field);
      for (const one of inner.fields()) {
        if (one.wire !== 2) this.#odd(one, 'it is no function');
        else if (one.number === 1) this.#signature(inner.inside(one));
        else if (one.number === 3) await this.#node(inner.inside(one), one, scope);
      }
    }
  }

  #signature(message: Message): void {
    for (const field of message.fields())
      if (field.number === 1 && field.wire === 2) this.#functions.add(message.text(field, LONGEST_NAME));
  }

  async #node(message: Message, at: Field, scope: Scope): Promise<void> {
    await this.#pause();
    let name = '';
    let op = '';
    const inputs: string[] = [];
    const attribute: Attribute = { texts: new Map(), functions: [], code: undefined };
    for (const field of message.fields()) {
      if (field.wire !== 2) this.#odd(field, 'it is no node of a graph');
      else if (field.number === 1) name = message.text(field, LONGEST_NAME);
      else if (field.number === 2) op = message.text(field, LONGEST_NAME);
      else if (field.number === 3 && inputs.length < MOST_INPUTS)
        inputs.push(nodeOf(message.text(field, LONGEST_NAME)));
      else if (field.number === 5) await this.#attributes.read(message.inside(field), attribute);
    }
    if (!NAME.test(op) || name === '') {
      this.#odd(at, 'a node has no name or no operator');
      if (!NAME.test(op)) return;
    }
    this.isSure = true;
    this.nodes++;
    this.#ask(op, at);
    // A function may be an operator by its name: it runs where something calls it.
    for (const called of attribute.functions)
      if (FILE_OPERATORS.has(called) || CODE_OPERATORS.has(called)) this.#ask(called, at);
    if (attribute.code !== undefined)
      this.#tell(at, {
        rule: RULES.code.id,
        message: `a compiled function in ${shown(op, 80)} calls back into Python, by ${shown(attribute.code, 60)}`,
        evidence: { operator: shown(op, 200) },
      });
    const node: Node = { name, op, inputs, texts: attribute.texts, at };
    scope.add(node);
    const path = pathInAttributes(node);
    if (path !== undefined) this.#foreign(op, path, at);
  }

  #ask(op: string, at: Field): void {
    if (!this.#asked.has(op) && this.#asked.size < MOST_NAMES) this.#asked.set(op, at);
  }

  #operator(op: string, at: Field): void {
    const evidence = { operator: shown(op, 200) };
    const name = shown(op, 100);
    if (FILE_OPERATORS.has(op))
      this.#tell(at, { rule: RULES.file.id, message: `${name} opens files or connections`, evidence });
    else if (CODE_OPERATORS.has(op))
      this.#tell(at, { rule: RULES.code.id, message: `${name} runs what was not looked at`, evidence });
    else if (KNOWN_OPERATORS.has(op) || this.#functions.has(op)) return;
    else if (SUSPECT.test(op))
      this.#tell(at, {
        rule: RULES.file.id,
        severity: 'medium',
        message: `${name} is not known, and by its name opens files or runs something`,
        evidence,
      });
    else this.#tell(at, { rule: RULES.unknown.id, message: `the operator ${name} is not known`, evidence });
  }
}

/** The node of an input: `^name` waits for it, `name:1` is one of its outputs. */
const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:.*$/s, '');
