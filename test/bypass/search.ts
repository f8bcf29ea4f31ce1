import { isObject, type Json } from '../../src/base/json.ts';
import { unescapeJson } from './text.ts';

/**
 * Whether a text got through, read as generously as an attacker's accomplice would: the bytes as they are, every
 * string, key and number after decoding, the pieces of every channel joined, escapes in tool arguments, base64, and
 * lists of bytes; in any case, with and without the characters that nobody sees.
 */
export function holds(bytes: string, text: string): boolean {
  const wanted = text.toLowerCase();
  const bare = visible(wanted);
  for (const view of viewsOf(bytes)) {
    const lower = view.toLowerCase();
    if (lower.includes(wanted) || (bare.length > 4 && visible(lower).includes(bare))) return true;
  }
  return false;
}

const visible = (text: string): string => text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');

function viewsOf(bytes: string): string[] {
  const channels = new Map<string, string>();
  for (const value of valuesOf(bytes)) collect(value, '', channels);
  const views = [bytes];
  for (const [path, text] of channels) {
    views.push(text);
    if (/arguments|partial_json|input/.test(path)) views.push(unescapeJson(text));
    if (/^[A-Za-z0-9+/_=-]{8,}$/.test(text)) views.push(Buffer.from(text, 'base64').toString('utf8'));
  }
  return views;
}

/** A body, or the data of every event. */
function valuesOf(bytes: string): Json[] {
  const whole = parse(bytes);
  if (whole !== undefined) return [whole];
  return bytes
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith('data:'))
    .flatMap((line) => parse(line.slice(5)) ?? []);
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Strings by place, joined over elements and events; elements that have an `index` are places of their own. */
function collect(value: Json, path: string, channels: Map<string, string>): void {
  const add = (where: string, text: string) => channels.set(where, (channels.get(where) ?? '') + text);
  if (typeof value === 'string') add(path, value);
  else if (typeof value === 'number') add(`${path}#`, String(value));
  else if (Array.isArray(value)) {
    if (
      value.length > 0 &&
      value.every((item) => Number.isInteger(item) && 0 <= Number(item) && Number(item) < 256)
    )
      add(`${path}#bytes`, Buffer.from(value as number[]).toString('utf8'));
    // Alternatives of one rank belong together, as the elements of other lists do.
    const ranked = path.endsWith('/top_logprobs');
    for (const [rank, item] of value.entries()) {
      collect(item, `${path}/${ranked ? rank : isObject(item) ? (item.index ?? '*') : '*'}`, channels);
    }
  } else if (isObject(value)) {
    for (const [key, child] of Object.entries(value)) {
      add(`${path}/{keys}`, `${key}\n`);
      // What a block begins with and what its deltas say are one text.
      collect(child, `${path}/${key === 'content_block' ? 'delta' : key}`, channels);
    }
  }
}
