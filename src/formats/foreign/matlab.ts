import { deflateSync } from 'node:zlib';
import { zlib } from '../../codecs/gzip.ts';
import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { unpackWith } from '../unpacking.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

const HEADER = 128;
/** Kinds of elements and of arrays (MAT-File Format, version 5). */
const MATRIX = 14;
const COMPRESSED = 15;
const CELL = 1;
const STRUCT = 2;
const OBJECT = 3;
const LAST_NUMBERS = 15;
const MOST = 5;
const DEEPEST = 64;

interface Element {
  readonly kind: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** A tag and what it holds: small ones have both in eight bytes, others are filled up to eight. */
function elementAt(source: Source, at: number, end: number, big: boolean): Element {
  const cursor = new Cursor(source, 'MATLAB file', at, end);
  const first = cursor.u32(big);
  if (first > 0xffff) {
    const size = first >>> 16;
    if (size > 4) throw new Malformed('a small element is large', at);
    return { kind: first & 0xffff, start: at + 4, end: at + 4 + size, next: at + 8 };
  }
  const size = cursor.u32(big);
  if (size > cursor.left) throw new Malformed('an element is longer than the file', at);
  const stop = at + 8 + size;
  return {
    kind: first,
    start: at + 8,
    end: stop,
    next: first === COMPRESSED ? stop : Math.min(end, Math.ceil((stop - at) / 8) * 8 + at),
  };
}

class Matrices {
  readonly #part: Part;
  readonly #big: boolean;
  #reports = 0;
  #steps = 0;

  constructor(part: Part, big: boolean) {
    this.#part = part;
    this.#big = big;
  }

  async walk(source: Source, start: number, end: number, depth: number): Promise<void> {
    if (depth > DEEPEST) throw new Malformed('it is nested too deeply', start);
    for (let at = start; at + 8 <= end; ) {
      const rest = ++this.#steps % 1024 === 0 ? this.#part.pause() : undefined;
      if (rest) await rest;
      const element = elementAt(source, at, end, this.#big);
      if (element.kind === COMPRESSED) await this.#unpack(source, element, depth);
      else if (element.kind === MATRIX) await this.#matrix(source, element, depth);
      at = element.next;
    }
  }

  async #unpack(source: Source, { start, end }: Element, depth: number): Promise<void> {
    if (depth > 0) throw new Malformed('something is packed twice', start);
    const { source: inner, whole, fault } = await unpackWith(this.#part, zlib, source, start, end);
    if (fault !== undefined || !whole) throw new Malformed('an element cannot be unpacked', start);
    await this.walk(inner, 0, inner.size, depth + 1);
  }

  async #matrix(source: Source, { start, end }: Element, depth: number): Promise<void> {
    if (end - start < 16) return;
    const flags = elementAt(source, start, end, this.#big);
    const kind = new Cursor(source, 'MATLAB file', flags.start, flags.end).u32(this.#big) & 0xff;
    if (kind === OBJECT || kind > LAST_NUMBERS) {
      if (++this.#reports <= MOST)
        this.#part.report({
          rule: RULES.matlab.id,
          message: `there is ${kind === 16 ? 'a handle of a function' : 'an object'} in it`,
        });
    } else if (kind === CELL || kind === STRUCT) await this.walk(source, flags.next, end, depth + 1);
  }
}

/** Whether it is big-endian; undefined where it is no such file. */
function orderOf(source: Source): boolean | undefined {
  if (
    source.size < HEADER ||
    !/^MATLAB 5\.0 MAT-file/.test(Buffer.from(source.read(0, 20)).toString('latin1'))
  )
    return;
  const order = Buffer.from(source.read(126, 2)).toString('latin1');
  return order === 'MI' ? true : order === 'IM' ? false : undefined;
}

export const matlab: Format = {
  name: 'matlab',
  title: 'a MATLAB file',
  rules: Object.values(RULES),
  looks: (source) => orderOf(source) !== undefined && 'sure',
  async read(part) {
    const { source, coverage } = part;
    await new Matrices(part, orderOf(source) === true).walk(source, HEADER, source.size, 0);
    coverage.claim('parsed', 0, HEADER);
    coverage.claim('data', HEADER, source.size);
  },
  proof: {
    catches: [{ name: 'a handle', bytes: () => file(16), rules: [RULES.matlab.id] }],
    passes: [
      { name: 'numbers', bytes: () => file(6) },
      { name: 'packed numbers', bytes: () => file(6, true) },
    ],
  },
};

function file(kind: number, packed = false): Uint8Array {
  const head = Buffer.alloc(HEADER, 0x20);
  head.write('MATLAB 5.0 MAT-file');
  head.writeUInt16LE(0x0100, 124);
  head.write('IM', 126);
  const body = Buffer.alloc(24);
  body.writeUInt32LE(MATRIX, 0);
  body.writeUInt32LE(16, 4);
  body.writeUInt32LE(6, 8);
  body.writeUInt32LE(8, 12);
  body.writeUInt32LE(kind, 16);
  if (!packed) return Buffer.concat([head, body]);
  const data = deflateSync(body);
  const tag = Buffer.alloc(8);
  tag.writeUInt32LE(COMPRESSED, 0);
  tag.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, tag, data]);
}
