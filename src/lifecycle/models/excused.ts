import type { JudgedFile } from '../../findings/result.ts';

/** The last day on which everything in these files that is excused still is; null where nothing is, or for ever. */
export function excusedUntil(files: readonly Pick<JudgedFile, 'excuse' | 'findings'>[]): string | null {
  let first: string | null = null;
  for (const { excuse, findings } of files)
    for (const one of [excuse, ...findings.map((finding) => finding.excuse)])
      if (one?.until !== undefined && (first === null || one.until < first)) first = one.until;
  return first;
}
