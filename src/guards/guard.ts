import type { Provenance, Slot, TextFormat } from '../exchange/part.ts';
import type { Evidence, GuardAction } from '../exchange/verdict.ts';
import type { Means } from './means.ts';

/** The text that a guard is about to read. */
export interface About {
  readonly direction: 'prompt' | 'reply';
  readonly path: string;
  readonly provenance: Provenance;
  readonly format: TextFormat;
  /** More text may follow the first push. */
  readonly streamed: boolean;
  /**
   * One object for all texts of a prompt or a reply, which come in order: what a guard remembers from one text to the
   * next (turns of a conversation, what the user asked for) hangs on it, in a WeakMap of the guard's own.
   */
  readonly exchange?: object;
  /** Whose request it is. */
  readonly tenant?: string | undefined;
  /** Of a reply: what it answers. */
  readonly asked?: Asked | undefined;
}

/** A request as a guard on its reply may know it: to tell what was given away from what was said. */
export interface Asked {
  /** Its texts as they went to the model. One object for all texts of a reply, so that what is made of it can hang on it. */
  readonly texts: readonly Pick<Slot, 'provenance' | 'text'>[];
  /** Random to everybody else, the same for all guards of one request: from it come marks that nobody can guess. */
  readonly seed: Uint8Array;
}

/** What a guard puts into the system text, once all guards have read the prompt. */
export interface Imprint {
  readonly text: string;
  /** A request without system text gets one. */
  readonly always: boolean;
}

/** Something found: half-open span in UTF-16 code units from the start of the text, and a stable reason id. */
export interface Found extends Evidence {
  readonly start: number;
  readonly end: number;
  /** `secrets.openai_key`: the guard's name, a dot, the rule's id. */
  readonly reason: string;
  /** What stands in its place when masked; without it `[<reason>]`. Empty text removes the span. */
  readonly replacement?: string;
  /** Overrides the policy's action for this finding (a rule milder or harder than its guard). */
  readonly action?: GuardAction;
}

/** What a guard knows after the text so far. */
export interface Reading {
  /** Offset (from the start of the text) before which the guard will change its mind about nothing. Never goes back. */
  readonly clear: number;
  /**
   * New findings, final, in order of start; each starts at or after the `clear` of the reading before and ends at or
   * before this one's. They may overlap, for rules differ in action and reason: each counts, and what several would
   * mask is masked once.
   */
  readonly found: readonly Found[];
}

/** Reads one text. `push` may be called any number of times, `end` once. Both may be asynchronous. */
export interface Reader {
  push(text: string): Reading | Promise<Reading>;
  end(): Reading | Promise<Reading>;
}

/** How long text is held back: `exact` as the reader says; else the adapter of `hold.ts` holds for it, at least so long. */
export type Horizon =
  | { readonly kind: 'exact' }
  | { readonly kind: 'window'; readonly chars: number }
  | { readonly kind: 'whole' };

/** What a guard that weighs says of a whole text, also where it finds nothing: for `inspect` and `guard explain`. */
export interface Weighed {
  /** 0..1; calibrated, so that findings begin at `threshold`. */
  readonly score: number;
  readonly threshold: number;
  readonly found: readonly Found[];
  /** Scores of its parts (techniques, say), 0..1. */
  readonly parts: Readonly<Record<string, number>>;
  /** Lines for people that want to know why; never longer than a screen. */
  readonly why: readonly string[];
}

/** A guard at work: built from its settings when the policy is loaded, then opened for each text. */
export interface Guard {
  readonly name: string;
  open(about: About): Reader;
  /** Marks what goes to the model, to know it again in the reply. */
  imprint?(seed: Uint8Array): Imprint;
  /** Where the guard weighs rather than matches. */
  weigh?(text: string, about: About): Weighed | Promise<Weighed>;
}

/**
 * A kind of guard, as the list in `index.ts` has it. It carries its own proof: what it must catch and what it must
 * let pass, run by the contract test for every kind, at every split.
 */
export interface GuardKind<Settings> {
  readonly kind: string;
  /** One line, for `policy check` and the docs. */
  readonly about: string;
  /** TypeBox schema of the settings. */
  readonly settings: object;
  /** Throws `Problem('usage', …)` where the settings cannot be built (a pattern that does not parse, has no bound…). */
  build(name: string, settings: Settings, means: Means): Guard;
  readonly proof: {
    readonly settings: Settings;
    readonly catches: readonly { readonly text: string; readonly reason: string }[];
    readonly passes: readonly string[];
  };
}
