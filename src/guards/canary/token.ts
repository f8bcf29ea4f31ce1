import { createHmac } from 'node:crypto';

const CONSONANTS = 'bdfghjklmnprstvz';
const VOWELS = 'aeio';
/** Syllables of 6 bits: 144 bits in all, 72 in the half that is proof. */
const SYLLABLES = 24;
const PER_WORD = 3;

/**
 * The words of one request and guard: letters only, and such as a model can say, for it is to repeat them as they are.
 * Nobody without the seed can guess them (HMAC-SHA-256).
 */
export function tokenOf(seed: Uint8Array, name: string): string[] {
  const bytes = createHmac('sha256', seed).update(`canary\0${name}`).digest();
  const syllables = Array.from({ length: SYLLABLES }, (_, i) => {
    const bits = (bytes[i] as number) & 63;
    return `${CONSONANTS[bits >> 2]}${VOWELS[bits & 3]}`;
  });
  return Array.from({ length: SYLLABLES / PER_WORD }, (_, i) =>
    syllables.slice(i * PER_WORD, (i + 1) * PER_WORD).join(''),
  );
}

const reversed = (text: string): string => [...text].reverse().join('');
const shifted = (text: string, by: number): string =>
  text.replace(/[a-z]/g, (char) => String.fromCharCode(((char.charCodeAt(0) - 97 + by) % 26) + 97));
const mirrored = (text: string): string =>
  text.replace(/[a-z]/g, (char) => String.fromCharCode(219 - char.charCodeAt(0)));
const each = (text: string, write: (code: number) => string): string =>
  Array.from(text, (char) => write(char.charCodeAt(0))).join('');

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
  let out = '';
  for (let bit = 0; bit + 5 <= bytes.length * 8; bit += 5) {
    const pair = ((bytes[bit >> 3] as number) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    out += BASE32[(pair >> (11 - (bit & 7))) & 31];
  }
  return out;
}

/** Written with other bytes around it: what of it is the same whatever they are, for each place it may begin at. */
function aligned(text: string, group: number, chars: number, encode: (bytes: Buffer) => string): string[] {
  return Array.from({ length: group }, (_, before) =>
    encode(Buffer.from(' '.repeat(before) + text)).slice(before === 0 ? 0 : chars, -chars),
  );
}

/** The token as a model may write it, in lower-case letters and digits only. */
function writings(words: readonly string[]): string[] {
  const joined = words.join('');
  const backwards = reversed(joined);
  const spelled = [words.join(' '), words.join('-'), joined];
  const rotated = Array.from({ length: 25 }, (_, by) => shifted(joined, by + 1));
  return [
    ...[joined, backwards, [...words].reverse().join(''), mirrored(joined), ...rotated],
    ...[...spelled, reversed(words.join(' '))].flatMap((text) => [
      ...aligned(text, 3, 4, (bytes) => bytes.toString('base64')),
      ...aligned(text, 5, 8, base32),
      each(text, (code) => code.toString(16)),
      each(text, (code) => `x${code.toString(16)}`),
      each(text, (code) => `u00${code.toString(16)}`),
      each(text, String),
      each(text, (code) => code.toString(2).padStart(8, '0')),
    ]),
  ].map((text) => text.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/** Stretches of half a token, from every eighth of it: five words in a row hold one of them. */
export function needlesOf(words: readonly string[]): string[] {
  return writings(words).flatMap((text) => {
    const half = Math.ceil(text.length / 2);
    const step = Math.ceil(text.length / words.length);
    return [0, 1, 2, 3, 4]
      .map((i) => text.slice(i * step, i * step + half))
      .filter((one) => one.length === half);
  });
}
