import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import type { CliIo } from './io.ts';

/** Files that a command names: keys, certificates, bundles. Throws Problem('environment') where one cannot be read. */
export const bytesOf =
  (io: CliIo, folder = io.cwd) =>
  (path: string): Buffer => {
    try {
      return readFileSync(resolve(folder, path));
    } catch (error) {
      throw new Problem('environment', `cannot read ${path}`, 'Check the path.', error);
    }
  };

/** The passphrase in a file, without the end of its line. */
export const passphraseIn = (io: CliIo, file: string | undefined): string | undefined =>
  file === undefined
    ? undefined
    : bytesOf(io)(file)
        .toString('utf8')
        .replace(/\r?\n$/, '');
