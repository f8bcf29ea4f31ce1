import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import type { CliIo } from './io.ts';

/**
 * Files that a command names: keys, certificates, bundles. Throws Problem('environment') where one cannot be read.
 * @param what it is, for messages: `the passphrase in `
 */
export const bytesOf =
  (io: CliIo, folder = io.cwd, what = '') =>
  (path: string): Buffer => {
    try {
      return readFileSync(resolve(folder, path));
    } catch (error) {
      throw new Problem('environment', `cannot read ${what}${path}`, 'Check the path.', error);
    }
  };

/** The passphrase in a file, where one is named, without the end of its line. */
export function passphraseIn(io: CliIo, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const text = bytesOf(io, io.cwd, 'the passphrase in ')(file).toString('utf8');
  return text.replace(/\r?\n$/, '');
}
