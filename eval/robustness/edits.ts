import fc from 'fast-check';

/** Ways of changing one character of a text. */
export const EDITS: Readonly<Record<string, (text: string) => fc.Arbitrary<string>>> = {
  'one letter more': (text) =>
    at(text, text.length + 1).chain((i) =>
      fc.constantFrom(...LETTERS).map((char) => text.slice(0, i) + char + text.slice(i)),
    ),
  'one letter less': (text) => at(text).map((i) => text.slice(0, i) + text.slice(i + 1)),
  'another letter': (text) =>
    at(text).chain((i) =>
      fc.constantFrom(...LETTERS).map((char) => text.slice(0, i) + char + text.slice(i + 1)),
    ),
  'two letters swapped': (text) =>
    at(text, text.length - 1).map(
      (i) => text.slice(0, i) + text.charAt(i + 1) + text.charAt(i) + text.slice(i + 2),
    ),
  'a sign put in': (text) =>
    at(text, text.length + 1).chain((i) =>
      fc.constantFrom(...SIGNS).map((char) => text.slice(0, i) + char + text.slice(i)),
    ),
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const SIGNS = [' ', '-', '.', '*', '_', '\n', '"', '\u00a0', '\u200b', '1', '\u{1f600}', '|'];
const at = (text: string, below = text.length) => fc.nat({ max: Math.max(0, below - 1) });
