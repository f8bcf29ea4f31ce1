import { hash } from 'node:crypto';
import type { JWTVerifyGetKey } from 'jose';
import type { Caller } from '../../exchange/caller.ts';

/** Tokens remembered. */
const MAX = 10_000;

/** Whom a token was found to speak of. */
export interface Verified {
  readonly caller: Caller;
  readonly issuer: string;
  /** Milliseconds since 1970, no later than the token's `exp`. */
  readonly ends: number;
  /** The keys that it was verified with. */
  readonly keys: JWTVerifyGetKey;
}

/**
 * Tokens that were verified, by SHA-256 over all of their bytes and nothing shorter: two tokens of one issuer begin
 * alike (LiteLLM CVE-2026-35030 kept them by their first 20 characters, so one caller was taken for another).
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, Verified>();

  /** What is known of exactly this token; undefined once it ends. */
  get(token: string, now: number): Verified | undefined {
    const hash = hashOf(token);
    const found = this.#tokens.get(hash);
    if (found === undefined) return undefined;
    this.#tokens.delete(hash);
    if (now >= found.ends) return undefined;
    // Last used is last in the map, and the first is the first to go.
    this.#tokens.set(hash, found);
    return found;
  }

  add(token: string, verified: Verified): void {
    this.#tokens.set(hashOf(token), verified);
    for (const [oldest] of this.#tokens) {
      if (this.#tokens.size <= MAX) break;
      this.#tokens.delete(oldest);
    }
  }

  /** The token is not good any more, whatever it says. */
  drop(token: string): void {
    this.#tokens.delete(hashOf(token));
  }
}

const hashOf = (token: string): string => hash('sha256', token, 'base64url');
