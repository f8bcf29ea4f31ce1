import { dirname, relative, resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import { DIALECTS } from '../dialects/index.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { cedar } from '../lifecycle/cedar.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import { parseSettings } from '../settings/parse.ts';
import type { Settings } from '../settings/settings.ts';
import { ShaperList } from '../shapers/chain.ts';
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

/** Reads and checks a policy, with the settings of every guard in it. */
export async function loadPolicy(io: CliIo, file: string): Promise<Policy> {
  const text = readText(io, file, 'Run "gatehouse init" to make one, or set "policy" in gatehouse.yaml.');
  return policyFrom(io, text, file);
}

export const policyFrom = (io: CliIo, text: string, file: string): Policy =>
  readPolicy(text, shown(io, file), (path) => io.read(resolve(dirname(file), path)));

/** Reads a policy as this version of Gatehouse has them. @param readFile reads what it names. Throws Problem('usage'). */
export const readPolicy = (text: string, file: string, readFile: (path: string) => string): Policy =>
  parsePolicy(text, {
    kinds: new Map(GUARD_KINDS.map(({ kind, settings }) => [kind, settings])),
    shapers: ShaperList,
    file,
    readFile,
    cedar,
  });

function readText(io: CliIo, file: string, advice: string): string {
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
