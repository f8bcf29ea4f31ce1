import { ascii, lineNumber } from './literals.ts';
import { OP } from './opcodes.ts';

/** Names of modules and attributes, and numbers written out, are shorter. */
export const LINE = 1 << 12;

/** Names of modules, classes in classes, and what a function made. */
const IDENTIFIERS =
  /^(?:[\p{ID_Start}_][\p{ID_Continue}]*|<(?:lambda|locals)>)(?:\.(?:[\p{ID_Start}_][\p{ID_Continue}]*|<(?:lambda|locals)>))*$/u;

/** What the memo takes as an index; one beyond all numbers as text. */
export function indexOf(line: string): number | string | undefined {
  const number = lineNumber(line);
  if (number !== undefined) return number >= 0 ? number : undefined;
  const digits = line
    .trim()
    .replaceAll('_', '')
    .replace(/^\+?0*/, '');
  return /^\d+$/.test(digits) ? digits : undefined;
}

/** Whether a literal of protocol 0 is one. Texts begin with such a letter; they seldom go on like this. */
export function isWritten(op: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (op === OP.UNICODE) return true;
  const line = ascii(bytes, start, end);
  if (op === OP.STRING) return /^(['"]).*\1$/s.test(line.trim()) || line.length >= LINE;
  if (op === OP.FLOAT) return /^\s*[+-]?(?:[\d._]+(?:e[+-]?\d+)?|inf|infinity|nan)\s*$/i.test(line);
  return lineNumber(line) !== undefined || /^\s*[+-]?[\d_]+L?\s*$/.test(line) || line.length >= LINE;
}

/** Whether Python could have such a name. */
export const isName = (text: string): boolean => IDENTIFIERS.test(text);
