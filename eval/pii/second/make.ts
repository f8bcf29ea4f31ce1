import { Random } from '../../../train/random.ts';
import type { Row } from '../make.ts';
import { address, full, type Half, halfOf, name, titled } from './people.ts';
import { quiet } from './quiet.ts';
import { ORGANISATIONS, PLACES, PRODUCTS, SENTENCES } from './sentences.ts';
import { birthDate, card, email, IDENTIFIERS, iban, ip, phone, ssn } from './values.ts';

/** What fills a slot of a sentence, and the entity that it is. */
type Slot = readonly [
  type: string | undefined,
  make: (random: Random, half: Half, language: string) => string,
];

const small = (random: Random, half: Half): string => {
  const { first, last } = name(random, half);
  return `${first} ${last}`.toLowerCase();
};
const sorted = (random: Random, half: Half): string => {
  const { first, last } = name(random, half);
  return `${last}, ${first}`;
};

const SLOTS: Readonly<Record<string, Slot>> = {
  full: ['PERSON', full],
  first: ['PERSON', (random, half) => name(random, half).first],
  last: ['PERSON', (random, half) => name(random, half).last],
  titled: ['PERSON', titled],
  small: ['PERSON', small],
  sorted: ['PERSON', sorted],
  address: ['STREET_ADDRESS', (random, half, language) => address(random, half, language, false)],
  lines: ['STREET_ADDRESS', (random, half, language) => address(random, half, language, true)],
  phone: ['PHONE_NUMBER', phone],
  card: ['CREDIT_CARD', card],
  iban: ['IBAN_CODE', iban],
  ssn: ['US_SSN', ssn],
  ip: ['IP_ADDRESS', ip],
  dob: ['DATE_OF_BIRTH', (random, _, language) => birthDate(random, language)],
  email: ['EMAIL_ADDRESS', (random, half) => email(random, small(random, half))],
  org: [undefined, (random, half) => random.pick(halfOf(ORGANISATIONS, half))],
  product: [undefined, (random, half) => random.pick(halfOf(PRODUCTS, half))],
  place: [undefined, (random, half) => random.pick(halfOf(PLACES, half))],
};

function slotOf(key: string): Slot | undefined {
  if (!key.startsWith('id:')) return SLOTS[key];
  const make = IDENTIFIERS[key.slice(3)];
  return make && [key.slice(3), make];
}

function write(random: Random, half: Half, language: string, sentence: string): Row {
  const spans: { start: number; end: number; type: string }[] = [];
  let text = '';
  let at = 0;
  for (const match of sentence.matchAll(/\{([\w:]+)\}/g)) {
    const slot = slotOf(match[1] as string);
    if (slot === undefined) continue;
    text += sentence.slice(at, match.index);
    at = match.index + match[0].length;
    const [type, make] = slot;
    const value = make(random, half, language);
    if (type !== undefined) spans.push({ start: text.length, end: text.length + value.length, type });
    text += value;
  }
  return { text: text + sentence.slice(at), spans };
}

/**
 * Texts whose sentences, names and forms were written by somebody who had seen neither the grammars of the training nor
 * the other set. Half 0 was looked at after the first run; half 1 never was.
 */
export function makeSecondRows(half: Half, positive: number, negative: number): Row[] {
  const random = new Random(7_001 + half);
  const abroad = Object.keys(SENTENCES).filter((language) => language !== 'en');
  const rows: Row[] = [];
  for (let at = 0; at < positive; at++) {
    const language = random.chance(0.85) ? 'en' : random.pick(abroad);
    const sentences = halfOf(SENTENCES[language] ?? [], half);
    rows.push(write(random, half, language, random.pick(sentences)));
  }
  for (let at = 0; at < negative; at++) rows.push({ text: quiet(random, half), spans: [] });
  return rows;
}
