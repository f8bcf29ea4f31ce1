import type { Format, Likeness } from './format.ts';
import { promisesFormat } from './promised-names.ts';
import { Malformed, type Source } from './source.ts';

/** Bytes that are judged together: few enough for a program among numbers to show. */
const BLOCK = 4096;
const AT_ONCE = 16 * BLOCK;
/** Of less nobody can tell. */
const LEAST = 64;
/** The share of words that may be out of line: the noise of training reaches further than its numbers. */
const STRAY = 0.01;

/** Whole numbers this small, and those below zero, are counts, indices and shapes. */
const SMALL = 1 << 20;
/** Exponents of weights and what is measured, by 2^-40 and 2^34: bytes of texts and programs have others. */
const LOWEST = 40;
const HIGHEST = 34;
const BIAS_32 = 127;
const BIAS_64 = 1023;
/** Half precision has few exponents; from 2^8 on letters begin. */
const HIGHEST_16 = 0x5c00;

const isSmall = (word: number): boolean => word < SMALL || word >= 2 ** 32 - SMALL;
const isExponent = (exponent: number, bias: number): boolean =>
  exponent >= bias - LOWEST && exponent <= bias + HIGHEST;
/** Infinity, the largest number that there is, and no number: masks are made of them. */
const isSpecial = (word: number): boolean => {
  const bare = word & 0x7fff_ffff;
  return bare === 0x7f80_0000 || bare === 0x7f7f_ffff || bare === 0x7fc0_0000;
};
const isWord = (word: number): boolean =>
  isExponent((word >>> 23) & 0xff, BIAS_32) || isSmall(word) || isSpecial(word);
const isDouble = (low: number, high: number): boolean =>
  isExponent((high >>> 20) & 0x7ff, BIAS_64) ||
  (high === 0 && isSmall(low) && low < SMALL) ||
  (high === 0xffff_ffff && isSmall(low)) ||
  (low === 0 && (high & 0x7ff7_ffff) === 0x7ff0_0000);

interface Kind {
  readonly name: string;
  /** Bytes of a number. */
  readonly width: number;
  /** How many of the first `count` numbers are none that anybody keeps. */
  strays(block: DataView, count: number): number;
}

/** Little-endian: there are no machines with others left that models are made on. */
const KINDS: readonly Kind[] = [
  {
    name: '32 bits',
    width: 4,
    strays(block, count) {
      let strays = 0;
      for (let i = 0; i < count; i++) if (!isWord(block.getUint32(4 * i, true))) strays++;
      return strays;
    },
  },
  {
    name: '64 bits',
    width: 8,
    strays(block, count) {
      let strays = 0;
      for (let i = 0; i < count; i++)
        if (!isDouble(block.getUint32(8 * i, true), block.getUint32(8 * i + 4, true))) strays++;
      return strays;
    },
  },
  {
    name: 'bfloat16',
    width: 2,
    strays(block, count) {
      let strays = 0;
      for (let i = 0; i < count; i++) if (!isWord(block.getUint16(2 * i, true) * 0x10000)) strays++;
      return strays;
    },
  },
  {
    name: '16 bits',
    width: 2,
    strays(block, count) {
      let strays = 0;
      for (let i = 0; i < count; i++) if ((block.getUint16(2 * i, true) & 0x7fff) > HIGHEST_16) strays++;
      return strays;
    },
  },
];

/** Capitals and digits pass for numbers of 16 bits. */
function isText(bytes: Uint8Array): boolean {
  let signs = 0;
  for (const byte of bytes) if (byte >= 9 && byte < 0x80) signs++;
  return signs > bytes.length * (1 - 2 * STRAY);
}

/** The first kind whose numbers a block is made of. */
function kindOf(bytes: Uint8Array): string | undefined {
  if (isText(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return KINDS.find(({ width, strays }) => {
    const count = bytes.length / width;
    return Number.isInteger(count) && strays(view, count) <= count * STRAY;
  })?.name;
}

function looks(source: Source, name: string): Likeness {
  if (source.size < LEAST || promisesFormat(name)) return false;
  return kindOf(source.read(0, BLOCK)) !== undefined && 'maybe';
}

/**
 * Numbers and nothing else, without a header: what NumPy’s `tofile` and `memmap` write, weights beside their graph. No
 * loader runs them. What else there could be shows: in block after block nearly every word is a number of a size that is
 * in use, which of programs, pickles, archives, texts, and of anything packed or enciphered, is true of few.
 */
export const numbers: Format = {
  name: 'numbers',
  title: 'numbers without a header',
  rules: [],
  looks,
  async read({ source, coverage, note, pause }) {
    const kinds = new Set<string>();
    let isNothing = true;
    for (let at = 0; at < source.size; at += AT_ONCE) {
      const rest = pause();
      if (rest) await rest;
      const bytes = source.read(at, AT_ONCE);
      for (let i = 0; i < bytes.length; i += BLOCK) {
        const kind = kindOf(bytes.subarray(i, i + BLOCK));
        if (kind === undefined) throw new Malformed('these are no numbers', at + i);
        kinds.add(kind);
      }
      isNothing &&= bytes.every((byte) => byte === 0);
    }
    // Nobody keeps them, but whoever sends a great many packed in few bytes.
    if (isNothing) throw new Malformed('these are zeros only', 0);
    note({ numbers: [...kinds].join(', ') });
    coverage.claim('data', 0, source.size);
  },
  proof: {
    catches: [],
    passes: [
      { name: 'floats', bytes: () => floats(3000, 4) },
      { name: 'doubles', bytes: () => floats(3000, 8) },
      {
        name: 'indices',
        bytes: () => new Uint8Array(Int32Array.from({ length: 5000 }, (_, i) => i - 9).buffer),
      },
    ],
  },
};

function floats(count: number, width: 4 | 8): Uint8Array {
  const each = (_: unknown, i: number) => Math.sin(i * i) / (1 + (i % 7));
  const made =
    width === 4 ? Float32Array.from({ length: count }, each) : Float64Array.from({ length: count }, each);
  return new Uint8Array(made.buffer);
}
