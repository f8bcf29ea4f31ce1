import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Shorter keys can be guessed. */
const LEAST_BYTES = 16;

/**
 * The owner's key, from which every sketch, fingerprint and digest takes its own. Whoever does not have it cannot work out
 * which queries fall together, nor make some that do not.
 */
export class Secret {
  readonly #key: Uint8Array;

  /** Throws RangeError for keys of fewer than 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < LEAST_BYTES)
      throw new RangeError(`the key of monitors has at least ${LEAST_BYTES} bytes`);
    this.#key = key.slice();
  }

  /** Bytes that look random, always the same for one purpose. */
  bytes(purpose: string, length: number): Uint8Array {
    return createHash('shake256', { outputLength: length }).update(this.#derived(purpose)).digest();
  }

  /** Whole numbers of 32 bits that look random. */
  words(purpose: string, count: number): Uint32Array {
    const bytes = this.bytes(purpose, count * 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return Uint32Array.from({ length: count }, (_, at) => view.getUint32(at * 4));
  }

  /** A digest of 32 bits, by a key of its own for the purpose. */
  digester(purpose: string): (bytes: Uint8Array | string) => number {
    const key = this.#derived(purpose);
    return (bytes) => createHmac('sha256', key).update(bytes).digest().readInt32LE(0);
  }

  /** A code over a text or bytes, by which they are checked. */
  seal(text: string | Uint8Array): string {
    return createHmac('sha256', this.#derived('seal')).update(text).digest('base64url');
  }

  opens(text: string, seal: string): boolean {
    const [own, given] = [Buffer.from(this.seal(text)), Buffer.from(seal)];
    return own.length === given.length && timingSafeEqual(own, given);
  }

  #derived(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key, '', `gatehouse monitors ${purpose}`, 32));
  }
}
