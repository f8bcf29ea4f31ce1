import { shown } from '../../findings/finding.ts';
import type { Rule } from '../../findings/rule.ts';
import type { Part } from '../format.ts';
import { beginsLikeFile } from '../hidden.ts';
import { Cursor, Malformed, Slice, type Source } from '../source.ts';
import { MSGPACK_RULES } from './rules.ts';
import { type Content, readValue } from './value.ts';

const DEEPEST = 128;
const PAUSE = 2048;
const LONGEST_KEY = 1024;
const LONGEST_TEXT = 1 << 16;
const LONGEST_HEADER = 4096;
const MOST_INSIDE = 10_000;
const NDARRAY = 1;
const COMPLEX = 2;
const SCALAR = 3;
const TIMESTAMP = -1;
/** Bytes of an element by the name of its type (numpy, and bfloat16 and its like of ml_dtypes). */
const SIZES: Readonly<Record<string, number>> = {
  bool: 1,
  bool_: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  complex64: 8,
  complex128: 16,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
  int4: 1,
  uint4: 1,
};

interface Level {
  left: number;
  readonly isMap: boolean;
  isKey: boolean;
  key: string;
}

/** Walks over all values, and says what is wrong with arrays and what hides in bytes. */
export class MsgpackWalk {
  readonly #part: Part;
  readonly #cursor: Cursor;
  readonly #levels: Level[] = [];
  readonly #inside: { readonly name: string; readonly start: number; readonly end: number }[] = [];
  #texts = '';
  arrays = 0;

  constructor(part: Part) {
    this.#part = part;
    this.#cursor = new Cursor(part.source, 'MessagePack');
  }

