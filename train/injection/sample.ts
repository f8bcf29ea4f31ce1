import type { Speaker } from '../../src/guards/injection/features.ts';
import type { Head } from '../../src/guards/injection/heads.ts';

/** What the network is shown, and what it shall say. */
export interface Sample {
  readonly text: string;
  readonly speaker: Speaker;
  /** The text is what a view has decoded. */
  readonly decoded: boolean;
  /** Undefined: not to be learned from. */
  readonly attack: boolean | undefined;
  /** Which kind of attack; undefined where that is not known. */
  readonly technique: Head | undefined;
  readonly harm: boolean | undefined;
  /** Where the attack stands in a longer text, UTF-16. */
  readonly span: { readonly start: number; readonly end: number } | undefined;
  /** Data set or grammar file. */
  readonly source: string;
  /** What is left out together when a model is measured on what it has not seen: a data set, a line of a grammar. */
  readonly family: string;
  /** Innocent, and made to look like an attack: it may quote one word for word. */
  readonly hard: boolean;
  readonly weight: number;
}
