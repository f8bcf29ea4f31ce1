import type { ScanResult } from '../findings/result.ts';
import type { Rule } from '../findings/rule.ts';

/** What a report may need beside the result. */
export interface Surroundings {
  readonly rules: ReadonlyMap<string, Rule>;
  /** Colour may be used. */
  readonly colour: boolean;
}

/** A way to write down what a scan came to. The same result gives the same text, anywhere. */
export interface ReportKind {
  /** `sarif`. */
  readonly name: string;
  readonly about: string;
  /** With a line end at its end. */
  write(result: ScanResult, surroundings: Surroundings): string;
  /** The same text piece by piece, where that of a very large folder would be more than should be in memory at once. */
  pieces?(result: ScanResult): Iterable<string>;
}
