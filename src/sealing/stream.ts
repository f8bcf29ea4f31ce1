import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** Bytes that each piece is longer than its text. */
export const TAG = 16;

/** A piece was changed, swapped or cut, or is of something else. Says nothing of the text. */
export class NotAuthentic extends Error {
  override readonly name = 'NotAuthentic';
}

/**
 * A key of its own for each text, of 32 bytes: NIST SP 800-108, in counter mode with one block of HMAC-SHA256.
 * @param use what is sealed with such keys
 * @param id of the text; no two have the same
 */
export const textKey = (key: Uint8Array, use: string, id: string): Buffer =>
  createHmac('sha256', key).update(`\x01${use}\0${id}`).digest();

/**
 * AES-256-GCM in pieces, as in Tink's AES-GCM-HKDF streaming and in STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015,
 * https://eprint.iacr.org/2015/189): a key of its own for each text, and a nonce of the piece's number and whether it is
 * the last. So a nonce cannot come twice under one key however many texts there are (NIST SP 800-38D, section 8), and
 * pieces that are changed, swapped, left out or cut off do not open.
 */
export class StreamSealer {
  readonly #key: Buffer;
  readonly #about: Uint8Array;
  #index = 0;

  /**
   * @param key of this text alone ({@link textKey}); forgotten at the end
   * @param about authenticated with every piece
   */
  constructor(key: Buffer, about: Uint8Array) {
    this.#key = key;
    this.#about = about;
  }

  /** The next piece: ciphertext and tag. */
  seal(text: Uint8Array, last: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#index++, last));
    cipher.setAAD(this.#about);
    const sealed = Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    if (last) this.close();
    return sealed;
  }

  /** Forgets the key: nothing more is sealed. */
  close(): void {
    this.#key.fill(0);
  }
}

/** The other way. */
export class StreamOpener {
  readonly #key: Buffer;
  readonly #about: Uint8Array;
  #index = 0;

  constructor(key: Buffer, about: Uint8Array) {
    this.#key = key;
    this.#about = about;
  }

  /**
   * The text of the next piece. Throws {@link NotAuthentic}.
   * @param last nothing follows it, as far as the caller can see
   */
  open(sealed: Uint8Array, last: boolean): Buffer {
    if (sealed.length < TAG) throw new NotAuthentic('a piece is cut off');
    try {
      const nonce = nonceOf(this.#index++, last);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG });
      decipher.setAAD(this.#about).setAuthTag(sealed.subarray(-TAG));
      return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
    } catch (cause) {
      throw new NotAuthentic('a piece does not authenticate', { cause });
    }
  }

  close(): void {
    this.#key.fill(0);
  }
}

/** The same 12 bytes for the same place only: its number, and whether a piece follows. Throws RangeError beyond 2³² pieces. */
export function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
