import { dirname, relative, resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import { parseSettings } from '../settings/parse.ts';
import type { Settings } from '../settings/settings.ts';
import type { CliIo } from './io.ts';

/** The name looked for where no `--config` is given. */
export const SETTINGS_FILE = 'gatehouse.yaml';

export const settingsPath = (io: CliIo, config: string | undefined): string =>
  resolve(io.cwd, config ?? SETTINGS_FILE);

/** Reads and checks `gatehouse.yaml`. Throws a Problem that says what is wrong and where. */
export async function loadSettings(io: CliIo, file: string): Promise<Settings> {
  const text = readText(io, file, 'Run "gatehouse init" to make one, or name one with --config.');
  const baseDir = dirname(file);
  return parseSettings(text, {
    env: io.env,
    file: shown(io, file),
    baseDir,
    readFile: (path) => io.read(resolve(baseDir, path)),
    dialects: DIALECTS.map(({ name }) => name),
  });
}

/** The text of a file that has to be there. Throws a Problem that says so, with what to do. */
export function readText(io: CliIo, file: string, advice: string): string {
  try {
    return io.read(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem(
      missing ? 'usage' : 'environment',
      missing ? `there is no file ${file}` : `cannot read ${file}`,
      advice,
      error,
    );
  }
}

/** A path as people would write it from where they stand. */
export function shown(io: CliIo, file: string): string {
  const near = relative(io.cwd, file);
  return near === '' || near.startsWith('..') ? file : near;
}
