import { createHmac, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { CredentialLookup } from './caller.ts';

/**
 * API keys: `ghk_<id>_<secret>`, and `gha_…` for those who administer. The id is public and finds the record; the
 * secret is 43 characters of base 62, so 256 bits. Only a keyed hash of the whole is kept.
 */
export type KeyKind = 'ghk' | 'gha';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_LENGTH = 10;
const SECRET_LENGTH = 43;
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
 * Who is asking. Exactly one credential is taken, from `Authorization: Bearer`, `x-api-key` or `api-key`; two, even
 * if equal, are refused, since another server might obey the other one. Unknown, wrong, expired and revoked keys
 * are the same refusal.
 * @param rawHeaders names and values in turn, as `node:http` has them
 * @param now milliseconds since 1970
 */
export function identify(
  rawHeaders: readonly string[],
  query: URLSearchParams,
  lookup: CredentialLookup,
  pepper: KeyObject,
  now: number,
): Caller {
  checkQuery(query);
  const key = credentialOf(rawHeaders);
  const id = KEY.exec(key)?.[1];
  const record = id === undefined ? undefined : lookup(id);
  const matches = timingSafeEqual(hashKey(key, pepper), record?.hash ?? NOBODY);
  if (record === undefined || !matches) throw new Refusal('credential_invalid');
  if (record.expires !== undefined && record.expires <= now) throw new Refusal('credential_invalid');
  return record.caller;
}

/** Longer ones are no keys of ours; a bound on what is hashed. */
const MAX_LENGTH = 512;

function credentialOf(rawHeaders: readonly string[]): string {
  let found: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    // Lengths of `api-key`, `x-api-key`, `authorization`: most headers are none of them.
    if (name.length !== 7 && name.length !== 9 && name.length !== 13) continue;
    const lower = name.toLowerCase();
    const value = rawHeaders[i + 1] as string;
    let key: string;
    if (lower === 'x-api-key' || lower === 'api-key') key = value;
    else if (lower === 'authorization') key = bearer(value);
    else continue;
    if (found !== undefined) throw new Refusal('credential_ambiguous');
    found = key;
  }
  if (found === undefined || found === '') throw new Refusal('credential_missing');
  if (found.length > MAX_LENGTH) throw new Refusal('credential_invalid');
  return found;
}

function bearer(value: string): string {
  const space = value.indexOf(' ');
  if (space < 0 || value.slice(0, space).toLowerCase() !== 'bearer') throw new Refusal('credential_invalid');
  return value.slice(space + 1).trim();
}

const SECRET_NAMES = new Set([
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'auth',
  'authorization',
  'bearer',
  'client_secret',
  'key',
  'password',
  'secret',
  'token',
  'x-api-key',
]);

/** Keys of ours and of the model servers, wherever in the value. */
const LOOKS_SECRET = /gh[ka]_[0-9A-Za-z]|sk-[0-9A-Za-z]|^bearer /i;

/** Addresses end up in logs and histories: a key in one is refused, wherever it would have come from. */
function checkQuery(query: URLSearchParams): void {
  for (const [name, value] of query) {
    if (SECRET_NAMES.has(name.toLowerCase()) || LOOKS_SECRET.test(value)) {
      throw new Refusal('credential_in_query');
    }
  }
}
