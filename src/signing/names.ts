import { shown } from '../findings/finding.ts';
import { Unverified } from './unverified.ts';

/** The name of a single file that was signed by itself, as Python's verifier demands it. */
export const ITSELF = '.';

/**
 * Whether a name is a path inside of the model in its only spelling: relative, `/` between, no empty, `.` or `..` part.
 * Every other name would mean one file here and another elsewhere.
 */
export const isCanonicalName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= 4096 &&
  name.isWellFormed() &&
  !name.includes('\0') &&
  name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');

/** Throws {@link Unverified} `manifest`. */
export function checkName(name: string): string {
  if (!isCanonicalName(name) && name !== ITSELF)
    throw new Unverified(
      'manifest',
      `the name “${shown(name)}” is no path inside of a model in its only spelling`,
    );
  return name;
}

/** Whether a path is at or below one of some others. */
export function isBelow(name: string, paths: ReadonlySet<string>): boolean {
  for (let at = name.length; at > 0; at = name.lastIndexOf('/', at - 1))
    if (paths.has(name.slice(0, at))) return true;
  return false;
}

/**
 * In the order of their UTF-8 bytes, which is that of Unicode's code points, as the specification asks. JavaScript's own
 * order is by UTF-16, in which U+FF5E comes after U+1F600; Python's library compares part by part. So verifiers never
 * sort: they take the order that stands there.
 */
export function sortByName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, bytes: Buffer.from(item.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item);
}
