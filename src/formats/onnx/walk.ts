import { shown } from '../../findings/finding.ts';
import { codeIn, Embedded } from '../embedded.ts';
import type { Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { type Field, Message } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';
import { StrangeFields, tellBehind } from '../strange-fields.ts';
import { judgeStrayTemplate } from '../template.ts';
import { ExternalData } from './external.ts';
import { type Asked, judgeOperator } from './operators.ts';
import { ONNX_RULES as RULES } from './rules.ts';
import { BITS, type MessageName, SCHEMA } from './schema.ts';

const DEEPEST = 64;
const PAUSE = 1024;
/** UTF-8 bytes of a text that is looked at. */
const LONGEST_TEXT = 1 << 20;
const LONGEST_NAME = 512;
/** Texts for people: doc strings, and values of metadata. */
const TOLD: Readonly<Partial<Record<MessageName, readonly number[]>>> = {
  model: [6],
  graph: [10],
  node: [6],
  function: [8],
  entry: [2],
};
const MOST_INSIDE = 10_000;

/** Walks over a model, its subgraphs and functions, and says what is wrong. */
export class OnnxWalk {
  readonly facts: Record<string, unknown> = {};
  hasGraph = false;
  readonly #part: Part;
  /** `domain:name` of the functions that the model defines. */
  readonly #defined = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  readonly #external: ExternalData;
  readonly #strange: StrangeFields;
  readonly #embedded: Embedded;
  /** Tensors whose data begins like a file. */
  readonly #files: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  #graphEnd = 0;
  #fieldsEnd = 0;
  #parameters = 0;
  #nodes = 0;
  #steps = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#external = new ExternalData(part);
    this.#strange = new StrangeFields(part);
    this.#embedded = new Embedded(part);
  }

  async run(): Promise<void> {
    const { source, inside } = this.#part;
    const end = await this.#root(new Message(source));
    if (!this.hasGraph) throw new Malformed('there is no graph in it', 0);
    if ((this.#strange.count > 0 || end < source.size) && !this.#hasOperators())
      throw new Malformed('there is no operator in it', 0);
    for (const one of this.#asked.values()) judgeOperator(this.#part, one, this.#defined);
    Object.assign(this.facts, { parameters: this.#parameters, nodes: this.#nodes });
    if (this.#external.places.size > 0) this.facts.external = [...this.#external.places].slice(0, 100);
    this.#external.tell();
    await this.#strange.tell();
    await this.#embedded.read();
    for (const one of this.#files)
      await inside(`(tensor ${one.name})`, new Slice(source, one.start, one.end), 'raw');
    if (end < source.size) await tellBehind(this.#part, end);
  }

  /** @returns where its fields end: at the end, or where something follows that is none */
  async #root(message: Message): Promise<number> {
    try {
      await this.#message(message, 'model', 0);
    } catch (error) {
      if (!(error instanceof Malformed) || !this.hasGraph || error.at < this.#graphEnd) throw error;
      return this.#fieldsEnd;
    }
    return this.#part.source.size;
  }

  /** A graph with strange fields in it is one where something computes. */
  #hasOperators(): boolean {
    return [...this.#asked.values()].some(({ type }) => /^[A-Za-z_]\w*$/.test(type));
  }

  async #message(message: Message, name: MessageName, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('graphs in graphs, deeper than any in use', message.start);
    const { coverage } = this.#part;
    const schema = SCHEMA[name];
    const seen = new Seen(message);
    for (const field of message.fields()) {
      const rest = ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
      if (rest) await rest;
      const kind = schema[field.number];
      const isMessage = kind !== undefined && kind !== 'plain' && kind !== 'data';
      if (kind === undefined || field.wire === 3 || (isMessage && field.wire !== 2)) this.#strange.add(field);
      else {
        if (isMessage && name === 'tensor' && field.number === 13) this.#entry(message.inside(field));
        else if (isMessage) await this.#message(message.inside(field), kind, depth + 1);
        else if (TOLD[name]?.includes(field.number) === true && field.wire === 2) this.#text(message, field);
        seen.add(field);
      }
      if (name === 'model') this.#rootField(field);
    }
    coverage.claim('parsed', message.start, name === 'model' ? this.#fieldsEnd : message.end);
    if (name === 'model') this.facts.producer = shown(`${seen.text(2)} ${seen.text(3)}`.trim());
    if (name === 'node') this.#node(message, seen);
    if (name === 'function') this.#function(message, seen);
    if (name === 'tensor') this.#tensor(message, seen);
  }

  #rootField({ number, wire, end }: Field): void {
    this.#fieldsEnd = end;
    if (number !== 7 || wire !== 2) return;
    this.hasGraph = true;
    this.#graphEnd = end;
  }

  /** A text for people: readers of some libraries have evaluated what stands in metadata. */
  #text(message: Message, field: Field): void {
    const text = message.text(field, LONGEST_TEXT);
    this.#part.readText(text, 'metadata', field.start);
    this.#embedded.look(text, 'metadata');
    if (text.includes('{{') || text.includes('{%')) judgeStrayTemplate(this.#part, text, field.start);
    const code = codeIn(text);
    if (code >= 0)
      this.#part.report({
        rule: RULES.text.id,
        message: `a text of the model holds code: ${shown(text.slice(code), 80)}`,
        range: { start: field.start, end: field.end },
      });
  }

  #node({ start, end }: Message, seen: Seen): void {
    this.#nodes++;
    const type = seen.text(4);
    const domain = seen.text(7);
    const key = `${domain}:${type}`;
    if (!this.#asked.has(key) && this.#asked.size < 100_000)
      this.#asked.set(key, { domain, type, start, end });
  }

  #function({ start, end }: Message, seen: Seen): void {
    const domain = seen.text(10);
    const name = seen.text(1);
    this.#defined.add(`${domain}:${name}`);
    if (domain === '' || domain === 'ai.onnx' || domain === 'ai.onnx.ml')
      this.#part.report({
        rule: RULES.shadow.id,
        message: `the model has a function ${shown(name, 80)} of its own in the domain of ONNX`,
        range: { start, end },
      });
  }

  #tensor(message: Message, seen: Seen): void {
    const { coverage } = this.#part;
    for (const field of seen.of([4, 5, 7, 9, 10, 11])) coverage.claim('parsed', field.start, field.end);
    const raw = seen.of([9]).at(-1);
    const dims = seen.dims;
    const count = dims.reduce((product, one) => product * one, 1);
    const bits = BITS.get(seen.number(2));
    if (Number.isSafeInteger(count)) this.#parameters += count;
    this.#external.close(bits === undefined ? Number.NaN : Math.ceil((count * bits) / 8));
    const isWrong =
      !Number.isSafeInteger(count) ||
      (raw !== undefined && bits !== undefined && raw.end - raw.start !== Math.ceil((count * bits) / 8));
    for (const { start, end } of [...(raw === undefined ? [] : [raw]), ...seen.of([6])])
      if (this.#files.length < MOST_INSIDE && beginsLikeFile(this.#part.source, start))
        this.#files.push({ name: shown(seen.text(8), 80), start, end });
    if (isWrong)
      this.#part.report({
        rule: RULES.size.id,
        message: `the tensor ${shown(seen.text(8), 80)} has data of another length than its shape`,
        range: { start: message.start, end: message.end },
      });
  }

  /** `key` and `value` of where a tensor's data lies. */
  #entry(message: Message): void {
    const seen = new Seen(message);
    for (const field of message.fields()) seen.add(field);
    this.#part.coverage.claim('parsed', message.start, message.end);
    this.#external.look(seen.text(1), seen.text(2), message);
  }
}

/** Fields of one message, as far as something is asked of them. */
class Seen {
  readonly dims: number[] = [];
  readonly #message: Message;
  readonly #fields: Field[] = [];

  constructor(message: Message) {
    this.#message = message;
  }

  add(field: Field): void {
    // Of a tensor: dimensions, packed or one by one.
    if (field.number === 1 && field.wire === 0) this.dims.push(field.value);
    // Of what stands again and again, the last counts (and no name stands thousands of times).
    if (this.#fields.length < 4096) this.#fields.push(field);
  }

  has(number: number): boolean {
    return this.#fields.some((field) => field.number === number);
  }

  of(numbers: readonly number[]): readonly Field[] {
    return this.#fields.filter(({ number, wire }) => numbers.includes(number) && wire === 2);
  }

  text(number: number): string {
    const field = this.of([number]).at(-1);
    return field === undefined ? '' : this.#message.text(field, LONGEST_NAME);
  }

  number(number: number): number {
    return this.#fields.findLast((field) => field.number === number && field.wire === 0)?.value ?? 0;
  }
}
