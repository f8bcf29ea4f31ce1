import { createHmac, type KeyObject } from 'node:crypto';

/** What identities from elsewhere (tokens, certificates) have in common. */

/**
 * The id of whoever another party vouches for: a keyed hash, so that it stays the same and nobody can guess the name
 * behind it from the ledger.
 * @param name parts that together name them; written so that no two lists are alike
 */
export const identityId = (kind: 'oidc' | 'cert', name: readonly string[], pepper: KeyObject): string =>
  `${kind}_${createHmac('sha256', pepper)
    .update(`${kind} identity\0${JSON.stringify(name)}`)
    .digest('hex')
    .slice(0, 32)}`;

/** Text that people read, as callers' names are: no control characters, no line breaks. */
const LABEL = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,100}$/u;

export const isLabel = (text: string): boolean => LABEL.test(text);

/** Undefined where the value cannot be a label. */
export const label = (value: unknown): string | undefined =>
  typeof value === 'string' && isLabel(value) ? value : undefined;
