import { isUtf8 } from 'node:buffer';
import { textStretch } from './bytes.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';

const RANGE = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => String.fromCharCode(from + i)).join('');
const ALNUM = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Adobe's and Unix's, RFC 1924's (Python and Git), ZeroMQ's. */
const ALPHABETS = [
  RANGE(33, 118),
  `${ALNUM}!#$%&()*+-;<=>?@^_\`{|}~`,
  '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#',
].map((chars) => {
  const values = new Int8Array(128).fill(-1);
  [...chars].forEach((char, value) => {
    values[char.charCodeAt(0)] = value;
  });
  return values;
});

const ADOBE = /<~([!-uz\s]+?)~>/g;
const SHORTEST = 15;
const FEW = 64;
/** One character in twelve, at least, is neither letter nor digit. */
const DENSITY = 12;
const SAMPLE = 200;

function dense(text: string, start: number, end: number): boolean {
  const sample = text.slice(start, Math.min(end, start + SAMPLE));
  // Addresses, paths and code have words; letters drawn at random do not.
  if (/[a-z]{5}|[A-Z]{5}/.test(sample.slice(0, 40))) return false;
  return (sample.match(/[^A-Za-z0-9]/g)?.length ?? 0) * DENSITY >= sample.length;
}

function push(into: Stretch[], one: Stretch | undefined): void {
  if (one !== undefined) into.push(one);
}

/** Base85 in its three alphabets. Only words that are full of symbols, as prose, code and addresses are not. */
export const base85: Finder = {
  kind: 'base85',
  repairs: false,
  most: FEW,
  find(text, survey) {
    const found: Stretch[] = [];
    if (survey.has('<~'))
      for (const { index, 0: whole, 1: inner = '' } of matches(text, ADOBE, FEW))
        push(found, decoded(inner, index, whole.length, 2));
    let tried = 0;
    for (const { start, end } of survey.coded) {
      if (end - start < SHORTEST || !dense(text, start, end)) continue;
      push(found, decoded(text.slice(start, end), start, end - start, 0));
      if (++tried >= FEW) break;
    }
    return found;
  },
};

function decoded(source: string, at: number, length: number, inset: number): Stretch | undefined {
  for (const values of inset > 0 ? ALPHABETS.slice(0, 1) : ALPHABETS) {
    // What the beginning is not, the rest need not be tried for.
    if (source.length > SAMPLE && !begins(fives(source.slice(0, SAMPLE), values)?.bytes)) continue;
    const result = fives(source, values);
    if (result === undefined) continue;
    const { bytes, places } = result;
    const stretch = textStretch('base85', at, at + length, bytes, () => (byte) => {
      const group = Math.floor(byte / 4) * 5;
      const first = places[group] ?? 0;
      return [at + inset + first, at + inset + (places[Math.min(group + 4, places.length - 1)] ?? first) + 1];
    });
    if (stretch !== undefined) return stretch;
  }
  return;
}

/** Whether bytes may be the beginning of a text; its last character may be cut. */
function begins(bytes: Buffer | undefined): boolean {
  if (bytes === undefined) return false;
  let end = bytes.length;
  while (end > bytes.length - 4 && (bytes[end - 1] ?? 0) > 127) end--;
  return isUtf8(bytes.subarray(0, end));
}

/** Five characters are four bytes; the last group may be shorter. Places of the characters, `z` standing for five. */
function fives(source: string, values: Int8Array): { bytes: Buffer; places: Int32Array } | undefined {
  const bytes = Buffer.alloc(source.length * 4);
  const places = new Int32Array(source.length * 5);
  let length = 0;
  let count = 0;
  let group = 0;
  const take = (value: number, place: number) => {
    places[count++] = place;
    group = group * 85 + value;
    if (count % 5 !== 0) return true;
    if (group > 0xffffffff) return false;
    length = bytes.writeUInt32BE(group, length);
    group = 0;
    return length > 16 || !/[\x00-\x08\x0e-\x1f]/.test(bytes.toString('latin1', 0, length));
  };
  for (let i = 0; i < source.length; i++) {
    const code = source.charCodeAt(i);
    if (code <= 32) continue;
    if (code === 122 && values === ALPHABETS[0] && count % 5 === 0) {
      for (let five = 0; five < 5; five++) if (!take(0, i)) return;
      continue;
    }
    const value = values[code] ?? -1;
    if (value < 0 || !take(value, i)) return;
  }
  const rest = count % 5;
  if (rest === 1) return;
  for (let i = rest; rest > 0 && i < 5; i++) group = group * 85 + 84;
  if (group > 0xffffffff) return;
  if (rest > 0) bytes.writeUInt32BE(group, length);
  return { bytes: bytes.subarray(0, length + Math.max(0, rest - 1)), places: places.subarray(0, count) };
}
