import { plain } from '../base/plain.ts';

/** Nearly every text: nothing in it is to be looked at twice. */
const PRINTABLE = /^[\x20-\x7e]*$/;

/** What would end a line, steer a terminal, hide or turn text is shown as its code point; no half of a character is left. */
export const clean = (text: string): string => (PRINTABLE.test(text) ? text : plain(text.toWellFormed()));

/** The same, not longer than so many characters. */
export function clipped(text: string, most: number): string {
  const cleaned = clean(text);
  return cleaned.length <= most ? cleaned : `${cleaned.slice(0, most - 1).toWellFormed()}…`;
}

export const factsOf = (facts: Readonly<Record<string, string | number>>): [string, string | number][] =>
  Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? clean(value) : value]);

/** JSON whose texts are clean, whoever reads them later. */
export const cleanJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'string' ? clean(member) : member));
