import { shown } from '../../findings/finding.ts';
import type { Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import type { Field, Message } from '../protobuf.ts';
import { Malformed, Slice } from '../source.ts';

const DEEPEST = 64;
const PAUSE = 512;
const LONGEST_NAME = 1024;
const LONGEST_TEXT = 1 << 16;
/** Texts of one attribute that are kept. */
const MOST_TEXTS = 64;
const MOST_FILES = 10_000;
/** Bytes of a compiled function that are looked through at once, and by how much pieces overlap. */
const PIECE = 1 << 20;
const OVERLAP = 64;
const STRING = 7;
/** How compiled functions call back into the interpreter that made them. */
const CALLBACK = /xla_(?:ffi_)?(?:partitioned_)?python_(?:cpu_|gpu_)?callback|\btf\.(?:Eager)?PyFunc\b/;

/** What is in the attributes of a node. */
export interface Attribute {
  /** By name. */
  readonly texts: Map<string, string[]>;
  /** Names of functions that it is given. */
  readonly functions: string[];
  /** What a compiled function in it calls back by. */
  code: string | undefined;
}

/** Reads attributes of nodes, with their tensors of texts. */
export class Attributes {
  readonly #part: Part;
  /** Constants that begin like a file. */
  readonly #files: Field[] = [];
  #steps = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  /** An entry of a map: a name, and a value. */
  async read(message: Message, attribute: Attribute): Promise<void> {
    let key = '';
    const found: string[] = [];
    for (const field of message.fields()) {
      if (field.number === 1 && field.wire === 2) key = message.text(field, LONGEST_NAME);
      else if (field.number === 2 && field.wire === 2)
        await this.#value(message.inside(field), attribute, found, key, 0);
    }
    attribute.texts.set(key, [...(attribute.texts.get(key) ?? []), ...found]);
  }

  /** A text that is kept in the graph, to be read if it begins like a file. */
  keep(field: Field): void {
    if (this.#files.length < MOST_FILES && beginsLikeFile(this.#part.source, field.start))
      this.#files.push(field);
  }

  /** To be called once it is sure that it is a graph. */
  async readFiles(): Promise<void> {
    const { source, inside } = this.#part;
    for (const { start, end } of this.#files)
      await inside(`(constant at ${start})`, new Slice(source, start, end), 'raw');
  }

  #pause(): Promise<void> | undefined {
    return ++this.#steps % PAUSE === 0 ? this.#part.pause() : undefined;
  }

  async #value(
    message: Message,
    attribute: Attribute,
    found: string[],
    key: string,
    depth: number,
  ): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('values in values, deeper than any in use', message.start);
    for (const field of message.fields()) {
      await this.#pause();
      if (field.wire !== 2) continue;
      const inner = message.inside(field);
      if (field.number === 1) await this.#value(inner, attribute, found, key, depth + 1);
      else if (field.number === 2) {
        if (found.length < MOST_TEXTS) found.push(message.text(field));
        if (key === 'module') attribute.code ??= await this.#callback(field);
      } else if (field.number === 8) await this.#tensor(inner, found);
      // A list has its functions where a value has the name of a placeholder.
      else if (field.number === 10 || (field.number === 9 && depth > 0))
        await this.#function(inner, attribute, depth + 1);
    }
  }

  /** The name of a function, and attributes that it is called with. */
  async #function(message: Message, attribute: Attribute, depth: number): Promise<void> {
    for (const field of message.fields()) {
      if (field.wire !== 2) continue;
      if (field.number === 1 && attribute.functions.length < MOST_TEXTS)
        attribute.functions.push(message.text(field, LONGEST_NAME));
      else if (field.number === 2)
        for (const one of message.inside(field).fields())
          if (one.number === 2 && one.wire === 2)
            await this.#value(message.inside(one), attribute, [], '', depth + 1);
    }
  }

  async #callback({ start, end }: Field): Promise<string | undefined> {
    for (let at = start; at < end; at += PIECE - OVERLAP) {
      const rest = this.#part.pause();
      if (rest) await rest;
      const text = Buffer.from(this.#part.source.read(at, Math.min(PIECE, end - at))).toString('latin1');
      const found = CALLBACK.exec(text)?.[0];
      if (found !== undefined) return shown(found, 60);
    }
    return undefined;
  }

  /** Texts of a tensor. Its numbers are data. */
  async #tensor(message: Message, found: string[]): Promise<void> {
    let kept = '';
    let type = 0;
    let count = 1;
    const keep = (text: string): void => {
      if (found.length < MOST_TEXTS) found.push(text);
      if (kept.length < LONGEST_TEXT) kept += `${text}\n`;
    };
    for (const field of message.fields()) {
      const rest = this.#pause();
      if (rest) await rest;
      if (field.number === 1 && field.wire === 0) type = field.value;
      if (field.wire !== 2) continue;
      if (field.number === 2) count = elementsOf(message.inside(field));
      else if (field.number === 4 || field.number === 8) this.keep(field);
      if (field.number === 8) keep(message.text(field));
      else if (field.number === 4 && type === STRING)
        for (const text of packedTexts(message.bytes(field, LONGEST_TEXT), count)) keep(text);
    }
    if (kept.length > 16) this.#part.readText(kept, 'metadata');
  }
}

function elementsOf(shape: Message): number {
  let count = 1;
  for (const dimension of shape.fields())
    if (dimension.number === 2 && dimension.wire === 2)
      for (const { number, wire, value } of shape.inside(dimension).fields())
        if (number === 1 && wire === 0) count *= value;
  return count;
}

/** Texts as a tensor packs them: the lengths of all, and then all one behind the other. */
function packedTexts(bytes: Uint8Array, count: number): readonly string[] {
  const lengths: number[] = [];
  let at = 0;
  for (let i = 0; i < count && i < MOST_TEXTS && at < bytes.length; i++) {
    let length = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] as number;
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    lengths.push(length);
  }
  const decoder = new TextDecoder();
  return lengths.map((length) => {
    const text = decoder.decode(bytes.subarray(at, at + length));
    at += length;
    return text;
  });
}
