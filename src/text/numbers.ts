import { textStretch } from './bytes.ts';
import { knownShare } from './natural.ts';
import { byOrigins } from './spans.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';
import type { ViewKind } from './view.ts';

/** Text written as the numbers of its characters. */

const BITS = /[01]{7,8}(?:[ \t\r\n,;_-]{0,2}[01]{7,8}){3,4000}/g;
const CODES = /(?<![\d.])(?:0o|0x)?\d{1,3}(?:[ \t\r\n,;/|_.-]{1,3}(?:0o)?\d{1,3}){5,4000}(?![\d.])/g;

/** Runs of numbers are read in lengths of 4,000, and so many of them. */
const FEW = 12;

export const binary: Finder = {
  kind: 'binary',
  repairs: false,
  most: FEW,
  find(text, survey) {
    if (!survey.hasDigits || !/[01]{7}/.test(text)) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, BITS, FEW)) {
      const stretch = fromBits(match[0], match.index);
      if (stretch !== undefined) found.push(stretch);
    }
    return found;
  },
};

function fromBits(source: string, at: number): Stretch | undefined {
  const groups = source.split(/[^01]+/);
  const digits = groups.join('');
  const seven =
    groups.length > 1
      ? groups.every((one) => one.length === 7)
      : digits.length % 8 !== 0 && digits.length % 7 === 0;
  for (const size of seven ? [7] : [8, 7]) {
    const bytes = Buffer.alloc(Math.floor(digits.length / size));
    for (let i = 0; i < bytes.length; i++)
      bytes[i] = Number.parseInt(digits.slice(i * size, (i + 1) * size), 2);
    const stretch = textStretch('binary', at, at + source.length, bytes, () => {
      const places: number[] = [];
      for (const one of source.matchAll(/[01]/g)) places.push(at + one.index);
      return (byte) => [places[byte * size] ?? at, (places[byte * size + size - 1] ?? at) + 1];
    });
    if (stretch !== undefined) return stretch;
  }
  return;
}

/** Decimal and octal codes of characters; and 1 to 26 for a to z. */
export const decimal: Finder = {
  kind: 'decimal',
  repairs: false,
  most: FEW,
  find(text, survey) {
    if (!survey.hasDigits) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, CODES, FEW)) {
      const stretch = fromCodes(match[0], match.index);
      if (stretch !== undefined) found.push(stretch);
    }
    return found;
  },
};

type Reading = (digits: string) => string | undefined;

const character = (code: number): string | undefined =>
  (code >= 32 && code < 127) || code === 9 || code === 10 || code === 13
    ? String.fromCharCode(code)
    : undefined;

const PLACES: Reading = (digits) => {
  const place = Number.parseInt(digits, 10);
  return place === 0 ? ' ' : place <= 26 ? String.fromCharCode(96 + place) : undefined;
};

const READINGS: readonly Reading[] = [
  (digits) => character(Number.parseInt(digits, 10)),
  (digits) => (/^[0-7]{2,3}$/.test(digits) ? character(Number.parseInt(digits, 8)) : undefined),
  PLACES,
];

function fromCodes(source: string, at: number): Stretch | undefined {
  const numbers = [...source.matchAll(/\d+/g)];
  for (const read of READINGS) {
    const chars: string[] = [];
    for (const [digits] of numbers) {
      const char = read(digits);
      if (char === undefined) break;
      chars.push(char);
    }
    if (chars.length < numbers.length) continue;
    // Small numbers are everywhere: as letters they must make words.
    if (read === PLACES && (chars.length < 8 || knownShare(chars.join('')) < 0.5)) return;
    return guessed('decimal', source, at, chars.join(''), () => numbers);
  }
  return;
}

/** A reading one unit of which was made of one piece of the source each. */
export function guessed(
  kind: ViewKind,
  source: string,
  at: number,
  text: string,
  pieces: () => readonly { readonly index: number; readonly 0: string }[],
): Stretch {
  const origins = () => {
    const all = pieces();
    return {
      starts: all.map((piece) => at + piece.index),
      ends: all.map((piece) => at + piece.index + piece[0].length),
    };
  };
  const end = at + source.length;
  return { kind, start: at, end, text, spanOf: byOrigins(origins, { start: at, end }), doubtful: true };
}
