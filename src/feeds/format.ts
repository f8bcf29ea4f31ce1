import type { Notice } from './notice.ts';

/** Who sends, as the receiver is told. */
export interface About {
  /** Of Gatehouse. */
  readonly version: string;
  /** Name of the machine. */
  readonly host: string;
  /** Name of the ledger in its checkpoints: in it the entries are proved. */
  readonly ledger: string;
  /** Milliseconds since 1970: when it is written. */
  readonly now: number;
  /** What the receiver knows the sender by, where that stands in the body (the routing key of PagerDuty). */
  readonly key?: string | undefined;
  /** The form of the message inside of a line of syslog; undefined: the title. */
  readonly inner?: Format | undefined;
}

export interface Written {
  readonly text: string;
  /** Of a letter alone. */
  readonly subject?: string;
  readonly html?: string;
}

/**
 * One way to write notices down. Everything in a notice is taken for text from outside: no value of it may end a line, open a
 * field, steer a terminal or turn the direction of a text (CWE-117, CWE-93).
 */
export interface Format {
  readonly name: string;
  readonly contentType: string;
  /** Most notices that it writes at once. */
  readonly most: number;
  /** A line for each notice: lines may be put one after the other. */
  readonly lines: boolean;
  write(notices: readonly Notice[], about: About): Written;
}

/** Of a format that has a line for each notice. */
export const written = (lines: readonly string[]): Written => ({ text: lines.join('\n') });
