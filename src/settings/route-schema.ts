import Type, { type Static } from 'typebox';
import { closed, count, duration, ModelAtServer, oneOf, size } from './fields.ts';
import { Accepts } from './upstream-reach.ts';

const share = (description: string) =>
  Type.String({ pattern: '^(0*[1-9]\\d?|0*100|\\d{1,2}\\.\\d{1,4})%$|\\$\\{', description });

const Target = Type.Object(
  {
    upstream: Type.String({ minLength: 1, description: 'Name of one of the upstreams.' }),
    model: Type.Optional(ModelAtServer),
    weight: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'Its part of the requests, among the targets of one priority. Default: 1.',
      }),
    ),
    priority: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        description: 'Smaller ones are asked first, the others when those cannot answer. Default: 1.',
      }),
    ),
    canary: Type.Optional(
      Type.Object(
        {
          share: share('Share of those who ask, such as 5%.'),
          sticky: Type.Optional(
            oneOf(
              ['caller', 'subject'],
              'Who always gets the same arm: the caller, or the request’s subject.',
            ),
          ),
        },
        { ...closed, description: 'On trial for a share of those who ask; never a fallback for others.' },
      ),
    ),
    accepts: Type.Optional(Accepts),
    limits: Type.Optional(
      Type.Object(
        {
          concurrency: Type.Optional(count('Requests in work there at the same time.', 256)),
          requests: Type.Optional(
            Type.String({
              pattern: '^[1-9]\\d{0,8}/(second|minute|hour)$|\\$\\{',
              description: 'a rate such as 600/minute',
            }),
          ),
        },
        { ...closed, description: 'Bounds on what is sent to this target. Default: none.' },
      ),
    ),
    timeouts: Type.Optional(
      Type.Object(
        {
          first_byte: Type.Optional(duration('Until the first byte of the answer.', "the upstream's")),
          idle: Type.Optional(duration('Between two pieces of the answer.', "the upstream's")),
        },
        closed,
      ),
    ),
  },
  { ...closed, description: 'A model at an upstream.' },
);

const Breaker = Type.Object(
  {
    failures: Type.Optional(share('Share of failed attempts that opens it. Default: 50%.')),
    window: Type.Optional(duration('Time over which attempts count.', '30s')),
    attempts: Type.Optional(count('Fewer attempts than this say nothing.', 10)),
    pause: Type.Optional(duration('Until one attempt may try whether the target is back.', '15s')),
  },
  closed,
);

const Cache = Type.Object(
  {
    ttl: duration('How long an answer is kept.', 'none, it must be given'),
    max_entries: Type.Optional(count('Answers kept at the same time.', 1000)),
    max_bytes: Type.Optional(size('Memory for them.', '64MB')),
    sampled: Type.Optional(
      Type.Boolean({
        description: 'Keep answers of chance too, not only those to a temperature of 0. Default: false.',
      }),
    ),
    per: Type.Optional(oneOf(['caller', 'team'], 'Who shares answers. Default: caller, which is nobody.')),
  },
  { ...closed, description: 'Keep whole answers and give them again to the very same request.' },
);

const Route = Type.Object(
  {
    targets: Type.Array(Target, { minItems: 1, maxItems: 32 }),
    retries: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10,
        description: 'Further attempts after the first. Default: one for each further target.',
      }),
    ),
    idempotent: Type.Optional(
      Type.Boolean({
        description:
          'Try again too where the model server may have done the request (timeouts, errors 5xx). Default: false.',
      }),
    ),
    backoff: Type.Optional(duration('Before the first retry of a target; doubles with each.', '250ms')),
    patience: Type.Optional(duration('The longest wait before a retry.', '5s')),
    deadline: Type.Optional(duration('For all attempts, until the answer begins.', '300s')),
    breaker: Type.Optional(
      Type.Union([Type.Literal(false), Breaker], {
        description: 'When a target that fails is left alone; false: never.',
      }),
    ),
    cache: Type.Optional(Cache),
  },
  { ...closed, description: 'Where a model name leads.' },
);

/** The section `routes` of gatehouse.yaml: model names, as callers ask for them, to targets. */
export const Routes = Type.Record(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$' }), Route, {
  ...closed,
  description: 'Model names that lead to several targets.',
});

export type RouteEntry = Static<typeof Route>;
export type BreakerEntry = Static<typeof Breaker>;
export type CacheEntry = Static<typeof Cache>;
export type TargetEntry = Static<typeof Target>;
