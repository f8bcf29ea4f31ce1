/** What a match may consist of after its start: where the first other character stands, nothing more can belong to it. */
export type Body = 'base64' | 'token' | 'word' | 'address' | 'armor' | 'double' | 'single';

/** How far a rule can be trusted: of findings that overlap, those of the lower rank count. */
export const RANK = { format: 0, named: 1, generic: 2 } as const;
export type Rank = (typeof RANK)[keyof typeof RANK];

/** One kind of secret. To know a further one takes one entry in the list of its field. */
export interface Rule {
  readonly id: string;
  /** Whose it is, for the list in the docs. */
  readonly provider: string;
  /** A pattern for `regex/`, short and rare in plain text: what must stand first. All of them are one automaton. */
  readonly start: string;
  /** Where more must stand before the secret itself: a pattern for all of it, `start` included, with a greatest length. */
  readonly lead?: string;
  /** Only what stands behind the lead (the start, where there is none) is masked, so that the lead can leave a stream. */
  readonly spares: boolean;
  /** The start counts only where a word begins, which it does behind an escape as well. */
  readonly atWord: boolean;
  readonly ignoreCase: boolean;
  /**
   * A regular expression for the whole, `start` included, whose group `secret`, or all of it, is the secret. It is run where
   * `start` matched, on at most {@link reach} characters, and may look behind by {@link BEHIND}. Where the place of the
   * secret does not follow from what it says (the last there is of it) it has the flag `d`, which is dear.
   */
  readonly form: RegExp;
  readonly body: Body;
  /** Shortest secret, in UTF-16 units, where one is known: with less, the form is not even tried. */
  readonly least: number;
  /** Longest match, in UTF-16 units. */
  readonly reach: number;
  readonly rank: Rank;
  /** Whether what matched is a secret; a text is the id that it goes by instead of the rule's own. */
  readonly judge: (hit: Hit) => boolean | string;
  readonly catches: readonly string[];
  readonly passes: readonly string[];
}

/** What a rule found, for its judge. */
export interface Hit {
  readonly secret: string;
  /** All that matched. */
  readonly matched: string;
  /** Where the secret stands in it. */
  readonly at: number;
  /** Up to {@link BEHIND} characters before the match… */
  readonly before: string;
  /** …and the character after it; empty at the end of the text. */
  readonly after: string;
}

/** So many characters before a match can be seen. */
export const BEHIND = 160;
