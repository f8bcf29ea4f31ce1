/** Characters of all texts of a request that are looked at: the newest first. */
const MOST = 256 * 1024;

/** Letters and digits only, in lower case: how a text is written in an address does not matter. */
export const plainOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');

/** Finds what two texts have in common, by hashes of the stretches of one length. */
export class Shingles {
  readonly #length: number;
  readonly #hashes = new Set<number>();

  constructor(texts: readonly string[], length: number) {
    this.#length = length;
    let room = MOST;
    for (const text of texts.toReversed()) {
      if (room <= 0) break;
      const plain = plainOf(text.slice(0, room));
      room -= text.length;
      for (const hash of rolling(plain, length)) this.#hashes.add(hash);
    }
  }

  /** Length of the longest run in `text` (letters and digits) of which every stretch is known; 0 where none is. */
  common(text: string): number {
    let longest = 0;
    let run = 0;
    for (const hash of rolling(text, this.#length)) {
      run = this.#hashes.has(hash) ? run + 1 : 0;
      if (run > longest) longest = run;
    }
    return longest === 0 ? 0 : longest + this.#length - 1;
  }
}

const BASE = 0x01000193;

/** Hashes of all stretches of one length (Rabin and Karp), 32 bits each. */
function* rolling(text: string, length: number): Generator<number> {
  let power = 1;
  for (let i = 1; i < length; i++) power = Math.imul(power, BASE);
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    if (i >= length) hash = (hash - Math.imul(text.charCodeAt(i - length), power)) | 0;
    hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
    if (i >= length - 1) yield hash;
  }
}
