/** A share of rows, 0..1, with the interval in which the true one lies with 95 % confidence. */
export interface MeasuredShare {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** What one attack left at one budget. */
export interface MeasuredRun {
  readonly attack: string;
  readonly epsilon: number;
  /** Rows that the model still got right. */
  readonly robust: MeasuredShare;
  /** Questions a row, the median. */
  readonly queries: number;
}

/**
 * How robust a version of a model was found to be, as a report of "gatehouse attack" says it: the word of whoever ran it. The
 * report itself stays with them; here is its digest, by which it is told from any other.
 */
export interface Robustness {
  /** SHA-256 (hex) of the report. */
  readonly report: string;
  /** Of the file that was attacked. */
  readonly model: string;
  /** Of Gatehouse. */
  readonly tool: string;
  readonly verdict: 'done' | 'below' | 'undecided';
  readonly norm: string;
  /** Of the data, and how many rows of it. */
  readonly data: string;
  readonly rows: number;
  readonly clean: MeasuredShare;
  readonly runs: readonly MeasuredRun[];
  /** Rows that no attack broke, by budget. */
  readonly worst: readonly { readonly epsilon: number; readonly robust: MeasuredShare }[];
  /** Why the figures may be too good. */
  readonly warnings: readonly string[];
}

/** Reports that are kept with a version; of more, the newest. */
export const MOST_REPORTS = 10;
