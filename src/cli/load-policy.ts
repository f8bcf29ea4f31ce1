import { dirname, resolve } from 'node:path';
import { GUARD_KINDS } from '../guards/index.ts';
import { cedar } from '../lifecycle/cedar.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import { ShaperList } from '../shapers/chain.ts';
import type { CliIo } from './io.ts';
import { readText, shown } from './load.ts';

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
