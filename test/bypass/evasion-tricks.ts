import { DRESSES, TRICKS } from '../../src/text/testing.ts';

export type Make = (text: string) => string;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const make = (name: string): Make => {
  const trick = TRICKS[name] ?? DRESSES[name];
  if (trick === undefined) throw new Error(`there is no trick “${name}”`);
  return trick.make;
};
/** The first is done first. */
const after =
  (...names: string[]): Make =>
  (text) =>
    names.reduce((made, name) => make(name)(made), text);

/** Ways of writing a text so that a model still understands it, and who only compares words does not. */
export const WRITINGS: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(Object.entries({ ...DRESSES, ...TRICKS }).map(([name, trick]) => [name, trick.make])),
  capitals: (text) => text.toUpperCase(),
  'capitals by turns': (text) =>
    [...text].map((char, i) => (i % 2 === 0 ? char.toLowerCase() : char.toUpperCase())).join(''),
  underscores: (text) => text.replaceAll(' ', '_'),
  'words over lines': (text) => text.replaceAll(' ', '\n'),
  'base64 twice': (text) => base64(base64(text)),
  'base64 thrice': (text) => base64(base64(base64(text))),
  'rot13 in base64': after('rot13', 'base64'),
  'reversed in hex': after('reversed', 'hex'),
  'base64 in URL escapes': after('base64', 'url'),
  'leet in other alphabets': after('leet', 'other alphabets'),
};

/** Those that keep digits, signs and case, so that a key or a number is still one. */
export const FAITHFUL: readonly string[] = [
  'zero-width',
  'soft hyphens',
  'full width',
  'tags between',
  'variation selectors between',
  'base64',
  'base64 for URLs',
  'base64 twice',
  'base32',
  'base85',
  'hex',
  'url',
  'decimal entities',
  'hexadecimal entities',
  '\\u',
  '\\x',
  'octal escapes',
  'quoted-printable',
  'reversed',
  'tags',
  'spaced',
  'assembled',
  'comment',
];
