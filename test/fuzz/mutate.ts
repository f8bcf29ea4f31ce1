import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';

/** What mutations are made of. */
export interface Material {
  readonly seeds: readonly Buffer[];
  /** Words that mean something to the parser. */
  readonly words: readonly string[];
  /** Bytes; longer inputs are cut off. */
  readonly longest: number;
}

type Mutator = (input: Buffer, random: Random, material: Material) => Buffer;

/** A seed, changed a few times; half of those with JSON in them stay JSON, and so come further. */
export function mutate(random: Random, material: Material): Buffer {
  let input = random.pick(material.seeds);
  const share = random.chance(0.5) ? 1 : 0.2;
  for (let changes = 1 + random.below(random.chance(0.2) ? 8 : 3); changes > 0; changes--) {
    const mutator = input.includes('{') && random.chance(share) ? jsonInside : random.pick(MUTATORS);
    input = mutator(input, random, material).subarray(0, material.longest);
  }
  return input;
}

/** Bytes that parsers stumble over: white space of all kinds, brackets, quotes, the edges of every range. */
const ODD_BYTES = Buffer.from(
  '\0\t\n\v\f\r !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~\x7f\x80\xbf\xc0\xe2\xed\xef\xf0\xfe\xff',
  'latin1',
);

/** What is no UTF-8, or is and misleads: overlong forms, halves, beyond the last character, marks, look-alikes. */
const ODD_TEXTS = [
  ...[
    'c080',
    'c1bf',
    'e08080',
    'eda080',
    'edbfbf',
    'f4908080',
    'f8888080',
    'e282',
    'ff',
    'efbbbf',
    'fffe',
    'feff',
  ].map((hex) => Buffer.from(hex, 'hex')),
  ...[
    '\u2028',
    '\u2029',
    '\u0085',
    '\u00a0',
    '\u200b',
    '\u200d',
    '\u202e',
    '\ufeff',
    '\ufffd',
    '\uff1a',
    '\uff02',
    '\u0430',
    '\u0131',
    '\u212a',
    'ﬀ',
    '𝟏',
    '😀',
    'e\u0301',
  ].map((text) => Buffer.from(text)),
];

const NUMBERS =
  `0 -0 1 -1 00 0x10 1e3 1e400 -1e999 1e-400 0.1 .5 5. 127 128 255 256 32767 65535 65536 2147483647
  2147483648 4294967295 4294967296 9007199254740991 9007199254740993 12345678901234567890 18446744073709551616
  99999999999999999999999999999999999999 NaN Infinity +1 1_000 ٣`.split(/\s+/);

/** Where numbers of one, two, four and eight bytes, and those that are exact, begin and end. */
const EDGES = [0, 1, -1, 127, 128, 255, 256, 32767, 32768, 65535, 65536].concat([
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 31),
  -(2 ** 63),
]);

const numberAt = (input: Buffer, at: number, width: number, little: boolean): number =>
  little ? input.readUIntLE(at, width) : input.readUIntBE(at, width);

const place = (input: Buffer, random: Random): number => random.below(input.length + 1);

function span(input: Buffer, random: Random): readonly [number, number] {
  const from = place(input, random);
  const length = random.chance(0.8) ? random.below(17) : random.below(input.length - from + 1);
  return [from, Math.min(input.length, from + length)];
}

const splice = (input: Buffer, from: number, to: number, middle: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, from), middle, input.subarray(to)]);

const insert = (input: Buffer, random: Random, piece: Uint8Array): Buffer => {
  const at = place(input, random);
  return splice(input, at, random.chance(0.5) ? at : Math.min(input.length, at + piece.length), piece);
};

/** Lines, each with the break that it has. */
const linesOf = (input: Buffer): string[] => input.toString('latin1').split(/(?<=\n)/);

