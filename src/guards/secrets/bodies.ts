import type { Body } from './rule.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PRINTABLE = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => index + 33));

const without = (chars: string): string => [...PRINTABLE].filter((char) => !chars.includes(char)).join('');

const CHARS: Readonly<Record<Body, string>> = {
  base64: `${LETTERS}_-+/=`,
  token: `${LETTERS}_-.+/=~%`,
  word: `${LETTERS}_-.+/=~%$!:|@`,
  address: without('"\'<>`\\ '),
  armor: `${LETTERS}_+/=\\ \n\r\t"',:-();.`,
  double: `${without('"')} \t`,
  single: `${without("'`")} \t`,
};

const TABLES = new Map(
  Object.entries(CHARS).map(([body, chars]) => {
    const table = new Uint8Array(128);
    for (const char of chars) table[char.charCodeAt(0)] = 1;
    return [body, table];
  }),
);

/** Beyond ASCII, only a password may go on: passwords have umlauts, tokens have not. */
export const bodyOf = (body: Body): { readonly table: Uint8Array; readonly foreign: boolean } => ({
  table: TABLES.get(body) as Uint8Array,
  foreign: body === 'double' || body === 'single' || body === 'address',
});
