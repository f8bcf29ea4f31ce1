import { fold } from '../../text/fold.ts';

/** A sign that is a word or half of one counts as so many letters. */
const PER_IDEOGRAPH = 3;
const KNOWN = new Map<string, string>();

/** A character as letters, in lower case and plain dress; '' for what is none: digits, marks, spaces, signs. */
export function lettersOf(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x80) {
    const lower = code | 32;
    return lower >= 97 && lower <= 122 ? String.fromCharCode(lower) : '';
  }
  const known = KNOWN.get(char);
  if (known !== undefined) return known;
  const plain = fold(char)
    .text.toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}]/gu, '');
  const letters = isWordOfOne(plain) ? plain.repeat(PER_IDEOGRAPH) : plain;
  if (KNOWN.size < 16_384) KNOWN.set(char, letters);
  return letters;
}

/** Scripts without spaces: every sign begins a word. */
export const isWordOfOne = (letters: string): boolean =>
  /^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\ud7ff\uf900-\ufaff]/.test(letters);

/** Letters that one stretch has: four or five words. */
export const STRETCH = 24;
const BASE = 0x01000193;
const POWER = Array.from({ length: STRETCH - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

/** The hash of the last {@link STRETCH} letters (Rabin and Karp); undefined until there are so many. */
export class Rolling {
  readonly #ring = new Uint16Array(STRETCH);
  #hash = 0;
  count = 0;

  push(letter: number): number | undefined {
    const at = this.count % STRETCH;
    this.#hash = (this.#hash - Math.imul(this.#ring[at] as number, POWER)) | 0;
    this.#hash = (Math.imul(this.#hash, BASE) + letter) | 0;
    this.#ring[at] = letter;
    this.count++;
    return this.count < STRETCH ? undefined : this.#hash;
  }
}
