import { Refusal } from '../base/refusal.ts';
import type { CoachingRule } from '../policy/coaching.ts';
import { COACH_WORDS, type CoachWords } from './coach-words.ts';

/** Reasons that are told of; more help nobody. */
const MOST = 3;

/**
 * The refusal of a guard as people are to read it: what was seen (its class, never its text), what to do, and where the
 * owner says more. In the language that the client asks for, where there are words in it.
 * @param languages the header `accept-language` (RFC 9110, section 12.5.4)
 */
export function coached(
  refusal: Refusal,
  rule: CoachingRule | undefined,
  languages: string | undefined,
): Refusal {
  const { code, reasons, status, field, retryAfter, headers, cause } = refusal;
  if (rule === undefined || reasons.length === 0) return refusal;
  const wanted = wantedOf(languages);
  const words = wanted.map((language) => COACH_WORDS[language]).find((one) => one !== undefined) ?? ENGLISH;
  const advice = [...new Set(reasons.slice(0, MOST).map((reason) => adviceOn(reason, rule, wanted, words)))];
  const hint = [...advice, `${words.page} ${rule.page}`].join(' ');
  return new Refusal(code, {
    hint,
    reasons,
    status,
    headers,
    cause,
    ...(field !== undefined && { field }),
    ...(retryAfter !== undefined && { retryAfter }),
  });
}

const ENGLISH = COACH_WORDS.en as CoachWords;

function adviceOn(
  reason: string,
  { messages }: CoachingRule,
  wanted: readonly string[],
  words: CoachWords,
): string {
  const own = messages.find(({ fits }) => fits(reason))?.words;
  const said =
    own && [...wanted, 'en', '*'].map((language) => own.get(language)).find((one) => one !== undefined);
  if (said !== undefined) return said;
  const kind = reason.slice(0, reason.indexOf('.'));
  const [seen, act] = (Object.hasOwn(words.kinds, kind) ? words.kinds[kind] : undefined) ?? words.other;
  return `${words.seen} ${seen}. ${act}`;
}

/** Primary language tags, the dearest first. */
function wantedOf(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 200)
    .split(',')
    .flatMap((range) => {
      const [, language, weight = '1'] =
        /^\s*([a-z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*$/i.exec(range) ?? [];
      return language === undefined ? [] : [{ language: language.toLowerCase(), weight: Number(weight) }];
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ language }) => language);
}
