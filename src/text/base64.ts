import type { Span } from '../base/spans.ts';
import { type ByteOrigin, textStretch } from './bytes.ts';
import { type Finder, MOST, type Stretch } from './stretch.ts';

/** Characters of the alphabets of RFC 4648: 1 base64 and its URL-safe form, 2 base32, 4 base32 in small letters. */
const ALPHABET = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_') set(char, 1);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567') set(char, 2);
for (const char of 'abcdefghijklmnopqrstuvwxyz234567') set(char, 4);

function set(char: string, bit: number): void {
  const code = char.charCodeAt(0);
  ALPHABET[code] = (ALPHABET[code] ?? 0) | bit;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const FIVE_BITS = new Uint8Array(128);
[...UPPER].forEach((char, value) => {
  FIVE_BITS[char.charCodeAt(0)] = value;
  FIVE_BITS[char.toLowerCase().charCodeAt(0)] = value;
});

/** Shorter words are not tried: too many words of prose would be. */
const SHORTEST = 8;
/** A run of shorter words is a stretch when it is this long in all. */
const ENOUGH = 12;
const BASE32_ENOUGH = 16;
/** A megabyte in lines of 64 has 16,384. */
const MOST_WORDS = 16_384;

interface Word {
  readonly start: number;
  readonly end: number;
  /** Only characters that both alphabets have. */
  readonly base32: boolean;
}

/**
 * Base64 (standard and URL-safe, wrapped or set in groups, with or without its padding) and base32. Prose is passed
 * over by its letters: words of base64 change case or have digits within.
 */
export const base64: Finder = {
  kind: 'base64',
  repairs: false,
  find(text, survey) {
    const found: Stretch[] = [];
    let group: Word[] = [];
    const flush = () => {
      if (group.length > 0 && found.length < MOST) found.push(...stretchesOf(text, group));
      group = [];
    };
    for (const word of codedWords(text, survey.coded)) {
      const last = group.at(-1);
      if (last !== undefined && !(onlySpace(text, last.end, word.start) && last.base32 === word.base32))
        flush();
      group.push(word);
    }
    flush();
    return found.slice(0, MOST);
  },
};

function codedWords(text: string, runs: readonly Span[]): Word[] {
  const words: Word[] = [];
  for (const run of runs) {
    for (let end = run.start; end < run.end; end++) {
      const start = end;
      while (end < run.end && (ALPHABET[text.charCodeAt(end)] ?? 0) > 0) end++;
      const word = end - start < SHORTEST ? undefined : coded(text, start, end);
      if (word === undefined) continue;
      if (words.length >= MOST_WORDS) return words;
      // The short end of a wrapped or grouped run belongs to it.
      const tail = words.length > 0 || end - start >= 16 ? shortTail(text, end) : undefined;
      words.push(word);
      if (tail !== undefined) words.push({ ...tail, base32: word.base32 });
    }
  }
  return words;
}

/** A word of 2 to 7 characters, padded or last of its text, right after a line end or space. */
function shortTail(text: string, end: number): { start: number; end: number } | undefined {
  const match = TAIL.exec(text.slice(end, end + 16));
  const word = match?.[2];
  if (match === null || word === undefined) return;
  const start = end + (match[1]?.length ?? 0);
  return { start, end: start + word.length };
}
const TAIL = /^(\s{1,3})([A-Za-z0-9+/_-]{2,7})(?==|\s*$)/;

/** Whether a word may be encoded: letters that change case within, or letters and digits mixed. */
function coded(text: string, start: number, end: number): Word | undefined {
  let turns = 0;
  let digits = 0;
  let upper = 0;
  let lower = 0;
  let all = 7;
  let last = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    all &= ALPHABET[code] ?? 0;
    if (code >= 97) {
      lower++;
      last = 1;
    } else if (code >= 65) {
      upper++;
      if (last === 1) turns++;
      last = 2;
    } else if (code < 58 && code > 47) digits++;
    // All the rest of a long run is like its start.
    if (i - start > 256) break;
  }
  const base32 = (all & 6) !== 0 && (upper === 0 || lower === 0) && end - start >= SHORTEST;
  if (base32) return { start, end, base32 };
  if (upper === 0 || lower === 0 || (turns === 0 && digits === 0)) return;
  return { start, end, base32: false };
}

function onlySpace(text: string, start: number, end: number): boolean {
  if (end - start > 4) return false;
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}

function stretchesOf(text: string, group: readonly Word[]): Stretch[] {
  const whole = decoded(text, group);
  if (whole !== undefined) return [whole];
  if (group.length === 1) return [];
  return group.flatMap((word) => decoded(text, [word]) ?? []);
}

function decoded(text: string, words: readonly Word[]): Stretch | undefined {
  const start = words[0]?.start ?? 0;
  const last = words.at(-1);
  if (last === undefined) return;
  let end = last.end;
  while (end < last.end + 6 && text[end] === '=') end++;
  const source =
    words.length === 1
      ? text.slice(start, last.end)
      : words.map((one) => text.slice(one.start, one.end)).join('');
  if (last.base32) {
    const stretch = source.length < BASE32_ENOUGH ? undefined : fromBase32(source, words, start, end);
    if (stretch !== undefined) return stretch;
  }
  if (source.length < ENOUGH) return;
  // Up to three stray characters before it (a prefix without a space) shift every group of four.
  for (let stray = 0; stray < 4; stray++) {
    const bytes = Buffer.from(stray === 0 ? source : source.slice(stray), 'base64');
    const origins = () => quartets(words, stray, 4, 3);
    const stretch = textStretch('base64', start + stray, end, bytes, origins);
    if (stretch !== undefined) return stretch;
    if (words.length > 1) return;
  }
  return;
}

function fromBase32(source: string, words: readonly Word[], start: number, end: number): Stretch | undefined {
  const bytes = Buffer.allocUnsafe(Math.floor((source.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (let i = 0; i < source.length; i++) {
    held = ((held << 5) | (FIVE_BITS[source.charCodeAt(i)] ?? 0)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[length++] = (held >> bits) & 255;
    if (length === 8 && !printable(bytes)) return;
  }
  return textStretch('base32', start, end, bytes.subarray(0, length), () => quartets(words, 0, 8, 5));
}

const printable = (bytes: Buffer) => {
  for (let i = 0; i < 8; i++) if ((bytes[i] ?? 0) < 9) return false;
  return true;
};

/** Byte i came from the characters that hold its bits: `chars` characters hold `size` bytes. */
function quartets(words: readonly Word[], skip: number, chars: number, size: number): ByteOrigin {
  const starts: number[] = []; // of each word, counted in characters of the alphabet
  let count = 0;
  for (const word of words) {
    starts.push(count);
    count += word.end - word.start;
  }
  let index = 0;
  const offsetOf = (char: number) => {
    if (char < (starts[index] ?? 0)) index = 0;
    while (index + 1 < words.length && char >= (starts[index + 1] ?? 0)) index++;
    return (words[index]?.start ?? 0) + char - (starts[index] ?? 0);
  };
  return (byte) => {
    const first = skip + Math.floor((byte * chars) / size);
    const last = skip + Math.ceil(((byte + 1) * chars) / size) - 1;
    return [offsetOf(first), offsetOf(Math.min(last, count - 1)) + 1];
  };
}
