import { shown } from '../../findings/finding.ts';
import type { Part, Report } from '../format.ts';
import type { Field, Message } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';
import { CODE_OPERATORS, FILE_OPERATORS, KNOWN_OPERATORS, SUSPECT } from '../tensorflow-operators.ts';
import { isForeign, type Node, pathInAttributes, Scope } from './paths.ts';
import { TENSORFLOW_RULES as RULES } from './rules.ts';

const DEEPEST = 64;
const PAUSE = 512;
const LONGEST_NAME = 1024;
const LONGEST_TEXT = 1 << 16;
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
  #steps = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  async savedModel(message: Message): Promise<void> {
    for (const field of message.fields()) {
      if (field.number === 2 && field.wire === 2) await this.metaGraph(message.inside(field));
      else if (field.number !== 1 || field.wire !== 0)
        throw new Malformed('it is no SavedModel', field.start);
    }
  }

  async metaGraph(message: Message): Promise<void> {
    for (const field of message.fields()) {
      if (field.wire !== 2) throw new Malformed('it is no meta graph', field.start);
      const inner = message.inside(field);
      if (field.number === 1) this.#info(inner);
      else if (field.number === 2) await this.graph(inner);
      else if (field.number === 6) this.#asset(inner, field);
      else if (field.number === 7) await this.#objects(inner);
      else if (field.number > 7) throw new Malformed('it is no meta graph', field.start);
    }
  }

  async graph(message: Message): Promise<void> {
    const scope = this.#scope();
    for (const field of message.fields()) {
      if (field.number === 1 && field.wire === 2) await this.#node(message.inside(field), field, scope);
      else if (field.number === 2 && field.wire === 2) await this.#library(message.inside(field));
      else if (field.number > 5 || (field.number === 3 ? field.wire !== 0 : field.wire !== 2))
        throw new Malformed('it is no graph', field.start);
    }
  }

  /** `keras_metadata.pb`: configurations of layers. */
  async kerasMetadata(message: Message): Promise<void> {
    for (const field of message.fields()) {
      await this.#pause();
      if (field.number !== 1 || field.wire !== 2)
        throw new Malformed('it is no metadata of Keras', field.start);
      let identifier = '';
      const inner = message.inside(field);
      for (const one of inner.fields()) {
        if (one.number === 4 && one.wire === 2) identifier = inner.text(one, LONGEST_NAME);
        if (one.number === 5 && one.wire === 2) this.#config(inner, one);
        if (one.number > 6) throw new Malformed('it is no metadata of Keras', one.start);
      }
      if (!/^_?tf_keras_|^_tf_/.test(identifier))
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
    for (const [op, at] of this.#asked) this.#operator(op, at);
    for (const scope of this.#scopes)
      for (const { op, path, at } of scope.given(this.#functions, this.#assets)) this.#foreign(op, path, at);
    const { source, inside } = this.#part;
    for (const { start, end } of this.#configs)
      await inside(`(metadata at ${start})`, new Slice(source, start, end), 'json');
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
    if (message.bytes(field, 1)[0] === 0x7b && this.#configs.length < MOST_NAMES) this.#configs.push(field);
  }

  async #library(message: Message): Promise<void> {
    for (const field of message.fields()) {
      if (field.wire !== 2 || field.number > 3)
        throw new Malformed('it is no library of functions', field.start);
      if (field.number !== 1) continue;
      const scope = this.#scope();
      const inner = message.inside(field);
      for (const one of inner.fields()) {
        if (one.wire !== 2) throw new Malformed('it is no function', one.start);
        if (one.number === 1) this.#signature(inner.inside(one));
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
    const texts = new Map<string, string[]>();
    for (const field of message.fields()) {
      if (field.wire !== 2) throw new Malformed('it is no node of a graph', field.start);
      if (field.number === 1) name = message.text(field, LONGEST_NAME);
      else if (field.number === 2) op = message.text(field, LONGEST_NAME);
      else if (field.number === 3 && inputs.length < MOST_INPUTS)
        inputs.push(nodeOf(message.text(field, LONGEST_NAME)));
      else if (field.number === 5) await this.#attribute(message.inside(field), texts);
    }
    if (!NAME.test(op) || name === '') throw new Malformed('a node has no name or no operator', at.start);
    this.isSure = true;
    this.nodes++;
    if (!this.#asked.has(op) && this.#asked.size < MOST_NAMES) this.#asked.set(op, at);
    const node: Node = { name, op, inputs, texts, at };
    scope.add(node);
    const path = pathInAttributes(node);
    if (path !== undefined) this.#foreign(op, path, at);
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

  /** An entry of a map: a name, and a value with texts in it. */
  async #attribute(message: Message, texts: Map<string, string[]>): Promise<void> {
    let key = '';
    const found: string[] = [];
    for (const field of message.fields()) {
      if (field.number === 1 && field.wire === 2) key = message.text(field, LONGEST_NAME);
      else if (field.number === 2 && field.wire === 2) await this.#value(message.inside(field), found, 0);
    }
    texts.set(key, [...(texts.get(key) ?? []), ...found]);
  }

  async #value(message: Message, found: string[], depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('values in values, deeper than any in use', message.start);
    for (const field of message.fields()) {
      await this.#pause();
      if (field.wire !== 2) continue;
      const inner = () => message.inside(field);
      if (field.number === 1) await this.#value(inner(), found, depth + 1);
      else if (field.number === 2 && found.length < 64) found.push(message.text(field));
      else if (field.number === 8) await this.#tensor(inner(), found);
    }
  }

  /** Texts of a tensor. Its numbers are data. */
  async #tensor(message: Message, found: string[]): Promise<void> {
    let kept = '';
    for (const field of message.fields()) {
      const rest = this.#pause();
      if (rest) await rest;
      if (field.number !== 8 || field.wire !== 2) continue;
      const text = message.text(field);
      if (found.length < 64) found.push(text);
      if (kept.length < LONGEST_TEXT) kept += `${text}\n`;
    }
    if (kept.length > 16) this.#part.readText(kept, 'metadata');
  }
}

/** The node of an input: `^name` waits for it, `name:1` is one of its outputs. */
const nodeOf = (input: string): string => input.replace(/^\^/, '').replace(/:.*$/s, '');
