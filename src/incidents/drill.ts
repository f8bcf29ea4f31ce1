/** An attack that is played to see how long it takes until it is noticed, stopped and over. */
export interface Drill {
  readonly name: string;
  /** In one line. */
  readonly about: string;
  /** Of MITRE ATLAS. */
  readonly technique: string;
  /**
   * What is sent, one prompt after the other; nothing in it is of anybody.
   * @param random a word of letters and digits of such a length, another each time
   */
  prompts(random: (length: number) => string): readonly string[];
}