const jsonInside: Mutator = (input, random, { words }) => {
  const text = input.toString('utf8');
  const start = text.search(/[{[]/);
  if (start < 0) return bytes(input, random);
  // What is before the JSON (the name of an operation, a field of an event) stays; so does what comes after its line.
  const ends = [text.length, text.indexOf('\n', start)].filter((end) => end > start);
  for (const end of ends) {
    const changed = mutateJson(text.slice(start, end), random, words);
    if (changed !== undefined) return Buffer.from(text.slice(0, start) + changed + text.slice(end));
  }
  return bytes(input, random);
};

const bytes = (input: Buffer, random: Random): Buffer => {
  const copy = Buffer.from(input);
  if (copy.length > 0) copy[random.below(copy.length)] = random.pick([...ODD_BYTES]);
  return copy;
};

const MUTATORS: readonly Mutator[] = [
  bytes,
  // One bit.
  (input, random) => {
    const copy = Buffer.from(input);
    const at = random.below(copy.length);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    return copy;
  },
  // Any byte in the place of one.
  (input, random) => {
    const copy = Buffer.from(input);
    if (copy.length > 0) copy[random.below(copy.length)] = random.below(256);
    return copy;
  },
  // A number of two, four or eight bytes: a length, a count, an offset. Either way round.
  (input, random) => {
    const width = random.pick([2, 4, 8]);
    const at = random.below(input.length - width + 1);
    const copy = Buffer.from(input);
    if (copy.length < width) return bytes(input, random);
    const little = random.chance(0.7);
    const old =
      width === 8 ? numberAt(copy, at + (little ? 0 : 4), 4, little) : numberAt(copy, at, width, little);
    const value = random.pick([
      () => old + random.below(17) - 8,
      () => random.pick(EDGES),
      () => copy.length - random.below(at + 1),
      () => random.below(copy.length + 9),
      () => old * 2,
    ])();
    const piece = Buffer.alloc(8);
    if (little) piece.writeBigInt64LE(BigInt(value));
    else piece.writeBigInt64BE(BigInt(value));
    piece.copy(copy, at, little ? 0 : 8 - width, little ? width : 8);
    return copy;
  },
  // The end is missing, or the start, or something between.
  (input, random) => input.subarray(0, place(input, random)),
  (input, random) => input.subarray(place(input, random)),
  (input, random) => {
    const [from, to] = span(input, random);
    return splice(input, from, to, Buffer.alloc(0));
  },
  // A piece is there twice, or somewhere else.
  (input, random) => {
    const [from, to] = span(input, random);
    return splice(input, to, to, input.subarray(from, to));
  },
  (input, random) => {
    const [from, to] = span(input, random);
    return insert(input, random, input.subarray(from, to));
  },
  // A long run of one byte.
  (input, random) => {
    const unit = random.chance(0.5) ? random.pick([...ODD_BYTES]) : (input[random.below(input.length)] ?? 0);
    return insert(input, random, Buffer.alloc(random.pick([2, 17, 255, 256, 1025, 4097]), unit));
  },
  // Much inside of each other.
  (input, random) => {
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['(', ')'],
      ['{', '}'],
      ['- ', ''],
      ['"\\"', ''],
    ] as const);
    const depth = random.pick([3, 33, 65, 257, 2000]);
    return insert(
      input,
      random,
      Buffer.from(open.repeat(depth) + close.repeat(random.chance(0.5) ? depth : 0)),
    );
  },
  (input, random) => insert(input, random, random.pick(ODD_TEXTS)),
  (input, random) => insert(input, random, Buffer.from(random.pick(NUMBERS))),
  // Another number where there is one.
  (input, random) => {
    const text = input.toString('latin1');
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return bytes(input, random);
    const { 0: old, index } = random.pick(numbers);
    return splice(input, index, index + old.length, Buffer.from(random.pick(NUMBERS)));
  },
  // A word of the format.
  (input, random, { words }) =>
    words.length === 0 ? bytes(input, random) : insert(input, random, Buffer.from(random.pick(words))),
  // One seed goes on as another.
  (input, random, { seeds }) => {
    const other = random.pick(seeds);
    return Buffer.concat([input.subarray(0, place(input, random)), other.subarray(place(other, random))]);
  },
  // Lines: gone, twice, in another order, with other ends.
  (input, random) => {
    const lines = linesOf(input);
    lines.splice(random.below(lines.length), 1 + random.below(3));
    return Buffer.from(lines.join(''), 'latin1');
  },
  (input, random) => {
    const lines = linesOf(input);
    const at = random.below(lines.length);
    lines.splice(random.below(lines.length + 1), random.chance(0.5) ? 0 : 1, lines[at] ?? '');
    return Buffer.from(lines.join(''), 'latin1');
  },
  (input, random) => {
    const end = random.pick(['\r\n', '\r', '\n\n', '\r\r\n', '', ' \n', '\n ']);
    const every = random.chance(0.5);
    const lines = linesOf(input).map((line) =>
      every || random.chance(0.1) ? line.replace(/\r?\n$/, end) : line,
    );
    return Buffer.from(lines.join(''), 'latin1');
  },
  (input, random) => Buffer.concat([random.pick(ODD_TEXTS), input]),
];
