import { Malformed, type Source } from './source.ts';

/** A field of a message: its number, and where its value lies. */
export interface Field {
  readonly number: number;
  /** `0` a number in {@link value}, `1` eight bytes, `2` bytes from `start` to `end`, `3` a group, `5` four bytes. */
  readonly wire: 0 | 1 | 2 | 3 | 5;
  readonly start: number;
  readonly end: number;
  /** Of a number: itself, where it is safe; larger ones as they come. */
  readonly value: number;
}

const WINDOW = 1 << 16;
const LONGEST_VARINT = 10;
const DEEPEST_GROUP = 64;
/** Readers keep 32 bits of a tag, whatever stands above them. */
const TAG = 2 ** 32;

/**
 * Walks over the fields of a protocol buffers message (wire format) without a schema. Throws `Malformed` where it is none:
 * a length beyond its end, a wrong number. A group, which no schema of today has, is one field: readers skip it. Nothing is copied.
 */
export class Message {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  #window: Uint8Array = new Uint8Array(0);
  #from = 0;

  constructor(source: Source, start = 0, end = source.size) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  *fields(): Generator<Field> {
    let at = this.start;
    while (at < this.end) {
      const { number, wire, afterKey } = this.#tag(at);
      if (wire === 3) {
        const end = this.#groupEnd(afterKey, number);
        yield { number, wire, start: afterKey, end, value: 0 };
        at = end;
      } else if (wire === 0) {
        const [value, end] = this.#varint(afterKey);
        yield { number, wire, start: afterKey, end, value };
        at = end;
      } else if (wire === 2) {
        const [length, start] = this.#varint(afterKey);
        const end = start + length;
        if (!(end <= this.end)) throw new Malformed('a field is longer than what holds it', at);
        yield { number, wire, start, end, value: length };
        at = end;
      } else if (wire === 1 || wire === 5) {
        const end = afterKey + (wire === 1 ? 8 : 4);
        if (end > this.end) throw new Malformed('a field is longer than what holds it', at);
        yield { number, wire, start: afterKey, end, value: 0 };
        at = end;
      } else throw new Malformed('a field is of a kind that is not in use', at);
    }
  }

  #tag(at: number): { readonly number: number; readonly wire: number; readonly afterKey: number } {
    const [key, afterKey] = this.#varint(at);
    const number = Math.floor((key % TAG) / 8);
    if (number < 1) throw new Malformed('a field has no number', at);
    return { number, wire: key % 8, afterKey };
  }

  /** Where a group ends that begins at `at`, those in it among what is skipped. */
  #groupEnd(start: number, first: number): number {
    const open = [first];
    let at = start;
    while (open.length > 0) {
      const { number, wire, afterKey } = this.#tag(at);
      if (wire === 4 && open.pop() !== number) throw new Malformed('a group ends that did not begin', at);
      if (wire === 3 && open.push(number) > DEEPEST_GROUP)
        throw new Malformed('groups in groups, deeper than any in use', at);
      if (wire > 5) throw new Malformed('a field is of a kind that is not in use', at);
      if (wire === 0 || wire === 2) {
        const [value, end] = this.#varint(afterKey);
        at = wire === 0 ? end : end + value;
      } else at = afterKey + (wire === 1 ? 8 : wire === 5 ? 4 : 0);
      if (!(at <= this.end)) throw new Malformed('a group has no end', start);
    }
    return at;
  }

  /** The message in a field. */
  inside({ start, end }: Field): Message {
    return new Message(this.source, start, end);
  }

  bytes({ start, end }: Field, most: number): Uint8Array {
    return this.source.read(start, Math.min(end - start, most));
  }

  /** UTF-8, cut at `most` bytes. */
  text(field: Field, most = 4096): string {
    return new TextDecoder().decode(this.bytes(field, most));
  }

  /** Numbers beyond 2^53 lose their last digits: none of them is a length. */
  #varint(at: number): [value: number, end: number] {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      if (at + i >= this.end) throw new Malformed('a number has no end', at);
      const byte = this.#byte(at + i);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return [value, at + i + 1];
      scale *= 128;
    }
    throw new Malformed('a number is too long', at);
  }

  #byte(at: number): number {
    let i = at - this.#from;
    if (i < 0 || i >= this.#window.length) {
      this.#window = this.source.read(at, Math.min(WINDOW, this.end - at));
      this.#from = at;
      i = 0;
    }
    return this.#window[i] ?? 0;
  }
}

/** Fields of a message by their number, and the kind of each. */
export type Fields = ReadonlyMap<number, Field['wire']>;

/** Fields at the beginning that are looked at, to see what a message is. */
const LOOKED_AT = 64;
const MOST_STRANGE = 16;

/** Whether a source reads as a message whose fields are all among these; looks at the first few only. */
export function looksLikeMessage(source: Source, fields: Fields): boolean {
  const { known, strange } = fieldsAmong(source, fields);
  return known > 0 && strange === 0;
}

/**
 * The same, where some fields may be of no schema: readers skip those, so they hide the rest from whoever does not.
 * It says little, and asks for a reader that is sure of what it finds inside.
 */
export function looksLikeStrangeMessage(source: Source, fields: Fields): boolean {
  const { known, strange } = fieldsAmong(source, fields);
  return known > 0 && strange <= MOST_STRANGE;
}

function fieldsAmong(source: Source, fields: Fields): { readonly known: number; readonly strange: number } {
  // A dozen kinds of message are asked for one after the other: the beginning is read once for all of them.
  if (last?.source !== source) last = beginningOf(source);
  const { numbers, wires, isBroken } = last;
  let known = 0;
  for (let i = 0; i < numbers.length; i++) if (fields.get(numbers[i] as number) === wires[i]) known++;
  // What breaks off may be something else that is hidden behind the fields: the reader says so.
  return { known, strange: numbers.length - known + (isBroken ? 1 : 0) };
}

/** The first fields of a source, if it is a message. */
interface Beginning {
  readonly source: Source;
  readonly numbers: readonly number[];
  readonly wires: readonly Field['wire'][];
  readonly isBroken: boolean;
}

let last: Beginning | undefined;

function beginningOf(source: Source): Beginning {
  const numbers: number[] = [];
  const wires: Field['wire'][] = [];
  try {
    for (const { number, wire: kind } of new Message(source).fields()) {
      numbers.push(number);
      wires.push(kind);
      if (numbers.length >= LOOKED_AT) break;
    }
  } catch {
    return { source, numbers, wires, isBroken: true };
  }
  return { source, numbers, wires, isBroken: false };
}

/** Pieces of a message that a test or a sample makes. */
export const wire = {
  varint(value: number): Uint8Array {
    const out: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
    out.push(rest);
    return Uint8Array.from(out);
  },
  number: (field: number, value: number): Uint8Array =>
    Buffer.concat([wire.varint(field * 8), wire.varint(value)]),
  bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
    const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
    return Buffer.concat([wire.varint(field * 8 + 2), wire.varint(body.length), body]);
  },
};
