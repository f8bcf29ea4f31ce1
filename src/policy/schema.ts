import Type, { type Static, type TObject } from 'typebox';
import type { Provenance } from '../exchange/part.ts';
import { ROLE_ACTIONS } from './actions.ts';
import { Authorization } from './authorization-schema.ts';
import { Budget, Prices, Unpriced } from './budget-schema.ts';
import { CoachingSection } from './coaching.ts';
import { Content } from './content.ts';
import { FeedContentSection } from './feed-content.ts';
import { LabelSet, LabelsSection } from './labels.ts';
import { predictionsSection } from './predictions.ts';
import { PseudonymsSection } from './pseudonyms.ts';
import { ReviewSection } from './review.ts';
import { SpotlightingSection } from './spotlighting.ts';
import { TwoPeople } from './two-people.ts';

/** Settings of each kind of guard, by the kind's name. They come from `guards/`, which this row may not import. */
export type GuardSchemas = ReadonlyMap<string, object>;

const closed = { additionalProperties: false } as const;
const NAME = '^[a-z][a-z0-9_-]{0,62}$';

/** A record, so that the compiler finds a provenance that was forgotten here. */
const PROVENANCES = Object.keys({
  system: 0,
  user: 0,
  assistant: 0,
  reasoning: 0,
  'tool-definition': 0,
  'tool-arguments': 0,
  'tool-result': 0,
  document: 0,
  other: 0,
} satisfies Record<Provenance, 0>) as Provenance[];

const patterns = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

const rule = (models: string) =>
  Type.Object(
    {
      actions: patterns(`What: ${ROLE_ACTIONS.join(', ')}; * stands for any run of characters (callers.*).`),
      models: Type.Optional(patterns(models)),
    },
    closed,
  );

const Role = Type.Object(
  {
    allow: Type.Optional(
      Type.Array(rule('On which models; globs. Needed where an action is about a model.'), {
        description: 'What the role may do. Everything else is refused.',
      }),
    ),
    deny: Type.Optional(
      Type.Array(rule('On which models; globs. Without it, on all.'), {
        description: 'What it may not do, whatever any role allows.',
      }),
    ),
  },
  { ...closed, description: 'A role.' },
);

const rates = (what: string) => {
  const one = Type.String({
    pattern: '^[1-9]\\d{0,8}[kM]?/(second|minute|hour|day)$',
    description: 'a rate such as 600/minute, 200k/hour or 5M/day',
  });
  return Type.Union([one, Type.Array(one, { minItems: 1 })], {
    description: `${what}, such as 600/minute, 200k/hour or 5M/day; or a list of them.`,
  });
};

const Quota = Type.Object(
  {
    per: Type.Enum(['caller', 'team', 'model', 'caller+model'], {
      description: 'Who has a count of their own.',
    }),
    callers: Type.Optional(patterns('Only for callers of these names; globs.')),
    teams: Type.Optional(patterns('Only for callers of these teams; globs.')),
    models: Type.Optional(patterns('Only for these models; globs.')),
    requests: Type.Optional(rates('Requests')),
    tokens: Type.Optional(rates('Tokens, prompt and answer together')),
    concurrency: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Requests in work at the same time.' }),
    ),
  },
  { ...closed, description: 'A bound on how much. All quotas that fit a request hold.' },
);

const Action = Type.Enum(['block', 'mask', 'hash', 'pseudonymise', 'flag', 'review']);
/** In a reply there is nobody to give a value back to. */
const ReplyAction = Type.Enum(['block', 'mask', 'hash', 'flag', 'review']);

