import { createHmac, type Hmac, type KeyObject } from 'node:crypto';

/** Key of the digests in the ledger. */
interface Keyed {
  readonly digestKey: KeyObject;
}

/** Keyed digests: who holds the key can prove that a text is the one recorded; nobody can guess it from the ledger. */
export const digestOf = ({ digestKey }: Keyed, bytes: Uint8Array | string): string =>
  createHmac('sha256', digestKey).update(bytes).digest('base64url');

export const openDigest = ({ digestKey }: Keyed): Hmac => createHmac('sha256', digestKey);
