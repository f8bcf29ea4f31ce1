import type { Technique } from './technique.ts';

/** What a guard did with one text. */
export type GuardState = 'ran' | 'skipped' | 'failed';

/** What happened because of a finding or a failure. */
export type GuardAction = 'block' | 'mask' | 'hash' | 'pseudonymise' | 'flag' | 'review';

/** What speaks for a finding, where its guard weighs rather than matches. Never any text. */
export interface Evidence {
  /** How sure the guard is, 0..1. A match of a rule has none. */
  readonly score?: number;
  /** What was tried: an id of `exchange/technique.ts`. */
  readonly technique?: Technique;
  /** What tier 1 had said, 0..1, where a later one decided. */
  readonly first?: number;
  /** Who said so: 1 the model that ships, 2 a supplied encoder, 3 a judge. */
  readonly tier?: 1 | 2 | 3;
}

/** Where something was found: offsets are UTF-16 code units in the text as the guard read it. */
export interface Spot {
  /** JSON pointer to the text. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** One finding, without the text. */
export interface SpotFinding extends Evidence, Spot {
  /** Stable id, `secrets.openai_key`. */
  readonly reason: string;
  readonly action: GuardAction;
}

/** A guard's verdict over one prompt or reply: how many texts it ran on, and by path where it did not. */
export interface GuardVerdict {
  readonly guard: string;
  ran: number;
  readonly skipped: string[];
  readonly failed: string[];
  readonly findings: SpotFinding[];
  /** Findings beyond the bound on the list. */
  more: number;
}

/** Everything the guards said of one prompt or reply. */
export interface Verdicts {
  outcome: 'passed' | 'masked' | 'flagged' | 'held' | 'blocked' | 'failed';
  readonly guards: readonly GuardVerdict[];
  /** Content that was let through unread, by media type. */
  readonly notInspected: Record<string, number>;
  /** Values that got a stand-in (in a prompt) or were given back (in a reply), by reason. */
  readonly pseudonyms: Record<string, number>;
  /** Texts seen and their length in UTF-16 code units. */
  texts: number;
  chars: number;
}
