import Type, { type Static } from 'typebox';
import { glob } from '../base/glob.ts';

/** What people are told where a guard has blocked: by reason, in their language. */
export interface CoachingRule {
  /** The owner's page about it. */
  readonly page: string;
  /** The owner's words for a reason, by language (`en`; `*` for any). */
  readonly messages: readonly {
    readonly fits: (reason: string) => boolean;
    readonly words: ReadonlyMap<string, string>;
  }[];
}

const Words = Type.String({ minLength: 1, maxLength: 1_000 });
const LANGUAGE = '^(?:[a-z]{2,3}|\\*)$';

/** `coaching:` of `policy.yaml`. */
export const CoachingSection = Type.Object(
  {
    page: Type.String({
      pattern: '^https://[^\\s"<>]{1,1000}$',
      description: 'Address of your page about what may be asked, and whom to ask.',
    }),
    messages: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z0-9._*-]{1,100}$' }),
        Type.Union([Words, Type.Record(Type.String({ pattern: LANGUAGE }), Words, { minProperties: 1 })]),
        {
          additionalProperties: false,
          description:
            'Your own words by reason (globs: secrets.*), or by language too: { en: …, de: … }. The first that fits counts.',
        },
      ),
    ),
  },
  { additionalProperties: false, description: 'Refusals by a guard say what was seen, why, and what to do.' },
);

export const readCoaching = (written: Static<typeof CoachingSection> | undefined): CoachingRule | undefined =>
  written && {
    page: written.page,
    messages: Object.entries(written.messages ?? {}).map(([pattern, words]) => ({
      fits: glob(pattern),
      words: new Map(typeof words === 'string' ? [['*', words]] : Object.entries(words)),
    })),
  };
