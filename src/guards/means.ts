import type { Classifier } from './classifier.ts';
import type { Consult } from './consult.ts';

/** What a guard may use beside the text: rows below do no I/O of their own, so it comes in as arguments. */
export interface Means {
  /**
   * A file that ships with the package: trained weights, lists of words. Read whole, once, when a policy that needs it
   * is loaded. Throws `Problem('environment', …)` where it is missing or broken.
   */
  asset(name: string): Uint8Array;
  /** Milliseconds since 1970, for what holds until a day. */
  now(): number;
  /** An encoder of the settings. Throws `Problem('usage', …)` where there is none of the name, or it cannot be used. */
  classifier(name: string): Classifier;
  /** A judge of the settings. Throws `Problem('usage', …)` where there is none of the name. */
  consult(name: string): Consult;
}
