import type { Form, Making, Random } from './form.ts';
import { digits, laidOut } from './number-forms.ts';

/** Calling codes of two digits (ITU-T E.164); 1 and 7 have one, the others three. */
const TWO =
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98';

/**
 * Numbers that regulators keep for films and books, as they begin: Ofcom, ARCEP, Bundesnetzagentur, ACMA, ComReg. By
 * calling code and length of the national number.
 */
const FICTION: Readonly<Record<string, string>> = {
  '44/10': '7700900',
  '33/9': '63998',
  '49/10': '3023125',
  '61/9': '25550',
  '353/9': '2091',
};

/**
 * A number in the same layout that nobody has. Where there is no range for fiction, it begins with 000 behind the
 * calling code, as no national number does.
 */
export function phoneForm({ value, random }: Making): Form | undefined {
  const all = value.replace(/\D/g, '');
  if (all.length < 7 || all.length > 15 || /[^\d\s+().\-/\u00a0]/.test(value)) return undefined;
  const code = value.trim().startsWith('+') ? callingCode(all) : '';
  const trunk = code === '' && all.startsWith('0') ? '0' : '';
  const length = all.length - code.length - trunk.length;
  const national = nationalOf(code, trunk, length, random);
  const numbers = `${code}${trunk}${national}`;
  const text = laidOut(value, numbers);
  const lead = /^\D/.exec(text)?.[0] ?? '';
  const loose = [numbers, ...(lead === '' || lead.trim() === '' ? [] : [`${lead}${numbers}`])];
  // A model leaves the calling code out, or puts one in front of what it knows the country of.
  if (code !== '') loose.push(national, `0${national}`, `00${numbers}`);
  return { text, spellings: { loose }, bounded: true };
}

function nationalOf(code: string, trunk: string, length: number, random: Random): string {
  const american = length === 10 && trunk === '' && (code === '1' || code === '');
  // NANP: 555-0100 to 555-0199 in any area.
  if (american) return `${2 + random(8)}${digits(2, random)}55501${digits(2, random)}`;
  const begin = FICTION[`${code || (trunk === '0' && length === 10 ? '44' : '')}/${length}`] ?? '000';
  return `${begin}${digits(Math.max(0, length - begin.length), random)}`;
}

/** It is of a form that {@link phoneForm} makes. */
export function isNoPhone(text: string): boolean {
  const all = text.replace(/\D/g, '');
  const code = text.trim().startsWith('+') ? callingCode(all) : '';
  const national = code === '' ? all.replace(/^0(?!00)/, '') : all.slice(code.length);
  if (/^[2-9]\d\d55501\d\d$/.test(national)) return code === '1' || code === '';
  const fiction = FICTION[`${code || '44'}/${national.length}`];
  return national.startsWith('000') || (fiction !== undefined && national.startsWith(fiction));
}

function callingCode(all: string): string {
  if (all.startsWith('1') || all.startsWith('7')) return all.slice(0, 1);
  return all.slice(0, TWO.split(' ').includes(all.slice(0, 2)) ? 2 : 3);
}
