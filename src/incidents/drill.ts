/** An attack that is played to see how long it takes until it is noticed, stopped and over. */
export type Drill = PromptDrill | QueryDrill | SignInDrill;

interface Named {
  readonly name: string;
  /** In one line. */
  readonly about: string;
  /** Of MITRE ATLAS. */
  readonly technique: string;
}

export interface PromptDrill extends Named {
  readonly plays: 'prompts';
  /**
   * What is sent, one prompt after the other; nothing in it is of anybody.
   * @param random a word of letters and digits of such a length, another each time
   */
  prompts(random: (length: number) => string): readonly string[];
}

/** Questions to a model that classifies or scores. */
export interface QueryDrill extends Named {
  readonly plays: 'queries';
  /**
   * Rows in the order in which they are asked.
   * @param seed makes a row that the model's contract allows, another each time
   * @param columns those that can be moved by a little: how far they reach, or `undefined` for the others
   */
  rows(seed: () => readonly number[], columns: readonly (Span | undefined)[]): readonly (readonly number[])[];
}

export interface Span {
  readonly least: number;
  readonly most: number;
}

/** Credentials that are tried: people's at the sign-in, and the drill's own key from everywhere. */
export interface SignInDrill extends Named {
  readonly plays: 'sign-ins';
  /** Wrong sign-ins from one network, each with a name and a passphrase of nobody. */
  readonly attempts: number;
  /** Networks from which the key comes. */
  readonly networks: number;
}
