import { textStretch } from './bytes.ts';
import type { Finder, Stretch } from './stretch.ts';

/** Bytes in hexadecimal: run together, in groups, with 0x before each, with commas or colons between. */
const BYTES = /(?:(?:0x)?[0-9a-fA-F]{2}(?:[ \t\r\n,:;-]{0,2})){6,}/g;
const PAIR = /(?:0x)?([0-9a-fA-F]{2})/g;
/** ASCII letters have 4, 5, 6 or 7 as their first digit, so text in hexadecimal has digits. */
const FEWEST_DIGITS = 6;

export const hex: Finder = {
  kind: 'hex',
  repairs: false,
  find(text, survey) {
    if (survey.digits < FEWEST_DIGITS) return [];
    const found: Stretch[] = [];
    for (const match of text.matchAll(BYTES)) {
      const stretch = decoded(match[0], match.index);
      if (stretch !== undefined) found.push(stretch);
    }
    return found;
  },
};

function decoded(source: string, at: number): Stretch | undefined {
  const digits = source.replace(/0x|[^0-9a-fA-F]+/g, '');
  if (!/[2-7][0-9a-f]/i.test(digits)) return;
  const bytes = Buffer.from(digits, 'hex');
  const end = at + source.trimEnd().length;
  return textStretch('hex', at, end, bytes, () => {
    const starts: number[] = [];
    const ends: number[] = [];
    for (const match of source.matchAll(PAIR)) {
      starts.push(at + match.index);
      ends.push(at + match.index + match[0].length);
    }
    return (byte) => [starts[byte] ?? at, ends[byte] ?? end];
  });
}
