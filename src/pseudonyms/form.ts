/** How a stand-in is written, and how a model may write it. */
export interface Form {
  readonly text: string;
  readonly spellings: {
    /** Letters and digits in lower case; whatever stands between them does not matter. */
    readonly loose?: readonly string[];
    /** In lower case, to be found as they stand. */
    readonly strict?: readonly string[];
  };
  /** It has no tag: with a letter or digit before or behind it, it is something else. */
  readonly bounded: boolean;
}

/** From 0 to below a number. */
export type Random = (below: number) => number;

/** What a form is made with. */
export interface Making {
  readonly value: string;
  /** A, B, … Z, AA: the how manieth of its kind it is. */
  readonly ordinal: string;
  /** Random; begins with a digit, so that no ordinal and tag begin another. */
  readonly tag: string;
  readonly random: Random;
}

/** What stands in a value's place while a model has the text. */
export interface StandIn extends Form {
  readonly original: string;
  /** Id of the finding, `pii.email_address`. */
  readonly reason: string;
}
