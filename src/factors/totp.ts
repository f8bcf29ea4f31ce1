import { createHmac, timingSafeEqual } from 'node:crypto';
import { base32 } from './base32.ts';

/** One-time codes by time (RFC 6238): HMAC-SHA-1, six digits, thirty seconds, which is what every app knows. */
const STEP = 30_000;
const DIGITS = 6;
/** Steps before and after the present one whose codes are taken: clocks differ (section 5.2). */
const SKEW = 1;

/** 160 bits, the length of the hash (RFC 4226, section 4, R6). */
export const SECRET_BYTES = 20;

/** @param now milliseconds since 1970 */
export const stepAt = (now: number): number => Math.floor(now / STEP);

/** HOTP (RFC 4226, section 5.3). */
export function codeOf(secret: Uint8Array, counter: number, digits = DIGITS): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(moving).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/**
 * The step whose code this is; undefined: none that may be used. All are computed, so the time says nothing.
 * @param last the newest step that was used: it and those before are used up (section 5.2)
 */
export function checkCode(secret: Uint8Array, code: string, now: number, last: number): number | undefined {
  const given = Buffer.alloc(DIGITS);
  const whole = /^\d{6}$/.test(code);
  if (whole) given.write(code);
  let found: number | undefined;
  for (let step = stepAt(now) - SKEW; step <= stepAt(now) + SKEW; step += 1) {
    const same = timingSafeEqual(Buffer.from(codeOf(secret, step)), given);
    if (same && whole && step > last) found ??= step;
  }
  return found;
}

/** What an app reads from a picture (the Key URI format of Google Authenticator). */
export function otpauthUri({
  account,
  secret,
}: {
  readonly account: string;
  readonly secret: Uint8Array;
}): string {
  const issuer = 'Gatehouse';
  return `otpauth://totp/${issuer}:${encodeURIComponent(account)}?secret=${base32(secret)}&issuer=${issuer}&algorithm=SHA1&digits=${DIGITS}&period=${STEP / 1000}`;
}
