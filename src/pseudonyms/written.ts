/** UTF-16 units of a window. */
const WINDOW = 8;
/** Shorter texts are looked through as they are. */
const SHORT = 16 * 1024;
const BASE = 0x01000193;
/** What the first unit of a window counts for, when it leaves. */
const LEAVING = Array.from({ length: WINDOW }).reduce<number>((power) => Math.imul(power, BASE), 1);

/**
 * Tells whether words occur in a long text, thousands of times: what has a window of characters that the text has nowhere
 * does not, and for nearly all of the others that settles it. At most a quarter of the bits is set, whatever the text.
 */
export class Written {
  readonly #text: string;
  #bits: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  has(words: string): boolean {
    if (this.#text.length <= SHORT || words.length < WINDOW) return this.#text.includes(words);
    this.#bits ??= bitsOf(this.#text);
    const bits = this.#bits;
    return (
      everyWindow(words, bits.length, (at, bit) => ((bits[at] as number) & bit) !== 0) &&
      this.#text.includes(words)
    );
  }
}

function bitsOf(text: string): Uint8Array {
  const bits = new Uint8Array(2 ** Math.ceil(Math.log2(text.length / 2)));
  everyWindow(text, bits.length, (at, bit) => {
    bits[at] = (bits[at] as number) | bit;
    return true;
  });
  return bits;
}

/** Goes on while `see` says so. @param size a power of two */
function everyWindow(text: string, size: number, see: (at: number, bit: number) => boolean): boolean {
  let hash = 0;
  for (let i = 0; i < text.length; i++) {
    hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
    if (i >= WINDOW) hash = (hash - Math.imul(LEAVING, text.charCodeAt(i - WINDOW))) | 0;
    if (i < WINDOW - 1) continue;
    const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    if (!see((mixed >>> 3) & (size - 1), 1 << (mixed & 7))) return false;
  }
  return true;
}
