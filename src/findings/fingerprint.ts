import { createHash } from 'node:crypto';
import type { Finding } from './finding.ts';

/**
 * Names findings so that they are known again: by rule, by where (without the bytes, which move), and by what was found.
 * Of several that are the same, the second and third are told apart by their order.
 *
 * @returns hex of 128 bits each, in the order of the findings
 */
export function fingerprints(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ rule, place, evidence, message }) => {
    const what = evidence === undefined ? message : Object.entries(evidence).sort(byName);
    const same = JSON.stringify([rule, place.path, what]);
    const nth = seen.get(same) ?? 0;
    seen.set(same, nth + 1);
    return createHash('sha256').update(`${nth} ${same}`).digest('hex').slice(0, 32);
  });
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
  a < b ? -1 : a > b ? 1 : 0;
