import { timingSafeEqual } from 'node:crypto';

/** Argon2id (RFC 9106), as the caller has it. Memory in KiB. */
export type Argon2id = (question: {
  readonly message: Uint8Array;
  readonly nonce: Uint8Array;
  readonly secret: Uint8Array;
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly tagLength: number;
}) => Promise<Uint8Array>;

export interface PassphraseMeans {
  readonly argon2id: Argon2id;
  readonly random: (bytes: number) => Uint8Array;
  /** A key that is kept apart from the hashes: whoever reads those alone cannot even guess (RFC 9106, section 3.1). */
  readonly secret: Uint8Array;
}

export interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** The least that OWASP's Password Storage Cheat Sheet asks for; kept with each hash, so that it can grow. */
export const COST: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const SALT = 16;
const TAG = 32;
/** A damaged hash must not ask for all of the machine. */
const MOST: Cost = { memory: 1_048_576, passes: 64, parallelism: 16 };

/** The same text, however it was typed (NIST SP 800-63B-4, section 3.1.1.2). */
const bytesOf = (passphrase: string): Buffer => Buffer.from(passphrase.normalize('NFKC'));

const text64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** A hash to keep, in PHC's string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`. */
export async function hashPassphrase(
  passphrase: string,
  { argon2id, random, secret }: PassphraseMeans,
  cost: Cost = COST,
): Promise<string> {
  const nonce = random(SALT);
  const tag = await argon2id({ ...cost, message: bytesOf(passphrase), nonce, secret, tagLength: TAG });
  const { memory, passes, parallelism } = cost;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text64(nonce)}$${text64(tag)}`;
}

const FORM =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** What nobody's passphrase is compared with, so that it takes as long as somebody's. */
const NOBODYS = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Whether it is the passphrase of this hash, in the same time either way; and whether the hash was made at another cost
 * than is asked for now, so that a new one should take its place.
 * @param kept undefined where there is none: it takes as long, and is wrong
 */
export async function checkPassphrase(
  passphrase: string,
  kept: string | undefined,
  { argon2id, secret }: PassphraseMeans,
): Promise<{ readonly right: boolean; readonly stale: boolean }> {
  const found = FORM.exec(kept ?? NOBODYS);
  if (found === null) throw new TypeError('the hash of a passphrase is damaged');
  const [, m, t, p, salt = '', wanted = ''] = found;
  const cost = { memory: Number(m), passes: Number(t), parallelism: Number(p) };
  if (cost.memory > MOST.memory || cost.passes > MOST.passes || cost.parallelism > MOST.parallelism)
    throw new TypeError('the hash of a passphrase asks for too much');
  const nonce = Buffer.from(salt, 'base64');
  const tag = await argon2id({ ...cost, message: bytesOf(passphrase), nonce, secret, tagLength: TAG });
  const same = timingSafeEqual(tag, Buffer.from(wanted, 'base64'));
  const stale =
    cost.memory !== COST.memory || cost.passes !== COST.passes || cost.parallelism !== COST.parallelism;
  return { right: same && kept !== undefined, stale };
}
