import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;

const dollars = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000, description }));

const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

const RATES = {
  input: Type.Number({ minimum: 0, maximum: 1_000_000, description: 'Dollars for 1M tokens of a prompt.' }),
  output: Type.Number({ minimum: 0, maximum: 1_000_000, description: 'Dollars for 1M tokens of an answer.' }),
  cached_input: dollars("For 1M tokens read from the provider's cache. Default: as input."),
  cache_write: dollars("For 1M tokens written to the provider's cache. Default: as input."),
  reasoning: dollars('For 1M tokens of reasoning. Default: as output.'),
};

/** The schema of `prices.yaml`. It is also published for editors. */
export const pricesSchema = Type.Object(
  {
    version: Type.Literal(1, { description: 'Version of this format.' }),
    as_of: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'The day on which the prices were looked up, such as "2026-05-31".',
    }),
    prices: Type.Array(
      Type.Object(
        {
          models: names('Models, as the upstream names them; * stands for any run of characters.'),
          upstreams: Type.Optional(names('Only at these upstreams; globs. Default: at all.')),
          ...RATES,
          request: dollars('Dollars for each request that is answered. Default: 0.'),
          long: Type.Optional(
            Type.Object(
              {
                above: Type.Integer({
                  minimum: 1,
                  description: 'Input tokens beyond which these rates hold for the whole request.',
                }),
                ...RATES,
              },
              { ...closed, description: 'Rates of requests with a long prompt.' },
            ),
          ),
        },
        { ...closed, description: 'What models cost; the first entry that fits holds.' },
      ),
    ),
  },
  { ...closed, title: 'prices.yaml', description: 'What models cost, in US dollars.' },
);

export type PricesFile = Static<typeof pricesSchema>;
export type PriceEntry = PricesFile['prices'][number];
