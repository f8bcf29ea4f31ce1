import Type, { type Static } from 'typebox';
import { LEVELS } from './rule.ts';

const closed = { additionalProperties: false } as const;
const line = (description: string) => Type.String({ minLength: 1, maxLength: 200, description });
const duration = (description: string) => Type.Union([Type.Number(), Type.String()], { description });
const fields = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { maxItems: 4, description });
const least = Type.Object(
  {
    gt: Type.Optional(Type.Number({ minimum: 0 })),
    gte: Type.Optional(Type.Number({ minimum: 0 })),
    field: Type.Optional(Type.String({ description: 'of value_count and value_sum' })),
  },
  { ...closed, description: 'gt or gte, a number' },
);

const Correlation = Type.Object(
  {
    type: Type.Enum(['event_count', 'value_count', 'value_sum', 'temporal', 'temporal_ordered']),
    rules: Type.Optional(
      Type.Array(Type.String(), { minItems: 2, maxItems: 10, description: 'Selections, of temporal ones.' }),
    ),
    'group-by': Type.Optional(fields('Fields: what has the same values is counted together.')),
    timespan: duration('Such as 30s, 5m, 1h or 1d.'),
    condition: Type.Optional(least),
  },
  { ...closed, description: 'How many of them, as in Sigma correlations.' },
);

const Statistic = Type.Object(
  {
    type: Type.Enum(['spike', 'drop', 'silence', 'share', 'new']),
    'group-by': Type.Optional(fields('Fields: what has the same values is counted together.')),
    timespan: duration('Length of one span; of “new”, for how long values are remembered.'),
    field: Type.Optional(Type.String({ description: 'A number that is added up, or the field of “new”.' })),
    of: Type.Optional(
      Type.String({ description: 'A selection: what a share is of, or what goes on while it is silent.' }),
    ),
    days: Type.Optional(Type.Integer({ minimum: 0, maximum: 28 })),
    recent: Type.Optional(Type.Integer({ minimum: 3, maximum: 336 })),
    learn: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.String()])),
    z: Type.Optional(Type.Number({ minimum: 1, maximum: 100 })),
    least: Type.Optional(Type.Number({ minimum: 0 })),
    condition: Type.Optional(least),
  },
  { ...closed, description: 'What is unusual, measured by what was.' },
);

const Test = Type.Object(
  {
    name: line('What happens.'),
    fires: Type.Integer({ minimum: 0, maximum: 1000, description: 'Alerts that come of it.' }),
    events: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      maxItems: 100,
      description: 'Fields of an event each, with at, every and times.',
    }),
    after: Type.Optional(duration('Time that passes after the last.')),
  },
  closed,
);

/** A file with one rule. */
export const ruleSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z][a-z0-9]*(?:[.-][a-z0-9]+){0,8}$',
      maxLength: 80,
      description: 'lower-case words with . and - between, such as requests.spike-caller',
    }),
    title: line('What it tells, in one line.'),
    description: Type.String({ minLength: 1, maxLength: 2000 }),
    level: Type.Enum([...LEVELS]),
    tags: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^(?:atlas\\.AML\\.TA?\\d{4}(?:\\.\\d{3})?|owasp\\.(?:LLM|ML|A)\\d\\d:\\d{4})$',
          description: 'atlas.AML.T0051.000 or owasp.LLM01:2025',
        }),
        { maxItems: 12 },
      ),
    ),
    references: Type.Optional(Type.Array(line('An address.'))),
    falsepositives: Type.Array(line('What else it may be.'), { minItems: 1 }),
    response: Type.String({ minLength: 1, maxLength: 1000, description: 'What to do about it.' }),
    detection: Type.Record(Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,63}$' }), Type.Unknown(), {
      description: 'Selections by name, and the condition over them.',
    }),
    correlation: Type.Optional(Correlation),
    statistic: Type.Optional(Statistic),
    suppress: Type.Optional(
      duration('For so long a group is not told of again. Default: the timespan, or 1h.'),
    ),
    tests: Type.Array(Test, { minItems: 1, maxItems: 50 }),
  },
  closed,
);

export type RuleFile = Static<typeof ruleSchema>;
