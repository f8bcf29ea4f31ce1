import type { Part } from '../format.ts';
import { Cursor, Malformed, Slice, type Source } from '../source.ts';

/** What torch before 0.1.10 wrote: a tar archive of four streams, two of them pickles with raw numbers between them. */
const MEMBERS = ['sys_info', 'pickle', 'storages', 'tensors'];

export const isTorchTar = (names: readonly string[]): boolean =>
  MEMBERS.every((name) => names.includes(name));

/** Bytes of an element, by the class of the storage. */
const ELEMENT: Readonly<Record<string, number>> = {
  ByteStorage: 1,
  CharStorage: 1,
  HalfStorage: 2,
  ShortStorage: 2,
  IntStorage: 4,
  FloatStorage: 4,
  LongStorage: 8,
  DoubleStorage: 8,
};
const MOST = 1 << 20;
const LONGEST = 1 << 20;
const DIMENSIONS = 64;

/** Reads `storages` or `tensors` as `torch.load` does. False where it is neither, or does not fit: its content decides. */
export async function readStream(part: Part, name: string, content: Source): Promise<boolean> {
  if (name !== 'storages' && name !== 'tensors') return false;
  try {
    const pickles = await pieces(part, content, name);
    for (const [i, { start, end }] of pickles.entries())
      await part.inside(`${name} (pickle ${i})`, new Slice(content, start, end), 'pickle');
    return true;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return false;
  }
}

/** Where the pickles are; what is between them is numbers, and fits. */
async function pieces(part: Part, content: Source, name: 'storages' | 'tensors') {
  const cursor = new Cursor(content, name);
  const pickles: Pickle[] = [];
  const next = () => {
    const one = walk(cursor);
    pickles.push(one);
    return one;
  };
  const { number: count = 0 } = next();
  if (count > MOST) throw new Malformed(`the ${name} are too many`, 0);
  for (let i = 0; i < count; i++) {
    const rest = i % 100 === 99 ? part.pause() : undefined;
    if (rest) await rest;
    const { named } = next();
    if (name === 'storages') {
      const size = ELEMENT[named];
      if (size === undefined) throw new Malformed('a storage is of no known kind', cursor.at);
      const elements = cursor.u64();
      cursor.skip(elements * size);
    } else {
      const dimensions = cursor.u32();
      if (dimensions > DIMENSIONS) throw new Malformed('a tensor has too many dimensions', cursor.at);
      cursor.skip(4 + 16 * dimensions + 8);
    }
  }
  // Views of storages.
  if (name === 'storages') next();
  if (cursor.left > 0) throw new Malformed(`behind the ${name} there is more`, cursor.at);
  return pickles;
}

interface Pickle {
  readonly start: number;
  readonly end: number;
  /** The first small number in it. */
  readonly number?: number | undefined;
  /** The class that it names last, without its module. */
  readonly named: string;
}

/** Bytes behind opcodes of protocol 2, the only one that wrote these; or of the length that stands there, as a negative. */
const BEHIND: Readonly<Record<string, number>> = {
  '\x80': 1,
  K: 1,
  M: 2,
  J: 4,
  G: 8,
  h: 1,
  j: 4,
  q: 1,
  r: 4,
  U: -1,
  '\x8a': -1,
  X: -4,
  T: -4,
  '\x8b': -4,
};
const LINES: Readonly<Record<string, number>> = { c: 2, I: 1, L: 1, F: 1, S: 1, V: 1, g: 1, p: 1, P: 1 };
const ALONE = '(.012NQR]abdelostu}\x81\x85\x86\x87\x88\x89)';

/** To the end of a pickle, without a look at what it means: whoever reads it does that. */
function walk(cursor: Cursor): Pickle {
  const start = cursor.at;
  let number: number | undefined;
  let named = '';
  for (;;) {
    const opcode = String.fromCharCode(cursor.u8());
    if (opcode === '.') return { start, end: cursor.at, number, named };
    const behind = BEHIND[opcode];
    const lines = LINES[opcode];
    if (opcode === 'K' || opcode === 'M' || opcode === 'J') {
      const value = opcode === 'K' ? cursor.u8() : opcode === 'M' ? cursor.u16() : cursor.u32();
      number ??= value;
    } else if (behind !== undefined && behind > 0) cursor.skip(behind);
    else if (behind !== undefined) cursor.skip(behind === -1 ? cursor.u8() : cursor.u32());
    else if (lines !== undefined) {
      let text = '';
      for (let i = 0; i < lines; i++) text = line(cursor);
      if (opcode === 'c') named = text;
    } else if (!ALONE.includes(opcode)) throw new Malformed('it is no pickle of protocol 2', cursor.at);
  }
}

function line(cursor: Cursor): string {
  let text = '';
  for (let byte = cursor.u8(); byte !== 0x0a; byte = cursor.u8()) {
    if (text.length > LONGEST) throw new Malformed('a line has no end', cursor.at);
    text += String.fromCharCode(byte);
  }
  return text;
}
