/** Where in a ledger something is. */
export interface Place {
  /** Name of the file inside the ledger's folder. */
  readonly file: string;
  /** Line, from 1. */
  readonly line?: number;
  /** First entry meant, by its sequence number. */
  readonly seq?: number;
  /** Last entry meant, where it is more than one. */
  readonly toSeq?: number;
}

/** Something that is not as it was signed. */
export interface Failure {
  readonly place: Place;
  readonly reason: string;
}

export interface Report {
  /**
   * `ok`: everything up to the newest checkpoint is as it was signed. `tampered`: it is not, see `failures`.
   * `undecided`: nothing was signed, or a checkpoint is older than the entries that are here; see `uncompared`.
   */
  readonly outcome: 'ok' | 'tampered' | 'undecided';
  readonly origin: string;
  /** Entries, the archived ones too. */
  readonly entries: number;
  /** Entries at the beginning that are not here: a signed entry says that they were archived. */
  readonly archived: number;
  /** Entries that the newest valid checkpoint covers. */
  readonly signed: number;
  /** Entries after it: they hang together, but nothing signed holds them yet. */
  readonly unsigned: number;
  /** Bytes of an unfinished last line: being written now, or left by a crash. Not an entry. */
  readonly tornBytes: number;
  /** Checkpoints with valid signatures. */
  readonly checkpoints: number;
  /** Of these, how many could not be compared: entries before them are damaged, or are not here. */
  readonly uncompared: number;
  /** `time`: ISO, when it was signed by the writer's clock. */
  readonly newest: { readonly size: number; readonly root: string; readonly time: string } | undefined;
  /** The first {@link MOST_FAILURES}. */
  readonly failures: readonly Failure[];
  /** Failures beyond these. */
  readonly more: number;
}

export const MOST_FAILURES = 100;

/** Failures as they are found, with a bound on how many are kept. */
export class Failures {
  readonly list: Failure[] = [];
  more = 0;

  add(place: Place, reason: string): void {
    if (this.list.length < MOST_FAILURES) this.list.push({ place, reason });
    else this.more += 1;
  }
}

/** `0000000000000000.jsonl line 17 (entry 16)`. */
export function describePlace({ file, line, seq, toSeq }: Place): string {
  const where = line === undefined ? file : `${file} line ${line}`;
  if (seq === undefined) return where;
  return toSeq === undefined || toSeq === seq
    ? `${where} (entry ${seq})`
    : `${where} (entries ${seq} to ${toSeq})`;
}
