/** Who is asking. What a later stage needs to know of a caller, and nothing secret. */
export interface Caller {
  /** Stable id, `clr_…`. */
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Id of the credential used, for the ledger. */
  readonly credential: string;
}
