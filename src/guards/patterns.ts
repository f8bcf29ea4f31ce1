import Type, { type Static } from 'typebox';
import { Problem } from '../base/problem.ts';
import { PatternSet, type PatternSource } from '../regex/pattern-set.ts';
import type { GuardKind } from './guard.ts';
import { MatchReader } from './match-reader.ts';
import { phraseSource } from './phrase.ts';

const closed = { additionalProperties: false } as const;

const Rule = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,62}$',
      description: 'Name in reasons: patterns.<id>. Lower-case letters, digits and _',
    }),
    match: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description: 'A regular expression, without lookaround and backreferences.',
      }),
    ),
    words: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
        minItems: 1,
        maxItems: 10_000,
        description:
          'Instead of match: words and phrases as they stand. A space stands for up to 8 of any kind.',
      }),
    ),
    ignore_case: Type.Optional(
      Type.Boolean({
        description: 'Upper and lower case are the same. Default: true for words, false for match.',
      }),
    ),
    multiline: Type.Optional(Type.Boolean({ description: '^ and $ stand for lines too. Default: false.' })),
    dot_all: Type.Optional(Type.Boolean({ description: '. takes line ends too. Default: false.' })),
    action: Type.Optional(
      Type.Enum(['block', 'mask', 'hash', 'pseudonymise', 'flag'], {
        description: 'For this pattern. Default: the guard’s action.',
      }),
    ),
    replacement: Type.Optional(
      Type.String({
        maxLength: 1_000,
        description: 'What a mask puts in its place. Default: [patterns.<id>].',
      }),
    ),
  },
  { ...closed, description: 'A pattern: an id, and either match or words.' },
);

const Settings = Type.Object(
  {
    patterns: Type.Array(Rule, { minItems: 1, maxItems: 1_000, description: 'What is looked for.' }),
    unbounded: Type.Optional(
      Type.Enum(['refuse', 'whole'], {
        description:
          'Patterns whose matches have no greatest length: refused when the policy is loaded, or allowed to hold back a whole text while they may match. Default: refuse.',
      }),
    ),
  },
  closed,
);

type Rule = Static<typeof Rule>;
type Settings = Static<typeof Settings>;

function sourceOf(rule: Rule): PatternSource {
  const { id, match, words, multiline, dot_all: dotAll } = rule;
  if ((match === undefined) === (words === undefined)) {
    throw new Problem('usage', `Pattern "${id}" must have either “match” or “words”.`);
  }
  const ignoreCase = rule.ignore_case ?? words !== undefined;
  const flags = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}${dotAll ? 's' : ''}`;
  return { id, flags, source: match ?? (words ?? []).map((phrase) => written(id, phrase)).join('|') };
}

function written(id: string, phrase: string): string {
  const source = phraseSource(phrase);
  if (source === undefined) throw new Problem('usage', `Pattern "${id}" has a phrase that is empty.`);
  return source;
}

function refuseUnbounded({ patterns }: PatternSet): void {
  const endless = patterns.find(({ maxLength }) => maxLength === Number.POSITIVE_INFINITY);
  if (endless === undefined) return;
  throw new Problem(
    'usage',
    `Pattern "${endless.id}" has no greatest length, so a stream could be held back without end.`,
    'Give * and + a bound, such as {0,200}, or set “unbounded: whole”.',
  );
}

/** The policy's own patterns, all in one automaton. */
export const patterns: GuardKind<Settings> = {
  kind: 'patterns',
  about: 'The policy’s own words and regular expressions, in linear time.',
  settings: Settings,
  build(name, settings) {
    const rules = settings.patterns;
    const ids = rules.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new Problem('usage', `There are two patterns "${twice}".`);
    const set = PatternSet.compile(rules.map(sourceOf));
    if (settings.unbounded !== 'whole') refuseUnbounded(set);
    const meanings = rules.map(({ id, action, replacement }) => ({
      reason: `${name}.${id}`,
      ...(action === undefined ? {} : { action }),
      ...(replacement === undefined ? {} : { replacement }),
    }));
    return { name, open: () => new MatchReader(set, (_, pattern) => meanings[pattern]) };
  },
  proof: {
    settings: {
      patterns: [
        { id: 'case_number', match: '\\bCASE-\\d{4}-\\d{3,6}\\b' },
        { id: 'project', words: ['Project Nightjar', '夜鹰计划'] },
        { id: 'greeting', match: '^dear (sir|madam)', ignore_case: true, action: 'flag' },
      ],
    },
    catches: [
      { text: 'see CASE-2031-12345, please', reason: 'patterns.case_number' },
      { text: 'all of PROJECT\n nightjar is secret', reason: 'patterns.project' },
      { text: '关于夜鹰计划的报告', reason: 'patterns.project' },
      { text: 'Dear Madam, thank you', reason: 'patterns.greeting' },
    ],
    passes: ['see CASE-2031-12', 'a project: nightjars', 'Oh dear sir', ''],
  },
};
