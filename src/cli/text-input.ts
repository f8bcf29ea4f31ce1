import { isUtf8 } from 'node:buffer';
import { resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import { MAX_TEXT } from '../inspection/question.ts';
import type { CliIo } from './io.ts';

/**
 * A whole text from a file, or from standard input (`-`). A mark at its start is no part of it. Throws `undecided` where
 * it is too long or no UTF-8 text, `environment` where it cannot be read.
 */
export async function readText(io: CliIo, name: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of io.input(name === '-' ? undefined : resolve(io.cwd, name))) {
      length += piece.length;
      // Three bytes of UTF-8 are one unit at the least.
      if (length > 3 * MAX_TEXT) throw tooLong(name);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('environment', `cannot read ${name}`, undefined, cause);
  }
  const bytes = Buffer.concat(pieces, length);
  if (!isUtf8(bytes)) throw new Problem('undecided', `${name} is not UTF-8 text`);
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.length > MAX_TEXT) throw tooLong(name);
  return text;
}

const tooLong = (name: string) =>
  new Problem(
    'undecided',
    `${name} is longer than ${MAX_TEXT.toLocaleString('en')} UTF-16 units`,
    'Inspect it in parts.',
  );
