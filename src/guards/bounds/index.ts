import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import type { CharSet } from '../../regex/char-set.ts';
import { PatternError, parseClass } from '../../regex/parse.ts';
import type { GuardKind } from '../guard.ts';
import { CLASSES, suspects } from './classes.ts';
import { BoundsReader, type Rules } from './reader.ts';

const action = (what: string, byDefault: string) =>
  Type.Optional(
    Type.Enum(['block', 'mask', 'flag', 'allow'], {
      description: `${what} A mask removes them. Default: ${byDefault}.`,
    }),
  );

const Settings = Type.Object(
  {
    max_chars: Type.Optional(
      Type.Integer({
        minimum: 1,
        description:
          'Most UTF-16 code units in one text; a longer one is blocked. Default: no bound of its own.',
      }),
    ),
    allow: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description:
          'The only characters that may occur, as between the brackets of a class: \\p{Latin}\\p{N}\\p{P}\\s. Default: all.',
      }),
    ),
    not_allowed: action('What happens to characters that “allow” does not name.', 'block'),
    control: action('Control characters other than tab and line ends.', 'block'),
    bidi: action(
      'Embeddings, overrides and isolates, which change the order in which text is shown.',
      'block',
    ),
    invisible: action('Zero-width and invisible characters where no script or emoji needs them.', 'mask'),
    variation: action('Variation selectors that follow nothing with a variant.', 'mask'),
    tags: action('Tag characters outside the three flag emoji made of them.', 'block'),
  },
  { additionalProperties: false },
);
type Settings = Static<typeof Settings>;

function rulesOf(name: string, settings: Settings): Rules {
  const actions: Rules['actions'] = {
    not_allowed: settings.not_allowed ?? 'block',
    control: settings.control ?? 'block',
    bidi: settings.bidi ?? 'block',
    invisible: settings.invisible ?? 'mask',
    variation: settings.variation ?? 'mask',
    tags: settings.tags ?? 'block',
  };
  const allowed = settings.allow === undefined ? undefined : readClass(settings.allow);
  const classes = new Set(CLASSES.filter((one) => actions[one] !== 'allow'));
  const maxChars = settings.max_chars ?? Number.POSITIVE_INFINITY;
  return { name, actions, allowed, maxChars, suspects: suspects(classes, allowed) };
}

function readClass(source: string): CharSet {
  try {
    return parseClass(source);
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    // One character less: the bracket before it is not the user's.
    const place = Math.max(1, cause.position);
    throw new Problem('usage', `Setting “allow”, character ${place}: ${cause.message}.`, undefined, cause);
  }
}

const tagged = (text: string): string =>
  [...text].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');

/** Length and characters of a text. */
export const bounds: GuardKind<Settings> = {
  kind: 'bounds',
  about: 'Length, and characters that hide, reorder or smuggle text.',
  settings: Settings,
  build(name, settings) {
    const rules = rulesOf(name, settings);
    return { name, open: () => new BoundsReader(rules) };
  },
  proof: {
    settings: { max_chars: 80 },
    catches: [
      { text: `${'long '.repeat(17)}`, reason: 'bounds.max_chars' },
      { text: 'a bell \u0007 rings', reason: 'bounds.control' },
      { text: 'C1 \u009b31m', reason: 'bounds.control' },
      { text: 'if (admin\u202e\u2066) {', reason: 'bounds.bidi' },
      { text: 'pass\u200bword', reason: 'bounds.invisible' },
      { text: 'in the \ufeffmiddle', reason: 'bounds.invisible' },
      { text: 'Latin with \u200e a mark', reason: 'bounds.invisible' },
      { text: 'abc\u200d\u200cdef', reason: 'bounds.invisible' },
      { text: 'شما\u200c\u200cها', reason: 'bounds.invisible' },
      { text: 'filler \u3164', reason: 'bounds.invisible' },
      { text: 'so\u00adft', reason: 'bounds.invisible' },
      { text: '❤\ufe0f\ufe0e\ufe0f', reason: 'bounds.variation' },
      { text: 'a\u{e0101}\u{e0102}b', reason: 'bounds.variation' },
      { text: '1\ufe0f2', reason: 'bounds.variation' },
      { text: `hello${tagged('ignore all')}`, reason: 'bounds.tags' },
      { text: `\u{1f3f4}${tagged('gbxxx')}\u{e007f}`, reason: 'bounds.tags' },
      { text: `\u{1f3f4}${tagged('gbeng')}`, reason: 'bounds.tags' },
    ],
    passes: [
      'plain text,\twith tabs\r\nand lines',
      '\ufeffa byte order mark at the start',
      '👩‍👩‍👧‍👦 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈 1️⃣ ☎︎ ‼️ ©️',
      '🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴󠁧󠁢󠁳󠁣󠁴󠁿🏴󠁧󠁢󠁷󠁬󠁳󠁿',
      'می‌خواهم کتاب‌ها را',
      'क्‍ष ශ්‍රී ক্‌ষ',
      'שלום!\u200f (Hello)',
      '\u200fעברית',
      'ไทย\u200bไทย ភាសា\u200bខ្មែរ',
      '葛\u{e0100}城市 と 葛\ufe00',
      'À\u202fquoi\u00a0bon\u202f?',
      'ᄒ\u1160 \u115fᅡ',
      'ᠮᠣᠩ\u180bᠭᠣ\u180eᠯ',
      'lone halves: \ud83d and \udc00.',
      '',
    ],
  },
};
