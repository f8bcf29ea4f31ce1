import type { Covered } from './coverage.ts';
import type { Finding } from './finding.ts';

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
