import type { AttackResult } from '../result.ts';

/** A way to write down what an attack came to. The same result gives the same text, anywhere. */
export interface AttackReport {
  readonly name: string;
  readonly about: string;
  /** With a line end at its end. */
  write(result: AttackResult, colour: boolean): string;
}
