/** What a guard may use beside the text: rows below do no I/O of their own, so it comes in as arguments. */
export interface Means {
  /**
   * A file that ships with the package: trained weights, lists of words. Read whole, once, when a policy that needs it
   * is loaded. Throws `Problem('environment', …)` where it is missing or broken.
   */
  asset(name: string): Uint8Array;
}
