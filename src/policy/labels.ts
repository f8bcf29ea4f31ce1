import Type, { type Static } from 'typebox';
import { anyOf } from '../base/glob.ts';
import type { Caller } from '../exchange/caller.ts';

const closed = { additionalProperties: false } as const;
const NAME = '^[a-z][a-z0-9_-]{0,62}$';

/** Labels by name. */
export const LabelSet = Type.Record(
  Type.String({ pattern: NAME }),
  Type.String({
    pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
    description: 'a word of lower-case letters, digits and . _ -',
  }),
  { ...closed, minProperties: 1, description: 'Labels to set: { sensitivity: restricted }.' },
);

const patterns = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

/** The section `labels` of a policy. */
export const LabelsSection = Type.Object(
  {
    tags: Type.Optional(
      Type.Array(Type.String({ pattern: NAME }), {
        minItems: 1,
        description: 'Tags of the caller that are labels of what it asks.',
      }),
    ),
    rules: Type.Optional(
      Type.Array(
        Type.Object(
          {
            set: LabelSet,
            callers: Type.Optional(patterns('Only for callers of these names; globs.')),
            teams: Type.Optional(patterns('Only for callers of these teams; globs.')),
            models: Type.Optional(patterns('Only for these models; globs.')),
          },
          { ...closed, description: 'Labels that requests have from the start.' },
        ),
        { minItems: 1 },
      ),
    ),
  },
  { ...closed, description: 'What decides which targets a request may go to, besides what guards find.' },
);

/** Which labels requests have, whatever the guards find. */
export interface LabelRules {
  /** Names of tags that are labels. */
  readonly tags: readonly string[];
  readonly rules: readonly LabelRule[];
}

export interface LabelRule {
  readonly set: Readonly<Record<string, string>>;
  readonly fits: (caller: Pick<Caller, 'name' | 'team'>, model: string) => boolean;
}

export const readLabels = ({ tags = [], rules = [] }: Static<typeof LabelsSection>): LabelRules => ({
  tags,
  rules: rules.map(({ set, callers, teams, models }) => {
    const [isCaller, isTeam, isModel] = [callers, teams, models].map((names) => names && anyOf(names));
    return {
      set,
      fits: ({ name, team }, model) =>
        (isCaller?.(name) ?? true) && (isTeam?.(team) ?? true) && (isModel?.(model) ?? true),
    };
  }),
});
