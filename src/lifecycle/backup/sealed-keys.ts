import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';
import { isInside } from './manifest.ts';

/** Files by their path in the backup. */
export type KeyFiles = ReadonlyMap<string, Buffer>;

/** What OWASP's Password Storage Cheat Sheet asks of scrypt: 128 MiB, a fraction of a second. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 1024 * 1024 };

/** Long enough that guessing offline is hopeless, if it is no saying. */
const SHORTEST = 12;

/** Binds the form: sealed text of another version does not open as this one. */
const AAD = Buffer.from('gatehouse/backup-keys/v1');

const Sealed = Type.Object(
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

/** Keys under a passphrase: AES-256-GCM, with a key that scrypt makes of it (RFC 7914). */
export function sealKeys(files: KeyFiles, passphrase: string): string {
  checkPassphrase(passphrase);
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, salt), nonce).setAAD(AAD);
  const plain = JSON.stringify([...files].map(([path, bytes]) => [path, bytes.toString('base64url')]));
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const parts = { salt, nonce, tag: cipher.getAuthTag(), text };
  const encoded = Object.entries(parts).map(([name, bytes]) => [name, bytes.toString('base64url')]);
  return `${JSON.stringify({ v: 1, ...Object.fromEntries(encoded) })}\n`;
}

/** Throws Problem('findings') where the passphrase is another one, or the text was changed. */
export function openKeys(sealed: string, passphrase: string): KeyFiles {
  try {
    const parts: unknown = JSON.parse(sealed);
    if (!Check(Sealed, parts)) throw new Error('not of this form');
    const key = keyOf(passphrase, bytesOf(parts.salt));
    const decipher = createDecipheriv('aes-256-gcm', key, bytesOf(parts.nonce), { authTagLength: 16 })
      .setAAD(AAD)
      .setAuthTag(bytesOf(parts.tag));
    const plain = Buffer.concat([decipher.update(bytesOf(parts.text)), decipher.final()]).toString();
    const files = JSON.parse(plain) as [string, string][];
    if (!files.every(([path]) => isInside(path))) throw new Error('a path that leads elsewhere');
    return new Map(files.map(([path, text]) => [path, bytesOf(text)] as const));
  } catch (cause) {
    throw new Problem(
      'findings',
      'the sealed keys do not open: another passphrase, or they were changed',
      undefined,
      cause,
    );
  }
}

const keyOf = (passphrase: string, salt: Buffer) => scryptSync(passphrase.normalize('NFC'), salt, 32, SCRYPT);
