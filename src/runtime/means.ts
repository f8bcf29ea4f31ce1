import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../base/problem.ts';
import type { Means } from '../guards/means.ts';

/** The folder of what ships with the package, from `src/runtime/` as from `dist/runtime/`. */
const MODELS = join(import.meta.dirname, '..', '..', 'models');

/** What guards use beside the text, with real files. */
export function openMeans(folder: string = MODELS): Means {
  const read = new Map<string, Uint8Array>();
  return {
    asset(name) {
      let bytes = read.get(name);
      if (bytes === undefined) {
        try {
          bytes = readFileSync(join(folder, name));
        } catch (cause) {
          throw new Problem(
            'environment',
            `the file models/${name} of this package cannot be read`,
            'Install the package again; a copy of the repository has it too.',
            cause,
          );
        }
        read.set(name, bytes);
      }
      return bytes;
    },
    now: Date.now,
    classifier: (name) => nobody(`encoder ${name}`, 'encoders'),
    consult: (name) => nobody(`judge ${name}`, 'judges'),
  };
}

/** What only the settings of a gateway can name. */
function nobody(what: string, section: string): never {
  throw new Problem('usage', `there is no ${what}`, `Name it under “${section}” in gatehouse.yaml.`);
}
