import { readFile, realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { Problem } from '../base/problem.ts';
import { NO_POLICY } from '../lifecycle/scan/no-policy.ts';
import type { ScanPolicy } from '../lifecycle/scan/policy.ts';
import type { CliIo } from './io.ts';

/** A policy that stands where the scan runs is used without being named. */
export const POLICY = 'gatehouse-scan.yaml';

/**
 * The policy that was named, or that stands where the scan runs; never one that nobody named and that lies in what is
 * scanned: whoever sends a model must not say what of it counts. What reads it is loaded where there is one.
 *
 * @param scanned paths that are scanned
 */
export async function policyOf(
  io: CliIo,
  named: string | undefined,
  today: string,
  scanned: readonly string[],
): Promise<ScanPolicy> {
  const text =
    named === undefined
      ? await readFile(resolve(io.cwd, POLICY), 'utf8').catch(() => undefined)
      : await textOf(io, named);
  if (text === undefined) return NO_POLICY;
  if (named === undefined && (await isAmong(resolve(io.cwd, POLICY), scanned, io.cwd)))
    return {
      ...NO_POLICY,
      over: [`${POLICY} lies in what is scanned, and is not used: name it with --policy`],
    };
  const { readScanPolicy } = await import('../lifecycle/scan/policy.ts');
  const { ALL_RULES } = await import('../lifecycle/scan/catalogue.ts');
  return readScanPolicy(text, named ?? POLICY, today, new Set(ALL_RULES.keys()));
}

/** Whether a file is one of some paths, or below one. */
async function isAmong(file: string, paths: readonly string[], cwd: string): Promise<boolean> {
  const real = await realpath(file);
  for (const path of paths) {
    // What is not there, such as standard input, has nothing in it.
    const place = await realpath(resolve(cwd, path)).catch(() => undefined);
    if (place === undefined) continue;
    const way = relative(place, real);
    if (way !== '..' && !way.startsWith(`..${sep}`)) return true;
  }
  return false;
}

/** A file of settings. Throws `Problem('environment')` where it cannot be read. */
export async function textOf(io: CliIo, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Problem('environment', `cannot read ${file}`, undefined, cause);
  }
}
