import { parse } from '../../regex/parse.ts';
import type { Node } from '../../regex/syntax.ts';

/**
 * Text that looks like the random part of a key, made when it is asked for: examples of keys written out in a
 * repository set off the secret scanners of everyone who clones it.
 */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    // The multiplier of Knuth's MMIX generator, cut to what a double holds exactly.
    state = (state * 22_695_477 + 1) % 2 ** 28;
    return Math.floor((state / 2 ** 28) * sides);
  };
}

const sample =
  (alphabet: string) =>
  (length: number, seed = 1): string => {
    const roll = dice(seed + length);
    let text = '';
    for (let index = 0; index < length; index++) text += alphabet[roll(alphabet.length)];
    return text;
  };

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

export const digits = sample(DIGITS);
export const hex = sample(`${DIGITS}abcdef`);
export const upper = sample(UPPER + DIGITS);
export const base32 = sample(`${UPPER}234567`);
export const base62 = sample(UPPER + UPPER.toLowerCase() + DIGITS);
export const base64 = sample(`${UPPER}${UPPER.toLowerCase()}${DIGITS}+/`);
export const lower = sample(UPPER.toLowerCase() + DIGITS);

export const base64url = (value: string): string => Buffer.from(value).toString('base64url');

/** A text of the form that a regular expression describes, a short one where it leaves that open. */
export function sampleOf(source: string, seed = 1): string {
  const roll = dice(seed + source.length);
  return drawn(parse(withoutLooks(source)), roll);
}

/** A regular expression of the runtime's as `regex/` takes it: without looks around, and without names. */
export const withoutLooks = (source: string): string =>
  source.replace(/\(\?<?[!=](?:[^()\\]|\\.)*\)/g, '').replace(/\(\?<\w+>/g, '(');

function drawn(node: Node, roll: (sides: number) => number): string {
  switch (node.kind) {
    case 'set': {
      const points = node.set.flatMap(([from, to]) =>
        Array.from({ length: Math.max(0, Math.min(to, 126) - from + 1) }, (_, index) => from + index),
      );
      return String.fromCodePoint(points[roll(points.length)] as number);
    }
    case 'assert':
      return '';
    case 'sequence':
      return node.items.map((item) => drawn(item, roll)).join('');
    case 'choice':
      return drawn(node.items[roll(node.items.length)] as Node, roll);
    case 'repeat': {
      const spread = Math.min(node.max, node.min + 8) - node.min;
      const count = node.min + roll(spread + 1);
      return Array.from({ length: count }, () => drawn(node.item, roll)).join('');
    }
  }
}
