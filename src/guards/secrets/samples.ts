/**
 * Text that looks like the random part of a key, made when it is asked for: examples of keys written out in a
 * repository set off the secret scanners of everyone who clones it.
 */
const sample =
  (alphabet: string) =>
  (length: number, seed = 1): string => {
    let state = seed + length;
    let text = '';
    for (let index = 0; index < length; index++) {
      // The multiplier of Knuth's MMIX generator, cut to what a double holds exactly.
      state = (state * 22_695_477 + 1) % 2 ** 28;
      text += alphabet[Math.floor((state / 2 ** 28) * alphabet.length)];
    }
    return text;
  };

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';

export const digits = sample(DIGITS);
export const hex = sample(`${DIGITS}abcdef`);
export const upper = sample(UPPER + DIGITS);
export const base32 = sample(`${UPPER}234567`);
export const base62 = sample(UPPER + UPPER.toLowerCase() + DIGITS);
export const base64 = sample(`${UPPER}${UPPER.toLowerCase()}${DIGITS}+/`);
export const lower = sample(UPPER.toLowerCase() + DIGITS);

export const base64url = (value: string): string => Buffer.from(value).toString('base64url');
