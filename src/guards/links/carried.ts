import type { Asked } from '../guard.ts';
import { plainOf, Shingles } from './shingles.ts';

/** Letters and digits in a row that are no chance: five short words. */
const SHINGLE = 12;
/** How much of the request may stand in an address: in words that people read (a title, a search) more than in code. */
const IN_PATH = 48;
const IN_QUERY = 32;
/** UTF-16 units of one piece that looks random: names of commits (40) and documents (44) are shorter. */
const RANDOM = { host: 24, path: 64, query: 48 } as const;
/** UTF-16 units of path and query together. */
const LONG = 1024;

export type Cargo = 'prompt_text' | 'encoded' | 'random' | 'long';

const INDEXES = new WeakMap<object, { readonly shingles: Shingles; readonly texts: readonly string[] }>();

function indexOf(asked: Asked) {
  const known = INDEXES.get(asked.texts);
  if (known !== undefined) return known;
  const texts = asked.texts.map(({ text }) => text);
  const made = { shingles: new Shingles(texts, SHINGLE), texts };
  INDEXES.set(asked.texts, made);
  return made;
}

/**
 * What an address carries beside what it names: text of the request, in clear or encoded, or what looks like data.
 * @param known the host is on the list: what looks random there may well be a name
 */
export function cargoOf(
  url: URL,
  address: string,
  asked: Asked | undefined,
  known: boolean,
): Cargo | undefined {
  const pieces = piecesOf(url);
  const decoded = pieces.flatMap(({ text }) => decodings(text));
  if (asked !== undefined && (decoded.length > 0 || url.href.length > IN_QUERY)) {
    const { shingles, texts } = indexOf(asked);
    // What the request itself says is no news to whoever gets it.
    if (texts.some((text) => text.includes(address))) return undefined;
    if (decoded.some((text) => shingles.common(plainOf(text)) >= SHINGLE)) return 'prompt_text';
    const path = shingles.common(plainOf(inClear(url.pathname + url.hostname)));
    const query = shingles.common(plainOf(inClear(url.search + url.hash + url.username + url.password)));
    if (path >= IN_PATH || query >= IN_QUERY) return 'prompt_text';
  }
  if (known) return undefined;
  if (decoded.length > 0) return 'encoded';
  if (pieces.some(({ text, place }) => looksRandom(text, RANDOM[place]))) return 'random';
  return url.pathname.length + url.search.length + url.hash.length > LONG ? 'long' : undefined;
}

interface Piece {
  readonly text: string;
  readonly place: keyof typeof RANDOM;
}

function piecesOf({ hostname, pathname, search, hash, username, password }: URL): Piece[] {
  const cut = (text: string, at: RegExp, place: Piece['place']): Piece[] =>
    inClear(text)
      .split(at)
      .filter((one) => one !== '')
      .map((one) => ({ text: one, place }));
  const labels = hostname.split('.').slice(0, -2);
  return [
    ...cut(labels.join('.'), /\./, 'host'),
    // DNS takes labels of 63 at most, so data is cut over several.
    { text: labels.join(''), place: 'host' as const },
    ...cut(pathname, /\//, 'path'),
    ...cut(`${search}&${hash}&${username}&${password}`, /[?&=#;,]+/, 'query'),
  ];
}

/** Percent-encoding undone, twice as some proxies do; what is broken stays. */
function inClear(text: string): string {
  const once = decoded(text);
  return once.includes('%') ? decoded(once) : once;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){12,}/gi;

/** Readings of what may be base64 or hexadecimal, where they are text. */
function decodings(piece: string): string[] {
  const found: string[] = [];
  for (const [text] of piece.matchAll(HEX)) found.push(Buffer.from(text, 'hex').toString('utf8'));
  // A space was a plus sign.
  for (const [text] of piece.replaceAll(' ', '+').matchAll(BASE64)) {
    found.push(Buffer.from(text, 'base64').toString('utf8'));
  }
  return found.filter(isReadable);
}

/** Bytes that are no text come out as replacement characters and controls. */
function isReadable(text: string): boolean {
  const odd = text.match(/[\ufffd\p{Cc}\p{Cn}\p{Co}]/gu)?.length ?? 0;
  return text.length >= 8 && odd * 16 <= text.length;
}

/** Words with hyphens between them, and perhaps a number before or among them. */
function isTitle(text: string): boolean {
  const words = text.split(/[-_ ]/);
  const plain = words.filter((word) => /^[a-z]{1,16}$/i.test(word)).length;
  return (
    words.length > 1 &&
    ((words.every((word) => /^[a-z0-9]+$/i.test(word)) && /^[a-z]+$/i.test(words[0] ?? '')) ||
      plain * 3 > words.length * 2)
  );
}

/** Letters and digits with no order in them: bits in each character, by how often each occurs. */
function looksRandom(text: string, least: number): boolean {
  if (text.length < least || !/^[\w+/=~ -]+$/.test(text)) return false;
  if (isTitle(text)) return false;
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits > 3.5 && /\d/.test(text);
}
