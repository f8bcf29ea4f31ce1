/** Check digits. Each takes the compact form: digits, and letters in upper case, without separators. */

const ZERO = 48;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

const digitAt = (text: string, at: number): number => text.charCodeAt(at) - ZERO;

/** The sum of digits times weights; a weight for each digit that counts. */
export function weighted(text: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [at, weight] of weights.entries()) sum += digitAt(text, at) * weight;
  return sum;
}

/** ISO/IEC 7812-1 annex B: every second digit from the right is doubled. */
export function luhn(text: string): boolean {
  let sum = 0;
  for (let at = text.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digitAt(text, at) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return text.length > 1 && sum % 10 === 0;
}

/** The remainder of a number of any length; letters count as 10 to 35 (ISO 7064, MOD 97-10). */
export function remainder(text: string, modulus: number): number {
  let rest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    rest = code < 65 ? (rest * 10 + code - ZERO) % modulus : (rest * 100 + code - 55) % modulus;
  }
  return rest;
}

/** ISO 7064, MOD 97-10. */
export const mod97 = (text: string): boolean => remainder(text, 97) === 1;

/** ISO 7064, MOD 11,10. */
export function mod11And10(text: string): boolean {
  let check = 5;
  for (let at = 0; at < text.length; at++) {
    check = ((check === 0 ? 10 : check) * 2) % 11;
    check = (check + digitAt(text, at)) % 10;
  }
  return check === 1;
}

/** ISO 7064, MOD 11-2, where X stands for ten. */
export function mod11And2(text: string): boolean {
  let check = 0;
  for (let at = 0; at < text.length; at++) {
    check = (check * 2 + (text[at] === 'X' ? 10 : digitAt(text, at))) % 11;
  }
  return check === 1;
}

/** The weighted sum of all digits, the check digit included, is a multiple of 11. */
export const mod11 = (text: string, weights: readonly number[]): boolean =>
  weighted(text, weights) % 11 === 0;

const MULTIPLY = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const PERMUTE = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Verhoeff, Error Detecting Decimal Codes (1969). */
export function verhoeff(text: string): boolean {
  let check = 0;
  for (let at = 0; at < text.length; at++) {
    const permuted = Number(PERMUTE[at % 8]?.[digitAt(text, text.length - 1 - at)]);
    check = Number(MULTIPLY[check]?.[permuted]);
  }
  return check === 0;
}

/** ICAO 9303: weights 7, 3, 1; letters count as 10 to 35. The last character is the check digit. */
export function icao(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < text.length - 1; at++) {
    const code = text.charCodeAt(at);
    sum += (code < 65 ? code - ZERO : code - 55) * ([7, 3, 1][at % 3] as number);
  }
  return sum % 10 === digitAt(text, text.length - 1);
}

/** EAN-13: weights 1 and 3 in turn. */
export const ean13 = (text: string): boolean =>
  weighted(text, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;

/** 1 to 26. */
export const letterNumber = (letter: string): number => LETTERS.indexOf(letter) + 1;

/** Not one and the same digit again and again: what people type into forms that they test. */
export const varied = (text: string): boolean => !/^(.)\1*$/.test(text);

/** Whether there is such a day; a year of two digits may be of any century. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 ? (year % 4 === 0 ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}

/** A day written in `text` as digits; `order` is where year, month and day stand: `yymmdd`, `ddmmyyyy`. */
export function hasDay(text: string, order: string): boolean {
  const part = (letter: string): number =>
    Number(text.slice(order.indexOf(letter), order.lastIndexOf(letter) + 1));
  return isDay(part('y'), part('m'), part('d'));
}
