import type { Covered } from './coverage.ts';
import type { Finding, Range } from './finding.ts';

/**
 * `clean`: read whole, nothing found. `findings`: something of severity `medium` or worse. `undecided`: nothing of the
 * kind, but something could not be read, so nobody knows. Only `clean` is safe.
 */
export type Verdict = 'clean' | 'findings' | 'undecided';

/** What became of a file or of something inside it. */
export interface PartRead {
  /** `['weights.pt', 'archive/data.pkl']`. */
  readonly path: readonly string[];
  /** Formats by which it was read; none where nobody knew it. */
  readonly formats: readonly string[];
  readonly size: number;
  readonly ranges: readonly Covered[];
  /** What readers noted: architecture, parameters, metadata. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** Where a graph says that its numbers lie, in files beside it. */
export interface Beside {
  /** Relative to the graph, with `/`; several are one behind the other. */
  readonly files: readonly string[];
  /** Bytes of them that are numbers. */
  readonly ranges: readonly Range[];
}

export interface FileRead {
  /** Relative to what was asked for, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hex; undefined where it could not be read. */
  readonly sha256?: string | undefined;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  /** The file first, then what is inside, in the order in which it was met. */
  readonly parts: readonly PartRead[];
  /** Parts that were left out of the list because there are very many: all of them read whole. */
  readonly more: number;
  /** Numbers of it that lie in other files. */
  readonly beside?: readonly Beside[] | undefined;
}

/** The worst of several verdicts: findings, undecided, clean. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let so: Verdict = 'clean';
  for (const one of verdicts) {
    if (one === 'findings') return one;
    if (one === 'undecided') so = one;
  }
  return so;
}

/** Why a finding, or what could not be read, does not count. */
export interface Excuse {
  readonly by: 'policy' | 'baseline';
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`, UTC. */
  readonly until?: string | undefined;
}

/** A finding, and what whoever scans has to say of it. */
export interface JudgedFinding extends Finding {
  /** The same for the same thing in the same place, whatever else changes in the file: hex. */
  readonly fingerprint: string;
  readonly excuse?: Excuse | undefined;
}

export interface JudgedFile extends Omit<FileRead, 'findings'> {
  readonly findings: readonly JudgedFinding[];
  /** Why it may stay unread. */
  readonly excuse?: Excuse | undefined;
}

/** What a scan came to. Nothing in it depends on when or where it ran. */
export interface ScanResult {
  readonly kind: 'gatehouse-scan';
  readonly version: 1;
  readonly tool: { readonly name: 'gatehouse'; readonly version: string };
  readonly verdict: Verdict;
  /** By path. */
  readonly files: readonly JudgedFile[];
  /** Folders that were not entered, and why; they do not count. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  /** Entries of the policy and the baseline whose day is over, or that met nothing. */
  readonly notes: readonly string[];
}

/** Whether all of a file, and of what is inside it, was read. */
export const isReadWhole = ({ parts }: Pick<FileRead, 'parts'>): boolean =>
  parts.every(
    ({ size, formats, ranges }) =>
      size === 0 || (formats.length > 0 && !ranges.some(({ as }) => as === 'unread')),
  );
