import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import { PatternSet } from '../../regex/pattern-set.ts';
import { languageOf } from '../../text/language.ts';
import type { Found, GuardKind, Reader } from '../guard.ts';
import { whole } from '../hold.ts';
import { MatchReader } from '../match-reader.ts';
import { MatchingReader, ShortReader } from './readers.ts';
import { brokenRule, checkable } from './schema-check.ts';

const Settings = Type.Object(
  {
    schema: Type.Optional(
      Type.Unsafe<object>({
        type: 'object',
        description:
          'The answer must be JSON that fits this JSON Schema. Holds all of it back. No pattern, no format.',
      }),
    ),
    match: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description: 'The answer must match this regular expression, from its first character to its last.',
      }),
    ),
    max_chars: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Most UTF-16 code units of an answer.' }),
    ),
    languages: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z]{2,3}$' }), {
        minItems: 1,
        description: 'The answer must be in one of these languages (ISO 639: en, de). Holds all of it back.',
      }),
    ),
    refusals: Type.Optional(
      Type.Enum(['find', 'ignore'], { description: 'Answers in which the model declines. Default: ignore.' }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

type Settings = Static<typeof Settings>;

/** Below it a language is a guess. */
const SURE = 0.5;
/** Letters of a text whose language can be told. */
const ENOUGH = 40;

const CANNOT = "(?:can(?:no|[’'])t|can not|am (?:not able|unable) to|won[’']t|will not|must decline to)";
const DECLINES = [
  `^\\s{0,8}(?:I[’']?m (?:very |so |really )?sorry|Sorry|I apologi[sz]e|Unfortunately|I regret)[,.]? (?:but )?I[’']?m? ?${CANNOT}`,
  `^\\s{0,8}(?:As an AI[a-z ]{0,40}, )?I ${CANNOT} (?:help|assist|comply|fulfil|provide|support|do that|engage|create|generate|share|discuss|answer|continue)`,
];

/** Builds the reader of one rule for one text. */
type Rule = () => Reader;

/** “Response must match”: JSON of a schema, a pattern, a length, a language, no refusal. */
export const format: GuardKind<Settings> = {
  kind: 'format',
  about:
    'Answers that are not as they must be: JSON of a schema, a pattern, a length, a language, a refusal.',
  settings: Settings,
  build(name, settings) {
    const rules = rulesOf(name, settings);
    if (rules.length !== 1) {
      throw new Problem(
        'usage',
        `Guard “${name}” has ${rules.length} rules.`,
        'Give each rule a guard of its own.',
      );
    }
    const [rule] = rules as [Rule];
    const all = () => new ShortReader(Number.POSITIVE_INFINITY, { reason: `${name}.too_long` });
    return {
      name,
      // What a model thinks, and what it calls tools with, has forms of its own.
      open: ({ direction, provenance }) =>
        direction === 'reply' && provenance === 'assistant' ? rule() : all(),
    };
  },
  proof: {
    settings: { match: '(?:yes|no), because [a-z ]{1,40}\\.' },
    catches: [
      { text: 'maybe', reason: 'format.match' },
      { text: 'yes, because I say so', reason: 'format.match' },
      { text: 'yes, because so. And more', reason: 'format.match' },
    ],
    passes: ['yes, because so.', 'no, because of the rain.', ''],
  },
};

function rulesOf(name: string, { schema, match, max_chars: most, languages, refusals }: Settings): Rule[] {
  const rules: Rule[] = [];
  const all =
    (reason: string) =>
    (text: string): Found[] =>
      text === '' ? [] : [{ reason: `${name}.${reason}`, start: 0, end: text.length }];
  if (schema !== undefined) {
    checkable(schema);
    rules.push(() =>
      whole((text) => {
        const broken = brokenRule(schema, text);
        return broken === undefined ? [] : all(broken)(text);
      }),
    );
  }
  if (match !== undefined) {
    const set = PatternSet.compile([{ id: 'match', source: `^(?:${match})$`, flags: 's' }]);
    rules.push(() => new MatchingReader(set, { reason: `${name}.match` }));
  }
  if (most !== undefined) rules.push(() => new ShortReader(most, { reason: `${name}.too_long` }));
  if (languages !== undefined) {
    rules.push(() =>
      whole((text) => {
        if (text.length < ENOUGH) return [];
        const { code, confidence } = languageOf(text);
        return confidence < SURE || languages.includes(code) ? [] : all('language')(text);
      }),
    );
  }
  if (refusals === 'find') {
    const set = PatternSet.compile(DECLINES.map((source, i) => ({ id: `refusal ${i}`, source, flags: 'i' })));
    rules.push(() => new MatchReader(set, () => ({ reason: `${name}.refusal` })));
  }
  return rules;
}
