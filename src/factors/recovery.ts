import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Codes for whoever has lost their second factor: ten, of 50 bits each, each good once. */
const CODES = 10;
const LENGTH = 10;
/** Crockford's: nothing in it is taken for something else. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

const hashOf = (code: string, key: KeyObject): string =>
  createHmac('sha256', key).update(`recovery ${code}`).digest('base64url');

/** As typed: any case, with or without its dash, and the letters that Crockford's leaves out for what they look like. */
function readCode(text: string): string {
  return text.slice(0, 64).toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}

/** Whether a text may be meant as such a code, and not as one of an app. */
export const looksLikeRecovery = (text: string): boolean => readCode(text).length === LENGTH;

/** New codes to be shown once, and what is kept of them. @param random so many random bytes */
export function makeRecoveryCodes(
  random: (bytes: number) => Uint8Array,
  key: KeyObject,
): { readonly codes: readonly string[]; readonly held: string } {
  const codes = Array.from({ length: CODES }, () =>
    // 256 is a multiple of 32: no letter is likelier.
    Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join(''),
  );
  return {
    codes: codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`),
    held: JSON.stringify(codes.map((code) => hashOf(code, key))),
  };
}

/** What is kept after this code was used; undefined where it is none of them. */
export function useRecoveryCode(held: string, code: string, key: KeyObject): string | undefined {
  const wanted = Buffer.from(hashOf(readCode(code), key));
  const hashes = JSON.parse(held) as string[];
  // Every one is compared: the time does not say which it was.
  const left = hashes.filter((hash) => !timingSafeEqual(Buffer.from(hash), wanted));
  return left.length === hashes.length ? undefined : JSON.stringify(left);
}

export const recoveryCodesLeft = (held: string): number => (JSON.parse(held) as string[]).length;
