import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { type Field, Message } from '../protobuf.ts';
import { Malformed } from '../source.ts';
import { ONNX_RULES as RULES } from './rules.ts';
import { BITS, CODE_OPERATORS, KNOWN_DOMAINS, type MessageName, SCHEMA } from './schema.ts';

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
const EXTERNAL_KEYS = new Set(['location', 'offset', 'length', 'checksum', 'basepath']);

/** An operator that a node asks for. */
interface Asked {
  readonly domain: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Walks over a model, its subgraphs and functions, and says what is wrong. */
export class OnnxWalk {
  readonly facts: Record<string, unknown> = {};
  hasGraph = false;
  readonly #part: Part;
  /** `domain:name` of the functions that the model defines. */
  readonly #defined = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  readonly #external = new Set<string>();
  #parameters = 0;
  #nodes = 0;
  #steps = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  async run(): Promise<void> {
    await this.#message(new Message(this.#part.source), 'model', 0);
    for (const one of this.#asked.values()) this.#operator(one);
    Object.assign(this.facts, { parameters: this.#parameters, nodes: this.#nodes });
    if (this.#external.size > 0) this.facts.external = [...this.#external].slice(0, 100);
  }

  async #message(message: Message, name: MessageName, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('graphs in graphs, deeper than any in use', message.start);
    const { coverage, readText } = this.#part;
    const schema = SCHEMA[name];
    coverage.claim('parsed', message.start, message.end);
    const seen = new Seen(message);
    for (const field of message.fields()) {
      const rest = ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
      if (rest) await rest;
      const kind = schema[field.number];
      if (kind === undefined) throw new Malformed(`the field ${field.number} is of no ${name}`, field.start);
      if (kind !== 'plain' && kind !== 'data') {
        if (field.wire !== 2) throw new Malformed(`the field ${field.number} is no message`, field.start);
        if (name === 'tensor' && kind === 'entry' && field.number === 13)
          this.#external_(message.inside(field));
        else await this.#message(message.inside(field), kind, depth + 1);
      } else if (TOLD[name]?.includes(field.number) === true && field.wire === 2)
        readText(message.text(field, LONGEST_TEXT), 'metadata', field.start);
      seen.add(field);
    }
    if (name === 'model') this.hasGraph = seen.has(7);
    if (name === 'model') this.facts.producer = shown(`${seen.text(2)} ${seen.text(3)}`.trim());
    if (name === 'node') this.#node(message, seen);
    if (name === 'function') this.#function(message, seen);
    if (name === 'tensor') this.#tensor(message, seen);
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

  #operator({ domain, type, start, end }: Asked): void {
    const name = shown(domain === '' ? type : `${domain}.${type}`, 100);
    const range = { start, end };
    if (CODE_OPERATORS.test(type) && !this.#defined.has(`${domain}:${type}`))
      this.#part.report({
        rule: RULES.code.id,
        message: `the operator ${name} runs code, or loads what the model names`,
        range,
        evidence: { operator: name },
      });
    else if (!KNOWN_DOMAINS.has(domain) && !this.#defined.has(`${domain}:${type}`))
      this.#part.report({
        rule: RULES.custom.id,
        message: `the operator ${name} is no part of ONNX, and not defined in the model`,
        range,
        evidence: { operator: name },
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
    const isWrong =
      !Number.isSafeInteger(count) ||
      (raw !== undefined && bits !== undefined && raw.end - raw.start !== Math.ceil((count * bits) / 8));
    if (isWrong)
      this.#part.report({
        rule: RULES.size.id,
        message: `the tensor ${shown(seen.text(8), 80)} has data of another length than its shape`,
        range: { start: message.start, end: message.end },
      });
  }

  /** `key` and `value` of where a tensor's data lies. */
  #external_(message: Message): void {
    const seen = new Seen(message);
    for (const field of message.fields()) seen.add(field);
    this.#part.coverage.claim('parsed', message.start, message.end);
    const key = seen.text(1);
    const value = seen.text(2);
    const range = { start: message.start, end: message.end };
    if (!EXTERNAL_KEYS.has(key))
      this.#part.report({
        rule: RULES.key.id,
        message: `external data has ${shown(key, 80)}, which is no setting of it`,
        range,
      });
    if (key !== 'location') return;
    this.#external.add(shown(value, 200));
    if (
      /(?:^|[\\/])\.\.(?:[\\/]|$)/.test(value) ||
      /^(?:[\\/~]|[A-Za-z]:|[a-z][a-z0-9+.-]{1,20}:\/\/)/i.test(value) ||
      value.includes('\0')
    )
      this.#part.report({
        rule: RULES.path.id,
        message: `a tensor’s data is read from ${shown(value, 100)}`,
        range,
        evidence: { location: shown(value, 200) },
      });
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