/** What the policy says of every guard, whatever its kind. */
const COMMON = {
  name: Type.Optional(Type.String({ pattern: NAME, description: 'Its name in reasons. Default: the kind.' })),
  on: Type.Optional(
    Type.Array(Type.Enum(['prompt', 'reply']), { minItems: 1, description: 'What it reads. Default: both.' }),
  ),
  provenance: Type.Optional(
    Type.Array(Type.Enum([...PROVENANCES]), {
      minItems: 1,
      description: 'Reads only texts that come from there. Default: all.',
    }),
  ),
  action: Type.Optional(
    Type.Union(
      [
        Action,
        Type.Object(
          { prompt: Type.Optional(Action), reply: Type.Optional(ReplyAction) },
          { ...closed, minProperties: 1 },
        ),
      ],
      {
        description:
          'block, mask, hash, pseudonymise, flag or review; or { prompt: …, reply: … }. Default: block.',
      },
    ),
  ),
  label: Type.Optional(LabelSet),
  on_error: Type.Optional(
    Type.Enum(['block', 'allow'], { description: 'What happens if it cannot decide. Default: block.' }),
  ),
  budget: Type.Optional(
    Type.Union([Type.Number({ minimum: 0 }), Type.String()], {
      description: 'Time over all texts of a prompt or reply, such as 500ms. Default: 500ms.',
    }),
  ),
  stream: Type.Optional(
    Type.Enum(['exact', 'window', 'whole'], {
      description:
        'How far a stream is held back: as far as the guard needs, a window, or all. Default: exact.',
    }),
  ),
  window: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Characters, with stream: window. Default: 512.',
    }),
  ),
};

const guard = (kind: string, settings: object) => {
  const own = (settings as TObject).properties;
  const taken = Object.keys(own).find((key) => key === 'use' || Object.hasOwn(COMMON, key));
  if (taken !== undefined)
    throw new TypeError(`guard kind ${kind}: the setting “${taken}” is the policy's own`);
  return Type.Object(
    { use: Type.Literal(kind), ...COMMON, ...own },
    { ...closed, description: `The guard ${kind}.` },
  );
};

/** The schema of a policy, for the kinds of guards that there are. It is also published for editors. */
export const policySchema = (kinds: GuardSchemas, shapers?: object) =>
  Type.Object(
    {
      version: Type.Literal(1, { description: 'Version of this format.' }),
      roles: Type.Record(Type.String({ pattern: NAME }), Role, {
        ...closed,
        description: 'Roles by name: lower-case letters, digits, - and _',
      }),
      authorization: Type.Optional(Authorization),
      quotas: Type.Optional(Type.Array(Quota)),
      budgets: Type.Optional(Type.Array(Budget)),
      unpriced: Type.Optional(Unpriced),
      prices: Type.Optional(Prices),
      assume_output: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 10_000_000,
          description: 'Tokens reserved for an answer whose request sets no maximum. Default: 1024.',
        }),
      ),
      tokens_per_row: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000,
          description: 'Tokens that each row of a prediction counts as, in quotas and prices. Default: 1.',
        }),
      ),
      predictions: Type.Optional(predictionsSection(shapers)),
      guards: Type.Optional(
        Type.Array(
          Type.Union(
            [...kinds].map(([kind, settings]) => guard(kind, settings)),
            { description: 'A guard; “use” names its kind.' },
          ),
          // Some take megabytes each once they are built, and whoever may read the policy may have a draft built.
          { maxItems: 64, description: 'What reads every prompt and reply, in this order; 64 at most.' },
        ),
      ),
      labels: Type.Optional(LabelsSection),
      content: Type.Optional(Content),
      pseudonyms: Type.Optional(PseudonymsSection),
      spotlighting: Type.Optional(SpotlightingSection),
      review: Type.Optional(ReviewSection),
      feeds: Type.Optional(FeedContentSection),
      coaching: Type.Optional(CoachingSection),
      two_people: Type.Optional(TwoPeople),
      media: Type.Optional(
        Type.Object(
          {
            allow: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
              description:
                'Content that no guard can read, let through all the same: image/png, image/*, remote-url.',
            }),
          },
          { ...closed, description: 'Default: none.' },
        ),
      ),
    },
    {
      ...closed,
      title: 'policy.yaml',
      description: 'A policy of Gatehouse: who may, how much, and what is looked for.',
    },
  );

/** A policy as written. */
export type PolicyFile = Static<ReturnType<typeof policySchema>>;
export type RoleEntry = PolicyFile['roles'][string];
export type RuleEntry = Static<ReturnType<typeof rule>>;
export type QuotaEntry = Static<typeof Quota>;
/** A guard as written, without the settings of its kind. */
export type GuardEntry = Static<TObject<typeof COMMON>> & { readonly use: string };

export const COMMON_KEYS: ReadonlySet<string> = new Set(['use', ...Object.keys(COMMON)]);
