import { textStretch } from './bytes.ts';
import { type Finder, matches, type Stretch } from './stretch.ts';

/** Bytes in hexadecimal: run together, in groups, with 0x before each, with commas or colons between. */
const BYTES =
  /(?<![0-9a-fA-F])(?:0x)?(?:[0-9][0-9a-fA-F]|[a-fA-F][0-9])[ \t\r\n,:;-]{0,2}(?:(?:0x)?[0-9a-fA-F]{2}[ \t\r\n,:;-]{0,2}){5,}/g;
const PAIR = /(?:0x)?([0-9a-fA-F]{2})/g;

/** Text in hexadecimal has digits: this is quick to find. */
const HINT = /[0-9][0-9a-fA-F]?[\s,:;-]{0,2}(?:0x)?[0-9a-fA-F]{2}[\s,:;-]{0,2}(?:0x)?[0-9a-fA-F]{2}/;

export const hex: Finder = {
  kind: 'hex',
  repairs: false,
  find(text, survey) {
    if (!survey.hasDigits || !HINT.test(text)) return [];
    const found: Stretch[] = [];
    for (const match of matches(text, BYTES)) {
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
