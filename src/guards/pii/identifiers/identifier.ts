/** A number that a state, a bank or a health service gives to a person: how it is written and how it is checked. */
export interface Identifier {
  /** Last part of the reason; in upper case it is Presidio's name, where Presidio has one. */
  readonly id: string;
  /** ISO 3166-1 alpha-2, in lower case. None: used in many countries. */
  readonly country?: string;
  /**
   * How it is written: `d` a digit, `A` a letter, `x` either, each with how often; `~` nothing, a space, a hyphen or a
   * dot, the same all through. `d3-d2-d4`, `A2~d6~A`.
   */
  readonly forms: readonly string[];
  /** Judges the compact form: digits, and letters in upper case. */
  readonly valid: (compact: string) => boolean;
  /** How likely it is the identifier where nothing around it speaks for or against it, 0..1. */
  readonly score: number;
  /** The same where it is written without separators. Default: `score`. */
  readonly bare?: number;
  /** What stands near it, as alternatives of a regular expression. A letter before or after a word ends it. */
  readonly context: string;
}

/** A form that only its surroundings make an identifier. */
export const WEAK = 0.3;
/** A check digit alone: one number in ten has it. */
export const SOME = 0.4;
/** Two check digits, or one and a date. */
export const LIKELY = 0.6;
/** A form that hardly anything else has, and a checksum. */
export const SURE = 0.9;

export const always = (): boolean => true;
