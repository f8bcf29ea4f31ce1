import { parse } from '../../regex/parse.ts';
import { minLength } from '../../regex/syntax.ts';
import { looksReal } from './real.ts';
import { type Body, type Hit, RANK, type Rule } from './rule.ts';
import { sampleOf, withoutLooks } from './samples.ts';

/** Of a line end, a sign in an address, a colour of a terminal: no letter and no digit, though it ends with one. */
export const ESCAPE = '(?:\\\\[nrt]|%[0-9A-Fa-f]{2}|\\\\u00[0-9a-f]{2}|\\x1b\\[[\\d;]{1,8}m)';
/** Left of a key stands no letter or digit, unless it belongs to an escape. */
const APART = `(?:(?<![A-Za-z0-9_])|(?<=${ESCAPE}))`;

const judged =
  (judge: Judge) =>
  ({ secret, matched }: Hit): boolean =>
    judge(secret, matched);

/** `matched`: the secret, with what stands before it. */
type Judge = (secret: string, matched: string) => boolean;

export interface More {
  /** The pattern up to the secret, where `start` is only the beginning of it. */
  readonly lead?: string;
  readonly ignoreCase?: boolean;
  readonly body?: Body;
  readonly reach?: number;
  /** Whether what matched is one. Default: `looksReal`. */
  readonly judge?: Judge;
  /** The start may stand within a word. */
  readonly within?: boolean;
  readonly catches?: readonly string[];
  readonly passes?: readonly string[];
}

/**
 * A key that can be told by its own form: `start`, a pattern for `regex/` with the letters that are always there, and `rest`, a
 * regular expression. Its proof is a key drawn from the form, if no other is given.
 */
export function format(id: string, provider: string, start: string, rest: string, more: More = {}): Rule {
  const {
    lead = start,
    ignoreCase = false,
    body = 'token',
    reach = 600,
    judge = looksReal,
    within = false,
  } = more;
  const spares = rest.includes('(?<secret>');
  return {
    id,
    provider,
    start,
    ...(more.lead === undefined ? {} : { lead: more.lead }),
    spares,
    // What need not be held back may be looked for anywhere; a sign begins no word.
    atWord: !within && !spares && !start.startsWith('\\'),
    ignoreCase,
    form: new RegExp(
      `${within ? '' : APART}${lead}${rest}`,
      `${spares ? 'd' : ''}${ignoreCase ? 'yi' : 'y'}`,
    ),
    body,
    least: 1,
    reach,
    rank: RANK.format,
    judge: judged(judge),
    get catches() {
      return more.catches ?? [sampleOf(lead + rest), sampleOf(lead + rest, 2)];
    },
    passes: more.passes ?? [],
  };
}

/** What stands between a name and its value: quotes, brackets, signs of assignment. */
const GAP = '["\'`\\s:=>,(\\[\\]|]{1,10}';
const TELLING =
  /key|token|secret|auth|pass|cred|pat\b|_pat|sid|bearer|access|licen[cs]e|dsn|pwd|bundle|client\(|new \w+\(/i;
const mixed = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);

/**
 * A key without a form of its own, told by the name of its issuer before it. `words` in small letters; `form` a regular expression. A
 * form that others share (hexadecimal digits, a UUID) counts only where the name says that it is a key.
 */
export function named(id: string, provider: string, words: string, form: string, more: More = {}): Rule {
  const apart = words.split('|').some((word) => word.length < 5) ? '(?<![A-Za-z])' : '';
  const start = `(?:${words})`;
  const lead = `${start}[ \\w.-]{0,20}${GAP}`;
  const tells = ({ matched, at, secret, before }: Hit): boolean =>
    mixed(secret) || TELLING.test(matched.slice(0, at)) || TELLING.test(before.slice(-24));
  // Right behind the name alone, what has the length of a hash, but not that of a commit or of an id, is a key as well.
  const alone = new RegExp(`^(?:${words})(?:["']?\\s{0,3}(?:=>|[:=]|\\s-)?\\s{0,3}["']?)$`, 'i');
  const follows = ({ matched, at, secret }: Hit): boolean =>
    /^[a-f0-9]{32}$/i.test(secret) && alone.test(matched.slice(0, at));
  const { judge = looksReal } = more;
  const word = words.split('|', 1)[0] as string;
  return {
    id,
    provider,
    start,
    lead,
    spares: true,
    atWord: false,
    ignoreCase: true,
    form: new RegExp(
      `${apart}(?:${words})[ \\w.-]{0,20}?${GAP}(?:bearer |token |basic )?(?<secret>${form})(?![A-Za-z0-9])`,
      'yi',
    ),
    body: more.body ?? 'token',
    least: minLength(parse(withoutLooks(form))),
    reach: more.reach ?? 400,
    rank: RANK.named,
    judge: (hit) => judge(hit.secret, hit.matched) && (tells(hit) || follows(hit)),
    get catches() {
      const [one, other] = [sampleOf(form), sampleOf(form, 2)];
      return more.catches ?? [`${word}_api_key = "${one}"`, `"${word.toUpperCase()}_TOKEN": "${other}"`];
    },
    passes: more.passes ?? [`The ${word} key is in the drawer.`],
  };
}

/** Control characters but the tab: they end whatever they stand in, so that no secret has one. */
export const CONTROLS = '\\x00-\\x08\\n-\\x1f\\x7f';

export const UUID = '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}';
