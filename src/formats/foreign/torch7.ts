import { shown } from '../../findings/finding.ts';
import type { Format, Part } from '../format.ts';
import { Cursor, Malformed, type Source } from '../source.ts';
import { FOREIGN_RULES as RULES } from './rules.ts';

/** Kinds of values (torch7, File.lua). */
const NIL = 0;
const NUMBER = 1;
const STRING = 2;
const TABLE = 3;
const TORCH = 4;
const BOOLEAN = 5;
const FUNCTIONS = [6, 7, 8];
const LONGEST = 1 << 20;
const PAUSE = 4096;
const MOST = 20;
const DEEPEST = 10_000;
/** Bytes of one number of a storage. */
const WIDTHS: Readonly<Record<string, number>> = {
  Byte: 1,
  Char: 1,
  Short: 2,
  Int: 4,
  Long: 8,
  Float: 4,
  Double: 8,
  Half: 2,
};
const STORAGE = /^torch\.(?:Cuda)?(Byte|Char|Short|Int|Long|Float|Double|Half|)Storage$/;
const TENSOR = /^torch\.(?:Cuda)?(?:Byte|Char|Short|Int|Long|Float|Double|Half|)Tensor$/;
/** Packages whose classes are tables of numbers. */
const KNOWN =
  /^(?:torch|nn|nngraph|nnx|cudnn|cunn|optim|tds|graph|inn|rnn|dpnn|image|paths|cutorch|stn)\.[\w.]+$/;

/** Numbers and texts, as bytes or as words. */
interface Words {
  readonly at: number;
  int(): number;
  long(): number;
  double(): void;
  text(length: number): string;
  skip(count: number, width: number): void;
}

class Binary implements Words {
  readonly #cursor: Cursor;
  constructor(source: Source) {
    this.#cursor = new Cursor(source, 'Torch7 file');
  }
  get at() {
    return this.#cursor.at;
  }
  int = () => this.#cursor.i32();
  long = () => this.#cursor.u64();
  double = () => this.#cursor.skip(8);
  text = (length: number) => this.#cursor.text(length, LONGEST);
  skip = (count: number, width: number) => this.#cursor.skip(count * width);
}

