import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Unsealable } from './unsealable.ts';

/**
 * What is sealed: what went to the model, what came back, a prompt that was blocked, as it came, or a value that a
 * pseudonym stands for.
 */
export const CONTENT_KINDS = ['prompt', 'reply', 'blocked', 'pseudonym'] as const;
export type ContentKind = (typeof CONTENT_KINDS)[number];

/** What a record is about. All of it is authenticated with every piece of the text. */
export interface RecordHead {
  readonly v: 1;
  /** `cnt_` and 16 random bytes in hex. The key of the record comes from it, so no two records share a nonce. */
  readonly id: string;
  /** The request, as the ledger names it. */
  readonly request: string;
  readonly kind: ContentKind;
  readonly tenant: string;
  /** UTC, `2026-10`. */
  readonly month: string;
  /** Keyed digest of the data subject; null where the request names none. */
  readonly subject: string | null;
  /** The key it is sealed under, `mk_…` or `sk_…`; a new version of a key has a new id. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export const newRecordId = (): string => `cnt_${randomBytes(16).toString('hex')}`;

/** A piece of a record as it lies in a segment. */
export interface Piece {
  readonly id: string;
  /** From 0. */
  readonly index: number;
  readonly last: boolean;
  /** With the first piece. */
  readonly head: RecordHead | undefined;
  /** Ciphertext and tag. */
  readonly sealed: Buffer;
}

const TAG = 16;

/**
 * AES-256-GCM in pieces, as in Tink's AES-GCM-HKDF streaming and in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015,
 * https://eprint.iacr.org/2015/189): a key of its own for each record, and a nonce of the piece's number and whether
 * it is the last. So a nonce cannot come twice under one key however many records there are (NIST SP 800-38D,
 * section 8), and pieces that are changed, swapped, left out or cut off do not open.
 */
export class RecordSealer {
  readonly head: RecordHead;
  readonly #key: Buffer;
  readonly #about: Buffer;
  #index = 0;

  /** @param key 32 bytes; not kept */
  constructor(head: RecordHead, key: Uint8Array) {
    this.head = head;
    this.#key = recordKey(key, head.id);
    this.#about = aboutOf(head);
  }

  seal(text: Uint8Array, last: boolean): Piece {
    const index = this.#index++;
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(index, last));
    cipher.setAAD(this.#about);
    const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    if (last) this.close();
    return { id: this.head.id, index, last, head: index === 0 ? this.head : undefined, sealed };
  }

  /** Forgets the key: nothing more is sealed. */
  close(): void {
    this.#key.fill(0);
  }
}

/** The text of a record. Throws {@link Unsealable} where any of it is missing, was changed, or is of another key. */
export function openRecord(head: RecordHead, pieces: readonly Piece[], key: Uint8Array): Buffer {
  const own = recordKey(key, head.id);
  const about = aboutOf(head);
  try {
    const texts = pieces.map(({ sealed, last }, index) => {
      if (last !== (index === pieces.length - 1) || sealed.length < TAG) throw new Unsealable('tampered');
      const decipher = createDecipheriv('aes-256-gcm', own, nonceOf(index, last), { authTagLength: TAG });
      decipher.setAAD(about).setAuthTag(sealed.subarray(-TAG));
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
    });
    if (texts.length === 0) throw new Unsealable('tampered');
    return Buffer.concat(texts);
  } catch (cause) {
    throw cause instanceof Unsealable ? cause : new Unsealable('tampered', cause);
  } finally {
    own.fill(0);
  }
}

/** NIST SP 800-108, in counter mode with one block of HMAC-SHA256. */
const recordKey = (key: Uint8Array, id: string): Buffer =>
  createHmac('sha256', key).update(`\x01gatehouse sealed record\0${id}`).digest();

/** The same 12 bytes for the same place only: its number, and whether a piece follows. */
export function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** Fields in a fixed order, whoever made the object. */
function aboutOf({ v, id, request, kind, tenant, month, subject, key, time }: RecordHead): Buffer {
  return Buffer.from(JSON.stringify([v, id, request, kind, tenant, month, subject, key, time]));
}
