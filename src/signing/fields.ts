import { isUtf8 } from 'node:buffer';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { hasDuplicateKeys } from '../wire/duplicate-keys.ts';
import { decodeBase64 } from './base64.ts';
import { Unverified } from './unverified.ts';

/** Deeper than any bundle or statement. */
const DEEPEST = 32;

/**
 * JSON that somebody signed or made to look so, read strictly: UTF-8 without a byte order mark, bounded, and no member
 * twice, since two readers of one signed text could see different things (RFC 8259, section 4).
 *
 * Throws {@link Unverified} `malformed`.
 *
 * @param what it is, for messages
 * @param most bytes
 */
export function readJson(bytes: Uint8Array, what: string, most: number): Fields {
  if (bytes.length > most)
    throw new Unverified(
      'malformed',
      `${what} has ${bytes.length} bytes, more than the ${most} that are read`,
    );
  if (!isUtf8(bytes)) throw new Unverified('malformed', `${what} is not UTF-8`);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // No cause: V8 quotes the text in its message.
    throw new Unverified('malformed', `${what} is not JSON, or breaks off`);
  }
  checkDepth(value, what);
  if (hasDuplicateKeys(text)) throw new Unverified('malformed', `${what} has a member twice`);
  return new Fields(value, what);
}

/** Level by level, so without recursion. */
function checkDepth(root: Json, what: string): void {
  let level: Json[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new Unverified('malformed', `${what} is nested deeper than ${DEEPEST} levels`);
    const below: Json[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null) continue;
      for (const child of Array.isArray(node) ? node : Object.values(node))
        if (typeof child === 'object' && child !== null) below.push(child);
    }
    level = below;
  }
}

/**
 * An object of a document from outside, asked for its members by name and kind. What is inherited (`constructor`) is no
 * member; `null` and absent are the same, as in protobuf's JSON. Every method throws {@link Unverified} `malformed`.
 */
export class Fields {
  readonly what: string;
  readonly #object: JsonObject;

  constructor(value: Json | undefined, what: string) {
    if (!isObject(value)) throw new Unverified('malformed', `${what} is not an object`);
    this.what = what;
    this.#object = value;
  }

  get names(): string[] {
    return Object.keys(this.#object);
  }

  has(name: string): boolean {
    return this.#at(name) !== undefined;
  }

  object(name: string): Fields {
    return new Fields(this.#at(name), this.#path(name));
  }

  optionalObject(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  text(name: string, longest = 65_536): string {
    const value = this.#at(name);
    if (typeof value !== 'string') throw this.wrong(name, 'is not text');
    if (value.length > longest) throw this.wrong(name, `is longer than ${longest} characters`);
    return value;
  }

  optionalText(name: string, longest?: number): string | undefined {
    return this.has(name) ? this.text(name, longest) : undefined;
  }

  bytes(name: string, most = 65_536): Buffer {
    return decodeBase64(this.text(name, Math.ceil(most / 3) * 4), this.#path(name));
  }

  boolean(name: string): boolean {
    const value = this.#at(name);
    if (typeof value !== 'boolean') throw this.wrong(name, 'is not true or false');
    return value;
  }

  /** A whole number from 0 on, written as a number or, as protobuf writes 64 bits, as text. */
  count(name: string): number {
    const value = this.#at(name);
    const number = typeof value === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
      throw this.wrong(name, 'is not a whole number');
    return number;
  }

  /** Absent is empty. */
  list(name: string, most: number): Json[] {
    const value = this.#at(name) ?? [];
    if (!Array.isArray(value)) throw this.wrong(name, 'is not a list');
    if (value.length > most) throw this.wrong(name, `has more than ${most} items`);
    return value;
  }

  objects(name: string, most: number): Fields[] {
    return this.list(name, most).map((item, i) => new Fields(item, `${this.#path(name)}[${i}]`));
  }

  texts(name: string, most: number): string[] {
    return this.list(name, most).map((item) => {
      if (typeof item !== 'string') throw this.wrong(name, 'has an item that is not text');
      return item;
    });
  }

  wrong(name: string, how: string): Unverified {
    return new Unverified('malformed', `${this.#path(name)} ${this.has(name) ? how : 'is missing'}`);
  }

  #at(name: string): Json | undefined {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  #path(name: string): string {
    return `${this.what}.${name}`;
  }
}
