import { wire } from '../protobuf.ts';

/** What a field holds: a text, a whole number, a type of elements by its name, or a message. */
type Kind = 'text' | 'int' | 'type' | MessageName;
type MessageName = keyof typeof SCHEMA;

/** The fields of TensorFlow's messages that a walk over graphs asks for (saved_model.proto, graph.proto and theirs). */
const SCHEMA = {
  savedModel: { saved_model_schema_version: [1, 'int'], meta_graphs: [2, 'metaGraph'] },
  metaGraph: {
    meta_info_def: [1, 'info'],
    graph_def: [2, 'graph'],
    asset_file_def: [6, 'asset'],
    object_graph_def: [7, 'objects'],
  },
  info: { tensorflow_version: [5, 'text'] },
  graph: { node: [1, 'node'], library: [2, 'library'] },
  library: { function: [1, 'function'] },
  function: { signature: [1, 'signature'], node_def: [3, 'node'] },
  signature: { name: [1, 'text'] },
  node: { name: [1, 'text'], op: [2, 'text'], input: [3, 'text'], attr: [5, 'attribute'] },
  attribute: { key: [1, 'text'], value: [2, 'value'] },
  value: { list: [1, 'list'], s: [2, 'text'], tensor: [8, 'tensor'], func: [10, 'call'] },
  list: { s: [2, 'text'], tensor: [8, 'tensor'], func: [9, 'call'] },
  call: { name: [1, 'text'], attr: [2, 'attribute'] },
  tensor: {
    dtype: [1, 'type'],
    tensor_shape: [2, 'shape'],
    tensor_content: [4, 'text'],
    string_val: [8, 'text'],
  },
  shape: { dim: [2, 'dimension'] },
  dimension: { size: [1, 'int'] },
  asset: { tensor_info: [1, 'info1'], filename: [2, 'text'] },
  info1: { name: [1, 'text'] },
  objects: { nodes: [1, 'object'] },
  object: { user_object: [4, 'user'] },
  user: { identifier: [1, 'text'], metadata: [3, 'text'] },
} as const;

const ROOTS = ['savedModel', 'metaGraph', 'graph'] as const;
export type RootName = (typeof ROOTS)[number];

/** The message that has a field of this name at the outside. */
export const rootWith = (field: string): RootName | undefined =>
  ROOTS.find((root) => Object.hasOwn(SCHEMA[root], field));

const DEEPEST = 200;
const PAUSE = 4096;
/** Blanks and comments, then one token: a name, a number, a text in quotes, an extension's name, or a sign. */
const TOKEN =
  /(?:[\s;,]|#[^\n]*(?:\n|$))*(?:([A-Za-z_][\w.]*)|([-+]?[\d.][\w.+-]*)|("(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|(\[[\w./-]+\])|([{}<>[\]:-]))/y;

/** It is not in protocol buffers' text format. */
export class NotText extends Error {
  override readonly name = 'NotText';
}

interface Token {
  readonly is: 'name' | 'number' | 'quoted' | 'extension' | 'sign';
  readonly text: string;
}

/**
 * Writes a message of TensorFlow that is in text as it would be in binary, so that one walk reads both. Fields that no
 * walk asks for are left out. Throws {@link NotText}.
 */
export class TextFormat {
  readonly #text: string;
  readonly #pause: () => Promise<void> | undefined;
  #at = 0;
  #next: Token | undefined;
  #steps = 0;

  constructor(text: string, pause: () => Promise<void> | undefined) {
    this.#text = text;
    this.#pause = pause;
    this.#next = this.#read();
  }

  async written(root: RootName): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    while (this.#next !== undefined) await this.#field(SCHEMA[root], parts, 0);
    return Buffer.concat(parts);
  }

  #read(): Token | undefined {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.#text);
    if (found === null) {
      if (/[^\s;,]/.test(this.#text.slice(this.#at).replace(/#[^\n]*/g, ''))) throw new NotText();
      return undefined;
    }
    this.#at = TOKEN.lastIndex;
    const kinds = ['name', 'number', 'quoted', 'extension', 'sign'] as const;
    const i = kinds.findIndex((_, group) => found[group + 1] !== undefined);
    return { is: kinds[i] ?? 'sign', text: found[i + 1] ?? '' };
  }

  #take(): Token {
    const token = this.#next;
    if (token === undefined) throw new NotText();
    this.#next = this.#read();
    return token;
  }

  #isSign(...signs: readonly string[]): boolean {
    return this.#next?.is === 'sign' && signs.includes(this.#next.text);
  }

  /** `name: value`, `name { … }`, `name: [value, value]`. */
  async #field(fields: Fields | undefined, parts: Uint8Array[], depth: number): Promise<void> {
    const rest = ++this.#steps % PAUSE === 0 ? this.#pause() : undefined;
    if (rest) await rest;
    if (depth > DEEPEST) throw new NotText();
    const name = this.#take();
    if (name.is !== 'name' && name.is !== 'extension') throw new NotText();
    if (this.#isSign(':')) this.#take();
    const field = fields !== undefined && Object.hasOwn(fields, name.text) ? fields[name.text] : undefined;
    if (!this.#isSign('[') && this.#next?.is !== 'extension') return this.#value(field, parts, depth);
    this.#take();
    while (!this.#isSign(']')) await this.#value(field, parts, depth);
    this.#take();
  }

  async #value(field: FieldOf | undefined, parts: Uint8Array[], depth: number): Promise<void> {
    const [number, kind] = field ?? [0, undefined];
    if (this.#isSign('{', '<')) {
      const end = this.#take().text === '{' ? '}' : '>';
      const inner: Uint8Array[] = [];
      const fields =
        kind !== undefined && Object.hasOwn(SCHEMA, kind) ? SCHEMA[kind as MessageName] : undefined;
      while (!this.#isSign(end)) await this.#field(fields, inner, depth + 1);
      this.#take();
      if (fields !== undefined) parts.push(wire.bytes(number, ...inner));
      return;
    }
    const token = this.#take();
    if (token.is === 'sign' && token.text !== '-') throw new NotText();
    if (token.is === 'sign') this.#take();
    const quoted = [token.is === 'quoted' ? unquoted(token.text) : ''];
    // Texts side by side are one.
    while (token.is === 'quoted' && this.#next?.is === 'quoted') quoted.push(unquoted(this.#take().text));
    if (kind === 'text') parts.push(wire.bytes(number, Buffer.from(quoted.join(''), 'latin1')));
    else if (kind === 'int') parts.push(wire.number(number, wholeOf(token.text)));
    else if (kind === 'type') parts.push(wire.number(number, /^(?:DT_STRING|7)$/.test(token.text) ? 7 : 0));
  }
}

/** Zero for what is no whole number that a message has. */
function wholeOf(text: string): number {
  const value = Math.trunc(Number(text));
  return Number.isSafeInteger(value) && value > 0 ? value : 0;
}

type FieldOf = readonly [number: number, kind: Kind];
type Fields = Readonly<Record<string, FieldOf>>;

const SIGNS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The bytes that a text in quotes stands for, as Latin-1. */
const unquoted = (quoted: string): string =>
  Buffer.from(quoted.slice(1, -1))
    .toString('latin1')
    .replace(
      /\\(?:[xX]([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
      (_, hex?: string, octal?: string, short?: string, long?: string, char = '') => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
        const code = Number.parseInt(short ?? long ?? '', 16);
        if (code >= 0 && code <= 0x10ffff) return Buffer.from(String.fromCodePoint(code)).toString('latin1');
        return SIGNS[char] ?? char;
      },
    );
