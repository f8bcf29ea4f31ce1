import type { Covered } from '../findings/coverage.ts';
import type { Place, Range } from '../findings/finding.ts';
import type { JudgedFile, JudgedFinding, ScanResult, Verdict } from '../findings/result.ts';
import { SEVERITIES, type Severity } from '../findings/severity.ts';

/** Verdicts as people say them. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  clean: 'clean',
  findings: 'do not load',
  undecided: 'not decided',
};

/** `weights.pt!archive/data.pkl`. */
export const placeText = ({ path }: Place): string => path.join('!');

/** ` at byte 12`, `, bytes 12 to 40`: nothing where a finding is of the whole. */
export function rangeText(range: Range | undefined): string {
  if (range === undefined) return '';
  return range.end - range.start <= 1 ? ` at byte ${range.start}` : `, bytes ${range.start} to ${range.end}`;
}

export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** Worst first, then as they stand. */
export const bySeverity = (
  { severity: a }: { readonly severity: Severity },
  { severity: b }: { readonly severity: Severity },
): number => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);

/** Bytes of a file, those inside it not counted again, by what became of them. */
export function bytesOf({ parts, size }: JudgedFile): { read: number; unread: number } {
  const own = parts.find(({ path }) => path.length === 1)?.ranges ?? [];
  const unread = own
    .filter(({ as }) => as === 'unread')
    .reduce((sum, { start, end }) => sum + end - start, 0);
  return { read: size - Math.min(size, unread), unread: Math.min(size, unread) };
}

export interface Unread extends Covered {
  readonly path: readonly string[];
}

/** What was not read, in a file and all that is inside it. */
export const unreadOf = ({ parts }: JudgedFile): Unread[] =>
  parts.flatMap(({ path, ranges }) =>
    ranges.filter(({ as }) => as === 'unread').map((one) => ({ ...one, path })),
  );

/** `3 files: 1 do not load, 2 clean`. */
export function summary({ files }: ScanResult): string {
  const counts = (['findings', 'undecided', 'clean'] as const).flatMap((verdict) => {
    const count = files.filter((file) => file.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${VERDICTS[verdict]}`];
  });
  const all = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  return counts.length === 0 ? all : `${all}: ${counts.join(', ')}`;
}

/** Findings that count, and those that somebody answers for. */
export function split(findings: readonly JudgedFinding[]): {
  open: JudgedFinding[];
  excused: JudgedFinding[];
} {
  return {
    open: findings.filter(({ excuse }) => excuse === undefined).sort(bySeverity),
    excused: findings.filter(({ excuse }) => excuse !== undefined).sort(bySeverity),
  };
}
