import Type, { type Static } from 'typebox';

const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

const amount = Type.String({
  pattern: '^\\d{1,7}(\\.\\d{1,9})?/(hour|day|week|month)$',
  description: 'an amount of dollars such as 50/month or 0.25/day',
});

/** A bound on what requests cost. */
export const Budget = Type.Object(
  {
    per: Type.Enum(['key', 'caller', 'team', 'organisation', 'model'], {
      description:
        'Who has a budget of their own. Organisation: the tag “organisation” of a caller; all without it together.',
    }),
    callers: Type.Optional(names('Only for callers of these names; globs.')),
    teams: Type.Optional(names('Only for callers of these teams; globs.')),
    models: Type.Optional(names('Only for these models; globs.')),
    dollars: Type.Union([amount, Type.Array(amount, { minItems: 1 })], {
      description:
        'US dollars an hour, day, week (from Monday) or month of the calendar in UTC, such as 50/month; or a list of them.',
    }),
    alerts: Type.Optional(
      Type.Array(Type.String({ pattern: '^([1-9]\\d?|100)%$', description: 'a percentage such as 80%' }), {
        description: 'Tells when so much of it is spent, once in each window. Default: 80% and 100%.',
      }),
    ),
  },
  { additionalProperties: false, description: 'A budget. All budgets that fit a request hold.' },
);

export const Unpriced = Type.Enum(['allow', 'refuse'], {
  description:
    'What happens to requests for a model without a price: allow (recorded as unpriced) or refuse. Where a budget fits the request they are refused in any case. Default: allow.',
});

export const Prices = Type.String({
  minLength: 1,
  description: 'A file of prices, which is asked before the table that is shipped.',
});

export type BudgetEntry = Static<typeof Budget>;
