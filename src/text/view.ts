import type { Span } from '../base/spans.ts';

/**
 * A trick that hides text from a reader, and so a way of reading it again. `joined` and `comments` are readings too:
 * what is told apart read together, what is not shown read aloud.
 */
export type ViewKind =
  | 'canonical'
  | 'leet'
  | 'spaced'
  | 'reversed'
  | 'upside-down'
  | 'rot13'
  | 'caesar'
  | 'atbash'
  | 'base64'
  | 'base32'
  | 'base85'
  | 'hex'
  | 'url'
  | 'html'
  | 'escape'
  | 'morse'
  | 'binary'
  | 'decimal'
  | 'tags'
  | 'variation'
  | 'quoted-printable'
  | 'uu'
  | 'braille'
  | 'spelled'
  | 'pig-latin'
  | 'assembled'
  | 'comments'
  | 'joined';

/** One reading of a text, and the way back to the text as it came. */
export interface View {
  readonly kind: ViewKind;
  /** How it was come by, outermost first: `['base64', 'rot13']`; empty for the canonical view. */
  readonly via: readonly ViewKind[];
  readonly text: string;
  /** The span of the original that `text[start, end)` was made of. Worked out when first asked for. */
  spanOf(start: number, end: number): Span;
}

/** What was undone in the original, as counts: features for a model, evidence for people. */
export interface Signs {
  /** Invisible characters where no script needs them (joiners in emoji, Persian and Indic text do not count). */
  readonly zeroWidth: number;
  /** Characters of the tag block outside flags: a hidden ASCII alphabet. */
  readonly tags: number;
  /** Controls that change the direction of writing. */
  readonly bidi: number;
  /** Variation selectors but the one that follows a character to choose its emoji or text form. */
  readonly variation: number;
  /** Letters of another script that stood for Latin ones. */
  readonly confusables: number;
  /** Words written in more than one alphabet. */
  readonly mixedScript: number;
  /** Combining marks beyond the first on one character. */
  readonly marks: number;
  /** Letters in mathematical, circled, full-width and other dress. */
  readonly styled: number;
  /** Control characters other than tab and line ends. */
  readonly controls: number;
  /** Words with digits or symbols for letters. */
  readonly leet: number;
  /** Runs of letters set apart. */
  readonly spaced: number;
  /** UTF-16 units of the original that stand in decoded stretches. */
  readonly encoded: number;
}

/** A text as it came, as it reads, and as it may be meant to be read. */
export interface Views {
  readonly original: string;
  readonly canonical: View;
  /** Decoded or repaired readings of stretches or of the whole, deeper ones after what they were found in. */
  readonly others: readonly View[];
  readonly signs: Signs;
  /**
   * Where something was decoded, or could be, that is in no view because of their bounds: nested deeper, or more than is
   * read. From the first such place to the end of the last, in the original. Undefined for nearly all texts.
   */
  readonly unread: Span | undefined;
}
