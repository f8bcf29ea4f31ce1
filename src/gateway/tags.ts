import { Refusal } from '../base/refusal.ts';
import { isTagWord, MAX_WORDS, NO_TAGS, type RequestTags, readWords } from '../exchange/tags.ts';
import { digestOf } from './digest.ts';
import type { Gate } from './house.ts';
import type { Passage } from './passage.ts';

const PREFIX = 'x-gatehouse-';
const PURPOSE = `${PREFIX}purpose`;
const CONSENT = `${PREFIX}consent`;
const SUBJECT = `${PREFIX}subject`;
const KNOWN: ReadonlySet<string> = new Set([PURPOSE, CONSENT, SUBJECT]);

/** An id of a person as other systems have it: a number, a UUID, a URN, an address. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:@+=/-]{0,127}$/;

/**
 * The tags of a request, from its headers. One that is there twice, is misspelt or does not fit is refused: a policy
 * may hang on it. Endpoints name the headers that they pass on, so these go nowhere.
 * @param rawHeaders names and values in turn, as they came
 * @param besides headers that are no tags and may be there all the same
 */
export function readTags(rawHeaders: readonly string[], besides: readonly string[] = []): RequestTags {
  const given = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase();
    if (!name.startsWith(PREFIX) || besides.includes(name)) continue;
    if (!KNOWN.has(name)) throw refused(`Tags are ${[...KNOWN].join(', ')}.`);
    if (given.has(name)) throw refused(`Header ${name} is sent more than once.`);
    given.set(name, rawHeaders[i + 1] as string);
  }
  if (given.size === 0) return NO_TAGS;
  const [purpose, consent, subject] = [given.get(PURPOSE), given.get(CONSENT), given.get(SUBJECT)];
  if (purpose !== undefined && !isTagWord(purpose))
    throw refused(`${PURPOSE} must be one word of a-z, 0-9, “.”, “_” and “-”.`);
  const words = consent === undefined ? [] : readWords(consent);
  if (words === undefined) throw refused(`${CONSENT} must be 1 to ${MAX_WORDS} such words between commas.`);
  if (subject !== undefined && !ID.test(subject))
    throw refused(`${SUBJECT} must be an id of 1 to 128 characters of A-Z, a-z, 0-9 and ._:@+=/-`);
  return { purpose, consent: words, subject };
}

const refused = (hint: string) => new Refusal('header_refused', { hint });

/** A person as ledger and vault know them. Another use of the key than the digests of bodies: the same text gives another. */
export const subjectDigest = (gate: Gate, subject: string): string => digestOf(gate, `subject\0${subject}`);

/** The tags of a request, in its entry too: purpose and consent as they are, the subject as a keyed digest. */
export function noteTags({ ask, gate, record }: Passage, besides: readonly string[] = []): RequestTags {
  const tags = readTags(ask.req.rawHeaders, besides);
  const { purpose, consent, subject } = tags;
  if (purpose !== undefined) record.note({ purpose });
  if (consent.length > 0) record.note({ consent: [...consent] });
  if (subject !== undefined) record.note({ subject: subjectDigest(gate, subject) });
  return tags;
}
