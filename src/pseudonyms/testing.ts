import type { Random, StandIn } from './form.ts';

/** The same numbers for the same seed (Mulberry32). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const oneOf = <T>(list: readonly T[], random: Random): T => list[random(list.length)] as T;

const letters = (count: number, random: Random, from = 'abcdefghijklmnopqrstuvwxyzéßñ') =>
  Array.from({ length: count }, () => from.charAt(random(from.length))).join('');
const numbers = (count: number, random: Random) => letters(count, random, '0123456789');
const word = (random: Random) => letters(2 + random(6), random);
const capital = (random: Random) => letters(1, random, 'ABCDEFGHJKLMNOPRSTUVW') + word(random);

/** Values as guards find them, by reason. */
const VALUES: Readonly<Record<string, (random: Random) => string>> = {
  'pii.email_address': (r) => `${word(r)}.${word(r)}@${word(r)}.com`,
  'pii.person': (r) => `${capital(r)} ${oneOf(['', "O'", 'von '], r)}${capital(r)}`,
  'pii.location': capital,
  'pii.phone_number': (r) =>
    oneOf(
      [
        `+1 (${numbers(3, r)}) ${numbers(3, r)}-${numbers(4, r)}`,
        `+44 20 7${numbers(3, r)} ${numbers(4, r)}`,
        `+49 30 ${numbers(8, r)}`,
        `0${numbers(9, r)}`,
        `+86 138 ${numbers(4, r)} ${numbers(4, r)}`,
      ],
      r,
    ),
  'pii.credit_card': (r) =>
    oneOf([`4${numbers(15, r)}`, `5${numbers(3, r)} ${numbers(4, r)} ${numbers(4, r)} ${numbers(4, r)}`], r),
  'pii.iban_code': (r) =>
    oneOf(
      [
        `DE4${numbers(19, r)}`,
        `GB29 NWBK ${numbers(4, r)} ${numbers(4, r)} ${numbers(4, r)} ${numbers(2, r)}`,
      ],
      r,
    ),
  'pii.ip_address': (r) => `10.${r(256)}.${r(256)}.${r(256)}`,
  'pii.date_of_birth': (r) => oneOf([`19${numbers(2, r)}-03-17`, '3 March 1987', '17.03.1987'], r),
  'pii.us_passport': (r) => numbers(9, r),
  'house.address': (r) => `${capital(r)} "${word(r)}" \\ ${r(99)}\n${numbers(5, r)} ${capital(r)}`,
};

export const REASONS = Object.keys(VALUES);

export const makeValue = (reason: string, random: Random): string =>
  (VALUES[reason] as (random: Random) => string)(random);

/** How models write what they were given: as it stands, mostly. */
const MANNERS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[_<>.()+\-@]/g, '\\$&'),
  (text) => text.replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/_/g, '&#95;'),
];

/** Only of stand-ins with a tag is it known where they may be broken. */
const WRAPPED = (text: string) => text.replace(/[_-]/, '$&\n  ');

export const written = (standIn: StandIn, random: Random): string =>
  oneOf(standIn.bounded ? MANNERS : [...MANNERS, WRAPPED], random)(standIn.text);
