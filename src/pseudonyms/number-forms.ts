import type { Form, Making, Random } from './form.ts';

export const digits = (count: number, random: Random): string =>
  Array.from({ length: count }, () => random(10)).join('');

/** The layout of a text with other digits in it; what is left over goes to its end. */
export function laidOut(layout: string, numbers: string): string {
  let at = 0;
  return layout.replace(/\d/g, () => numbers.charAt(at++)) + numbers.slice(at);
}

/**
 * A card's number of the same length and grouping that is none: it begins with 9, which no network of payment cards has
 * (ISO/IEC 7812-1), and its check digit is wrong. So no guard and no shop takes it for one.
 */
export function cardForm({ value, random }: Making): Form | undefined {
  const length = value.replace(/\D/g, '').length;
  if (length < 12 || length > 19 || /[^\d\s-]/.test(value)) return undefined;
  const body = `9${digits(length - 2, random)}`;
  const numbers = `${body}${(checkDigit(body) + 1 + random(9)) % 10}`;
  return { text: laidOut(value, numbers), spellings: { loose: [numbers] }, bounded: true };
}

/** Luhn's (ISO/IEC 7812-1, annex B). */
export function checkDigit(body: string): number {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body.charAt(body.length - 1 - i));
    const twice = i % 2 === 0 ? digit * 2 : digit;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return (10 - (sum % 10)) % 10;
}

/** The same country and layout, with check digits 00, which no IBAN has (ISO 13616-1: 02 to 98). */
export function ibanForm({ value, random }: Making): Form | undefined {
  if (!/^[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}$/i.test(value)) return undefined;
  const account = value
    .slice(4)
    .replace(/\d/g, () => String(random(10)))
    .replace(/[A-Z]/gi, () => String.fromCharCode(0x41 + random(26)));
  const text = `${value.slice(0, 2).toUpperCase()}00${account}`;
  return { text, spellings: { loose: [text.toLowerCase().replace(/[^a-z0-9]/g, '')] }, bounded: true };
}

/** From the ranges for documentation: RFC 5737 and RFC 3849. */
export function ipForm({ value, random }: Making): Form | undefined {
  const text = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(value)
    ? `${['192.0.2', '198.51.100', '203.0.113'][random(3)]}.${1 + random(254)}`
    : value.includes(':')
      ? `2001:db8:${Array.from({ length: 6 }, () => (0x1000 + random(0xefff)).toString(16)).join(':')}`
      : undefined;
  return text === undefined ? undefined : { text, spellings: { strict: [text] }, bounded: true };
}

/** From the range for documentation, RFC 7042, section 2.1.2. */
export function macForm({ value, random }: Making): Form | undefined {
  const separator = /^[0-9a-f]{2}([:-])/i.exec(value)?.[1];
  if (separator === undefined) return undefined;
  const last = random(256).toString(16).padStart(2, '0');
  const text = ['00', '00', '5e', '00', '53', last].join(separator);
  return { text, spellings: { strict: [text] }, bounded: true };
}
