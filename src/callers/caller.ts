import type { Caller } from '../exchange/caller.ts';

/** What the store knows of one credential: whose it is and until when, and how to check it. */
export interface CredentialRecord {
  readonly caller: Caller;
  /** Keyed hash of the whole credential. */
  readonly hash: Uint8Array;
  /** Milliseconds since 1970; undefined: no end. */
  readonly expires: number | undefined;
}

/** Finds a credential that is in force by its public id: not revoked, and its caller not disabled. */
export type CredentialLookup = (id: string) => CredentialRecord | undefined;
