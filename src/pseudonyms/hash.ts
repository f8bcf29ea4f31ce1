import { createHmac, type KeyObject } from 'node:crypto';

/** Characters of 5 bits each. */
const LENGTH = 12;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A short name for a value: the same for the same key and kind of value, however it is grouped or in which case it is
 * written. Nobody without the key can tell the value from it, or try values out.
 */
export function hashOf(key: KeyObject, reason: string, value: string): string {
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([reason, plain(value)]))
    .digest();
  let text = '';
  for (let i = 0; i < LENGTH; i++) text += ALPHABET.charAt((digest[i] as number) & 31);
  return `[${reason}:${text}]`;
}

/** What stays of a number in any grouping; of everything else, its letters in lower case. */
function plain(value: string): string {
  const folded = value.normalize('NFKC').toLowerCase().trim();
  return /\p{L}/u.test(folded) ? folded.replace(/\s+/gu, ' ') : folded.replace(/[^\p{N}]/gu, '') || folded;
}
