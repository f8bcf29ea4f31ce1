import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../base/problem.ts';

/** What OWASP's Password Storage Cheat Sheet asks of scrypt: 128 MiB, a fraction of a second. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 };

/** Long enough that guessing offline is hopeless, if it is no saying. */
const SHORTEST = 12;

/** Bytes under a passphrase, as JSON: all parts in base64url. */
export const UnderPassphrase = Type.Object(
  {
    v: Type.Literal(1),
    salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{16}$' }),
    tag: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$' }),
    text: Type.String({ pattern: '^[A-Za-z0-9_-]*$' }),
  },
  { additionalProperties: false },
);

const bytesOf = (text: string) => Buffer.from(text, 'base64url');

/** Throws Problem('usage') for a passphrase that is too short. */
export function checkPassphrase(passphrase: string): void {
  if ([...passphrase].length >= SHORTEST) return;
  throw new Problem(
    'usage',
    `the passphrase has fewer than ${SHORTEST} characters`,
    'Take one that a program made, such as: openssl rand -base64 24',
  );
}

/**
 * AES-256-GCM with a key that scrypt makes of the passphrase (RFC 7914).
 * @param about what it is, and of which form: it opens as the same only
 */
export function sealUnder(
  passphrase: string,
  plain: Uint8Array,
  about: string,
): Static<typeof UnderPassphrase> {
  checkPassphrase(passphrase);
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, salt), nonce).setAAD(Buffer.from(about));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const encoded = (bytes: Buffer) => bytes.toString('base64url');
  return {
    v: 1,
    salt: encoded(salt),
    nonce: encoded(nonce),
    tag: encoded(cipher.getAuthTag()),
    text: encoded(text),
  };
}

/** Throws where it is not of this form, the passphrase is another one, or anything was changed. */
export function openUnder(passphrase: string, sealed: unknown, about: string): Buffer {
  if (!Check(UnderPassphrase, sealed)) throw new Error('not of this form');
  const key = keyOf(passphrase, bytesOf(sealed.salt));
  const decipher = createDecipheriv('aes-256-gcm', key, bytesOf(sealed.nonce), { authTagLength: 16 })
    .setAAD(Buffer.from(about))
    .setAuthTag(bytesOf(sealed.tag));
  return Buffer.concat([decipher.update(bytesOf(sealed.text)), decipher.final()]);
}

const keyOf = (passphrase: string, salt: Buffer) => scryptSync(passphrase.normalize('NFC'), salt, 32, SCRYPT);