class Ascii implements Words {
  readonly #cursor: Cursor;
  constructor(source: Source) {
    this.#cursor = new Cursor(source, 'Torch7 file');
  }
  get at() {
    return this.#cursor.at;
  }
  int(): number {
    const word = this.#word();
    if (!/^-?\d{1,15}$/.test(word)) throw new Malformed('a number is none', this.at);
    return Number(word);
  }
  long = () => this.int();
  double(): void {
    this.#word();
  }
  text = (length: number) => this.#cursor.text(length, LONGEST);
  skip(count: number): void {
    if (!(count <= this.#cursor.left)) throw new Malformed('a storage is longer than the file', this.at);
    for (let i = 0; i < count; i++) this.#word();
  }
  #word(): string {
    let word = '';
    for (;;) {
      const byte = this.#cursor.left > 0 ? this.#cursor.u8() : 10;
      if (byte <= 0x20) {
        if (word !== '' || this.#cursor.left === 0) break;
        continue;
      }
      word += String.fromCharCode(byte);
      if (word.length > 64) throw new Malformed('a number is too long', this.at);
    }
    if (word === '') throw new Malformed('the Torch7 file ends too early', this.at);
    return word;
  }
}

/** Values that are still to be read, as a stack of counts, so that depth costs no calls. */
async function walk(part: Part, words: Words): Promise<void> {
  const known = new Set<number>();
  let reports = 0;
  const report = (rule: { readonly id: string }, message: string, at: number): void => {
    if (++reports <= MOST) part.report({ rule: rule.id, message, range: { start: at, end: words.at } });
  };
  const left = [1];
  for (let steps = 1; left.length > 0; steps++) {
    const rest = steps % PAUSE === 0 ? part.pause() : undefined;
    if (rest) await rest;
    const count = left.pop() as number;
    if (count === 0) continue;
    left.push(count - 1);
    if (left.length > DEEPEST) throw new Malformed('it is nested too deeply', words.at);
    const at = words.at;
    const kind = words.int();
    if (kind === NIL) continue;
    if (kind === NUMBER) words.double();
    else if (kind === BOOLEAN) words.int();
    else if (kind === STRING) {
      const text = words.text(words.int());
      if (text.length > 7) part.readText(text.slice(0, 4096), 'metadata');
    } else if (kind === TABLE || kind === TORCH || FUNCTIONS.includes(kind)) {
      const index = words.int();
      if (known.has(index)) continue;
      known.add(index);
      if (kind === TABLE) {
        const pairs = words.int();
        if (pairs < 0) throw new Malformed('a table has no length', at);
        left.push(2 * pairs);
      } else if (kind === TORCH) {
        const name = className(words);
        if (STORAGE.test(name)) words.skip(words.long(), WIDTHS[STORAGE.exec(name)?.[1] || 'Float'] ?? 8);
        else if (TENSOR.test(name)) {
          readTensor(words);
          left.push(1);
        } else {
          if (!KNOWN.test(name)) report(RULES.torchClass, `an object is of ${shown(name, 80)}`, at);
          left.push(1);
        }
      } else {
        words.text(words.int());
        report(RULES.lua, 'there is a function as Lua bytecode', at);
        left.push(1);
      }
    } else throw new Malformed('a value is of no known kind', at);
  }
}

/** `V 1` and the name; old files have the name only. */
function className(words: Words): string {
  const first = words.text(words.int());
  return /^V \d+$/.test(first) ? words.text(words.int()) : first;
}

function readTensor(words: Words): void {
  const dimensions = words.int();
  if (dimensions < 0 || dimensions > 64) throw new Malformed('a tensor has too many dimensions', words.at);
  // Sizes, strides, and where it begins in its storage.
  for (let i = 0; i < 2 * dimensions + 1; i++) words.long();
}

const MOST_OBJECTS = 1 << 20;

/** It begins with a table, an object or a function that has a number. */
function wordsOf(source: Source): Words | undefined {
  const head = Buffer.from(source.read(0, 24));
  if (/^[34678]\n\d{1,7}\n\d/.test(head.toString('latin1'))) return new Ascii(source);
  if (head.length < 16) return;
  const kind = head.readInt32LE(0);
  const index = head.readInt32LE(4);
  const next = head.readInt32LE(8);
  if (index < 1 || index > MOST_OBJECTS || next < 0) return;
  const isObject = kind === TORCH && /^V \d/.test(head.toString('latin1', 12, 15)) && next < 8;
  const isFunction = FUNCTIONS.includes(kind) && /^\x1bL/.test(head.toString('latin1', 12, 14));
  const isTable = kind === TABLE && next * 8 <= source.size && [1, 2, 3, 4].includes(head.readInt32LE(12));
  return isObject || isFunction || isTable ? new Binary(source) : undefined;
}

const int = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeInt32LE(value, 4 * i);
  return bytes;
};
const text = (value: string) => Buffer.concat([int(value.length), Buffer.from(value)]);

export const torch7: Format = {
  name: 'torch7',
  title: 'a Torch7 file',
  rules: Object.values(RULES),
  looks: (source, name) => {
    const words = wordsOf(source);
    if (words === undefined) return false;
    return words instanceof Binary || /\.(?:t7|th|net|model|dat|pt|bin)$/i.test(name) ? 'sure' : 'maybe';
  },
  async read(part) {
    const words = wordsOf(part.source);
    if (words === undefined) throw new Malformed('it is no Torch7 file', 0);
    await walk(part, words);
    part.coverage.claim('parsed', 0, words.at);
    if (words.at < part.source.size) throw new Malformed('something is behind its end', words.at);
  },
  proof: {
    catches: [
      {
        name: 'a function',
        bytes: () =>
          Buffer.concat([int(TABLE, 1, 1), int(STRING), text('f'), int(8, 2), text('\x1bLua'), int(NIL)]),
        rules: [RULES.lua.id],
      },
      {
        name: 'a function in ASCII',
        bytes: () => Buffer.from('3\n1\n1\n2\n1\nf\n8\n2\n4\n\x1bLua\n0\n'),
        rules: [RULES.lua.id],
      },
      {
        name: 'a class of somebody',
        bytes: () => Buffer.concat([int(TORCH, 1), text('V 1'), text('evil.Net'), int(NIL)]),
        rules: [RULES.torchClass.id],
      },
    ],
    passes: [
      {
        name: 'a storage',
        bytes: () =>
          Buffer.concat([int(TORCH, 1), text('V 1'), text('torch.FloatStorage'), int(2, 0), Buffer.alloc(8)]),
      },
      { name: 'ASCII', bytes: () => Buffer.from('3\n1\n1\n2\n1\na\n1\n0.5\n') },
    ],
  },
};