  async run(): Promise<void> {
    const { source, coverage, pause, inside, readText } = this.#part;
    for (let steps = 0; ; steps++) {
      const rest = steps % PAUSE === 0 ? pause() : undefined;
      if (rest) await rest;
      this.#value(steps === 0);
      while (this.#levels.at(-1)?.left === 0) this.#levels.pop();
      if (this.#levels.length === 0) break;
    }
    if (this.#cursor.left > 0) throw new Malformed('something follows the end', this.#cursor.at);
    coverage.claim('parsed', 0, source.size);
    if (this.#texts.length > 0) readText(this.#texts, 'metadata');
    for (const { name, start, end } of this.#inside) await inside(name, new Slice(source, start, end), 'raw');
  }

  #value(isFirst: boolean): void {
    const cursor = this.#cursor;
    const level = this.#levels.at(-1);
    const start = cursor.at;
    const value = readValue(cursor);
    // Parameters have names at the outside: numbers that begin like a map by chance have none.
    if (isFirst && (value.is !== 'map' || value.count === 0)) throw new Malformed('it is no map', start);
    const isKey = level?.isKey === true;
    if (this.#levels.length === 1 && isKey && value.is !== 'text' && value.is !== 'bytes')
      throw new Malformed('a name is missing', start);
    if (level !== undefined) {
      if (level.isMap) level.isKey = !level.isKey;
      level.left--;
    }
    if ('count' in value) this.#open(value.is === 'map', value.count, start);
    else if ('length' in value) this.#content(value, start, isKey ? level : undefined, level?.key ?? '');
  }

  #open(isMap: boolean, count: number, at: number): void {
    const left = isMap ? 2 * count : count;
    if (this.#levels.length >= DEEPEST) throw new Malformed('it is nested too deeply', at);
    if (left > this.#cursor.left) throw new Malformed('it ends too early', at);
    this.#levels.push({ left, isMap, isKey: isMap, key: '' });
  }

  /** @param named what it is the name in, if it is one */
  #content(value: Content, at: number, named: Level | undefined, key: string): void {
    const start = this.#cursor.at;
    this.#cursor.skip(value.length);
    const end = this.#cursor.at;
    const read = (most: number) => this.#part.source.read(start, Math.min(value.length, most));
    if (value.is === 'extension') {
      this.#extension(value.type, start, end);
      return;
    }
    if (named !== undefined) {
      named.key = new TextDecoder().decode(read(LONGEST_KEY));
      return;
    }
    const text = Buffer.from(read(64)).toString('latin1');
    if (key === 'kind' && text === 'O')
      this.#part.report({
        rule: MSGPACK_RULES.objects.id,
        message: 'an array says that it holds objects, which readers unpickle',
        range: { start: at, end },
      });
    if (beginsLikeFile(this.#part.source, start)) this.#keep(`(${key})`, start, end);
    if (value.is === 'text' && value.length >= 16 && this.#texts.length < 1 << 20)
      this.#texts += `${new TextDecoder().decode(read(LONGEST_TEXT))}\n`;
  }

  #keep(name: string, start: number, end: number): void {
    if (this.#inside.length < MOST_INSIDE) this.#inside.push({ name: shown(name, 80), start, end });
  }

  #extension(type: number, start: number, end: number): void {
    if (type === TIMESTAMP || type === COMPLEX) return;
    const range = { start, end };
    if (type !== NDARRAY && type !== SCALAR) {
      this.#part.report({
        rule: MSGPACK_RULES.extension.id,
        message: `a value is of kind ${type}, which is none of Flax’s`,
        range,
      });
      this.#keep(`(extension ${type})`, start, end);
      return;
    }
    this.arrays++;
    const wrong = arrayFault(this.#part.source, start, end);
    if (wrong !== undefined) this.#part.report({ rule: wrong[0].id, message: wrong[1], range });
    const content = contentOf(this.#part.source, start, end);
    if (content < end && beginsLikeFile(this.#part.source, content)) this.#keep('array', content, end);
  }
}

/** Where the bytes of an array begin, behind its shape and its type. */
function contentOf(source: Source, start: number, end: number): number {
  const cursor = new Cursor(source, 'array', start, end);
  try {
    readValue(cursor);
    const shape = readValue(cursor);
    for (let left = shape.is === 'array' ? shape.count : 0; left > 0 && cursor.left > 0; left--)
      readValue(cursor);
    const type = readValue(cursor);
    if ('length' in type) cursor.skip(type.length);
    readValue(cursor);
    return cursor.at;
  } catch (error) {
    if (error instanceof Malformed) return end;
    throw error;
  }
}

/** An array is written as its shape, its type and its bytes; a scalar as an array without dimensions. */
function arrayFault(source: Source, start: number, end: number): readonly [Rule, string] | undefined {
  const cursor = new Cursor(source, 'array', start, end);
  const outer = readValue(cursor);
  if (outer.is !== 'array' || outer.count !== 3)
    return [MSGPACK_RULES.size, 'an array is not written as Flax writes it'];
  const shape = readValue(cursor);
  if (shape.is !== 'array' || shape.count > 64) return [MSGPACK_RULES.size, 'an array has no shape'];
  let elements = 1;
  for (let i = 0; i < shape.count; i++) {
    const one = readValue(cursor);
    elements *= one.is === 'number' ? one.value : Number.NaN;
  }
  const type = readValue(cursor);
  if (type.is !== 'text' && type.is !== 'bytes') return [MSGPACK_RULES.size, 'an array has no type'];
  const name = cursor.text(type.length, LONGEST_HEADER);
  if (/object|^[|<>=]?O/.test(name)) return [MSGPACK_RULES.objects, `an array is of type ${shown(name, 40)}`];
  const content = readValue(cursor);
  if (content.is !== 'bytes' && content.is !== 'text') return [MSGPACK_RULES.size, 'an array has no data'];
  const size = SIZES[name];
  if (cursor.at + content.length !== end || (size !== undefined && elements * size !== content.length))
    return [
      MSGPACK_RULES.size,
      `an array of type ${shown(name, 40)} has ${content.length} bytes, not what its shape asks for`,
    ];
  return undefined;
}
