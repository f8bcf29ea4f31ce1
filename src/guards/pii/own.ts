import Type, { type Static } from 'typebox';
import { Problem } from '../../base/problem.ts';
import { PatternSet } from '../../regex/pattern-set.ts';
import { type Candidate, type Find, weigh, wordsOf } from './candidate.ts';
import { luhn, mod11And10, mod97, verhoeff, weighted } from './checksums.ts';

const escaped = (word: string): string => word.trim().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

export const OwnEntity = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,62}$',
      description: 'Name in reasons: pii.<id>. Lower-case letters, digits and _',
    }),
    match: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description:
          'A regular expression, without lookaround and backreferences; at most 256 characters long.',
      }),
    ),
    words: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 10_000,
        description: 'Instead of match: the values themselves, in any case.',
      }),
    ),
    checksum: Type.Optional(
      Type.Enum(['luhn', 'mod97', 'mod11', 'mod11_10', 'verhoeff'], {
        description: 'What the digits (and letters) of a match must satisfy.',
      }),
    ),
    score: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Score without context. Default: 0.7.' }),
    ),
    context: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 200,
        description: 'Words that raise the score where they stand near.',
      }),
    ),
  },
  { additionalProperties: false, description: 'An entity of your own: an id, and either match or words.' },
);
type OwnEntity = Static<typeof OwnEntity>;

/** Weights 2, 3, 4 … from the right, the check digit last, as most national numbers with eleven have it. */
const mod11 = (text: string): boolean =>
  weighted(
    [...text].reverse().join(''),
    Array.from(text, (_, at) => at + 1),
  ) %
    11 ===
  0;

const CHECKSUMS: Readonly<Record<string, (compact: string) => boolean>> = {
  luhn,
  mod97: (compact) => mod97(compact),
  mod11,
  mod11_10: mod11And10,
  verhoeff,
};

/** The longest match: it has room in a stretch, and its surroundings too. */
const LONGEST = 256;

/** Throws `Problem('usage', …)` for an entity that cannot be built. */
export function findOwn(entities: readonly OwnEntity[]): Find {
  const set = PatternSet.compile(
    entities.map(({ id, match, words }) => {
      if ((match === undefined) === (words === undefined)) {
        throw new Problem('usage', `Entity "${id}" must have either “match” or “words”.`);
      }
      const source = match ?? (words ?? []).map((word) => `\\b${escaped(word)}\\b`).join('|');
      return { id, source, flags: words === undefined ? '' : 'i' };
    }),
  );
  const long = set.patterns.find(({ maxLength }) => maxLength > LONGEST);
  if (long !== undefined) {
    throw new Problem(
      'usage',
      `Entity "${long.id}" may be longer than ${LONGEST} characters.`,
      'Give * and + a bound, such as {0,40}.',
    );
  }
  const contexts = entities.map(({ context }) => context && wordsOf(context.map(escaped).join('|')));
  return (text, from, to, add) => {
    const scanner = set.scanner();
    const stretch = text.slice(from, to);
    for (const { pattern, start, end } of [...scanner.push(stretch).matches, ...scanner.end().matches]) {
      const { id, checksum, score = 0.7 } = entities[pattern] as OwnEntity;
      const compact = stretch
        .slice(start, end)
        .replace(/[^\p{L}\p{N}]/gu, '')
        .toUpperCase();
      if (checksum !== undefined && !CHECKSUMS[checksum]?.(compact)) continue;
      const one: Candidate = { id, start: from + start, end: from + end, score };
      const words = contexts[pattern];
      add(words === undefined ? one : weigh(text, one, words));
    }
  };
}
