import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { CredentialLookup } from './caller.ts';

/**
 * API keys: `ghk_<id>_<secret>`, `gha_…` for those who administer, `ghi_…` for invitations; of people, `ghs_…` for
 * sessions and `ghl_…` for links. The id is public and finds the record; the
 * secret is 43 characters of base 62, so 256 bits. Only a keyed hash of the whole is kept.
 */
export type KeyKind = 'ghk' | 'gha' | 'ghi' | 'ghs' | 'ghl';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 10;
const SECRET_LENGTH = 43;
/** Longer ones are no keys of ours; a bound on what is hashed. */
const MAX_LENGTH = 512;
const KEY = /^gh[ka]_([0-9A-Za-z]{10})_[0-9A-Za-z]{43}$/;

export interface NewKey {
  readonly id: string;
  /** The whole key, to be shown once. */
  readonly key: string;
  readonly hash: Uint8Array;
}

/** A new key from the system's random source. */
export function mintKey(kind: KeyKind, pepper: KeyObject): NewKey {
  const id = randomText(ID_LENGTH);
  const key = `${kind}_${id}_${randomText(SECRET_LENGTH)}`;
  return { id, key, hash: hashKey(key, pepper) };
}

/** HMAC-SHA256 under a key that is not in the database: whoever reads the database alone cannot even guess. */
export const hashKey = (key: string, pepper: KeyObject): Buffer =>
  createHmac('sha256', pepper).update(key).digest();

/** Uniform over the alphabet: bytes that would favour its start are drawn again. */
function randomText(length: number): string {
  const fair = 256 - (256 % ALPHABET.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

/** Compared with where the id is unknown, so that an unknown id takes as long as a wrong secret. */
const NOBODY = Buffer.alloc(32);

/**
 * Whose key this is. Unknown, wrong, expired and revoked keys are the same refusal, `credential_invalid`.
 * @param now milliseconds since 1970
 */
export function identifyKey(key: string, lookup: CredentialLookup, pepper: KeyObject, now: number): Caller {
  if (key.length > MAX_LENGTH) throw new Refusal('credential_invalid');
  const id = KEY.exec(key)?.[1];
  const record = id === undefined ? undefined : lookup(id);
  const matches = timingSafeEqual(hashKey(key, pepper), record?.hash ?? NOBODY);
  if (record === undefined || !matches) throw new Refusal('credential_invalid');
  if (record.expires !== undefined && record.expires <= now) throw new Refusal('credential_invalid');
  return record.caller;
}
