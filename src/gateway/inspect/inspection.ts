import type { Spot } from '../../exchange/verdict.ts';
import type { Asked } from '../../guards/guard.ts';
import type { Pseudonyms } from '../../pseudonyms/pseudonyms.ts';
import type { Watch } from './posts.ts';
import type { VerdictBook } from './verdicts.ts';

/** Milliseconds a guard has used over one prompt or reply; shared by all stages of that guard. */
export interface Spent {
  ms: number;
}

/** What takes the place of what is found, where that depends on who asks. */
export interface Disguise {
  readonly tenant: string | undefined;
  /** Of one request and its reply. */
  readonly pseudonyms: Pseudonyms;
  /** The same for the same value of the same tenant; nobody can tell the value from it. */
  hash(reason: string, value: string): string;
}

/** What people decide on: asked about each finding that would be held. */
export interface Reviewed {
  /**
   * Whether a person has decided that it passes. If not, it is remembered: whoever opened the inspection holds the text.
   * @param text what was found
   * @param at where in the prompt or reply
   */
  passes(guard: string, reason: string, text: string, at: Spot): boolean;
}

/** What one prompt or reply shares over all of its texts. */
export interface Inspection {
  readonly watch: Watch;
  readonly book: VerdictBook;
  readonly direction: 'prompt' | 'reply';
  readonly spent: Map<string, Spent>;
  readonly disguise: Disguise;
  /** Of a reply: what it answers. */
  readonly asked: Asked | undefined;
  /** Undefined: nothing can be held here, so what would be is blocked. */
  readonly reviewed: Reviewed | undefined;
}
