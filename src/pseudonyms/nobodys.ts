import { lettersOf } from './forms.ts';
import { checkDigit } from './number-forms.ts';
import { isNoPhone } from './phone-form.ts';

const TAGGED = [
  /^user\.[a-z]{1,3}\.[2-9][a-z0-9]{5,11}@pseudonym\.example$/i,
  /^https:\/\/site-[a-z]{1,3}-[2-9][a-z0-9]{5,11}\.example\/$/i,
  /^<?[A-Z][A-Z0-9_]{0,63}_[A-Z]{1,3}_[2-9][a-z0-9]{5,11}>?$/i,
];
const RESERVED =
  /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}$|^2001:db8:|^00[:-]00[:-]5e[:-]00[:-]53[:-]/i;
const UNASSIGNED_IBAN = /^[a-z]{2}00[a-z0-9]{11,30}$/;

/**
 * A text that by its form is nobody's: a stand-in of an earlier request, perhaps. Signed text of a model's comes back with
 * those in it and cannot be changed. Only dates are not told from others.
 */
export function isNobodys(text: string): boolean {
  const plain = lettersOf(text);
  const isNumber = /^[\d\s+().\-/]+$/.test(text);
  return (
    TAGGED.some((form) => form.test(text)) ||
    RESERVED.test(text) ||
    UNASSIGNED_IBAN.test(plain) ||
    (isNumber && (isNoCard(plain) || isNoPhone(text)))
  );
}

const isNoCard = (digits: string): boolean =>
  /^9\d{11,18}$/.test(digits) && checkDigit(digits.slice(0, -1)) !== Number(digits.at(-1));
