import { dateForm } from './date-form.ts';
import type { Form, Making, Random } from './form.ts';
import { cardForm, ibanForm, ipForm, macForm } from './number-forms.ts';
import { phoneForm } from './phone-form.ts';

type Maker = (making: Making) => Form | undefined;

/** Found by its tag, so wherever it stands, also with an ending (`Person_A_7kxqs`). */
const tagged = (text: string): Form => ({
  text,
  spellings: { loose: [lettersOf(text)] },
  bounded: false,
});

/** What a spelling keeps of a text. */
export const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');

const named =
  (word: string): Maker =>
  ({ ordinal, tag }) =>
    tagged(`${word}_${ordinal}_${tag}`);

/** A token that says what it is: `<PASSPORT_A_7kxqd>`. */
const token = (entity: string, { ordinal, tag }: Making): Form => {
  const text = `${entity.toUpperCase()}_${ordinal}_${tag}`;
  const letters = lettersOf(text);
  return { text: `<${text}>`, spellings: { loose: [letters, `<${letters}>`] }, bounded: false };
};

/** `.example` is nobody's (RFC 2606, section 2): no mail can go there. */
const email: Maker = ({ ordinal, tag }) => tagged(`user.${ordinal.toLowerCase()}.${tag}@pseudonym.example`);

const url: Maker = ({ ordinal, tag }) => tagged(`https://site-${ordinal.toLowerCase()}-${tag}.example/`);

/** By the last part of a finding's reason. What is not here becomes a token. */
const MAKERS: Readonly<Record<string, Maker>> = {
  email_address: email,
  person: named('Person'),
  location: named('Place'),
  organization: named('Company'),
  url,
  credit_card: cardForm,
  iban_code: ibanForm,
};

/** From ranges so small that a stand-in could be guessed: only for as long as a request lasts. */
const SMALL: Readonly<Record<string, Maker>> = {
  phone_number: phoneForm,
  ip_address: ipForm,
  mac_address: macForm,
  date_time: dateForm,
  date_of_birth: dateForm,
};

/** So many of each small range; then tokens. */
export const FEW = 32;

/** The rule's own name in a reason: `email_address` of `pii.email_address`. */
export const entityOf = (reason: string): string =>
  reason.slice(reason.lastIndexOf('.') + 1).replace(/[^A-Za-z0-9_]/g, '_') || 'value';

/**
 * A form in the place of a value: of the same kind where that helps a model, else a token.
 * @param small from small ranges too
 * @param isFree nothing else is written so
 */
export function makeForm(
  reason: string,
  making: Making,
  small: boolean,
  isFree: (form: Form) => boolean,
): Form {
  const entity = entityOf(reason).toLowerCase();
  const maker = MAKERS[entity] ?? (small ? SMALL[entity] : undefined);
  for (let attempt = 0; attempt < 8 && maker !== undefined; attempt++) {
    const form = maker(making);
    if (form === undefined) break;
    if (isFree(form)) return form;
  }
  return token(entity, making);
}

/** 0: A, 25: Z, 26: AA. */
export function ordinalOf(index: number): string {
  let text = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    text = String.fromCharCode(0x41 + (rest % 26)) + text;
  }
  return text;
}

/** No vowels, which make words, and nothing that looks like something else. */
const TAG = 'bcdfghjkmnpqrstvwxz23456789';

export function makeTag(length: number, random: Random): string {
  let tag = String(2 + random(8));
  while (tag.length < length) tag += TAG.charAt(random(TAG.length));
  return tag;
}
