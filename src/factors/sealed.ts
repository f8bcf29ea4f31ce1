import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** Secrets of factors at rest: AES-256-GCM under a key that is derived from one of the data folder. */
const NONCE = 12;
const TAG = 16;

/** @param root a key of the data folder, which is not in the database */
export const factorKey = (root: KeyObject): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), 'gatehouse factors at rest', 32)));

/** @param to what it belongs to: sealed for one factor, it opens for no other */
export function sealSecret(
  secret: Uint8Array,
  to: string,
  key: KeyObject,
  random: (bytes: number) => Uint8Array,
): string {
  const nonce = random(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(to));
  const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final()]);
  return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Throws where it was changed, or belongs to something else. */
export function openSecret(sealed: string, to: string, key: KeyObject): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE + TAG) throw new RangeError('a sealed secret is damaged');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(Buffer.from(to))
    .setAuthTag(bytes.subarray(bytes.length - TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]);
}
