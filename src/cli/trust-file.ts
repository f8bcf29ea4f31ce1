import { dirname, resolve } from 'node:path';
import { parseTrust, type Trust } from '../signing/trust-policy.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';

/** Whose signatures are taken. Files that it names stand where it stands. Throws Problem. */
export function trustIn(io: CliIo, file: string): Trust {
  const text = bytesOf(io)(file).toString('utf8');
  return parseTrust(text, file, bytesOf(io, dirname(resolve(io.cwd, file))));
}
