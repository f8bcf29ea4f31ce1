import type { Notice } from '../../feeds/notice.ts';

/**
 * What a receiver made of a batch.
 * - `took`: all of it is its own now.
 * - `refused`: it does not take these entries, and would not later.
 * - `failed`: it is there, and failed; perhaps because of these entries.
 * - `absent`: it is not there, is busy, or does not know us. That has nothing to do with the entries.
 */
export interface Outcome {
  readonly came: 'took' | 'refused' | 'failed' | 'absent';
  /** In a word, for people: `HTTP 503`. No text of the receiver's. */
  readonly answer: string;
  /** Milliseconds for which it asks for peace. */
  readonly pause?: number | undefined;
}

/** One receiver. */
export interface Sender {
  /** Never rejects, and ends in the time that the settings allow. */
  send(notices: readonly Notice[]): Promise<Outcome>;
  close(): Promise<void>;
}

/** A file whose disk is full, a name that is not found, a server that hangs up. */
export const absent = (answer: string): Outcome => ({ came: 'absent', answer });
