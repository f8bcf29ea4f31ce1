import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import { parseDuration } from '../base/units.ts';

/** How long stand-ins are remembered, and for whom. */
export interface PseudonymRule {
  readonly scope: 'request' | 'tenant';
  /** With scope `tenant`: milliseconds. */
  readonly keep: number;
  /** With scope `tenant`: values of one tenant; beyond, the oldest are forgotten. */
  readonly max: number;
}

const DAY = 86_400_000;

/** `pseudonyms:` of `policy.yaml`. */
export const PseudonymsSection = Type.Object(
  {
    scope: Type.Enum(['request', 'tenant'], {
      description:
        'Who else can be given back a value: nobody, or later requests of the same team too (sealed; needs a vault). Default: request.',
    }),
    keep: Type.Optional(
      Type.String({
        pattern: '^\\d{1,5}d$',
        description: 'With scope: tenant, days such as 30d. Default: 30d.',
      }),
    ),
    max: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description:
          'With scope: tenant, values of one team; beyond, the oldest are forgotten. Default: 10000.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'How long stand-ins of the action pseudonymise are remembered.',
  },
);

export function readPseudonyms(
  report: (path: Path, message: string) => void,
  written: Static<typeof PseudonymsSection> | undefined,
): PseudonymRule {
  const { scope = 'request', keep, max = 10_000 } = written ?? {};
  for (const name of ['keep', 'max'] as const) {
    if (scope === 'request' && written?.[name] !== undefined)
      report(['pseudonyms', name], 'has a meaning with scope: tenant only');
  }
  const time = parseDuration(keep ?? '30d') ?? 0;
  if (time < DAY) report(['pseudonyms', 'keep'], 'must be a day or more');
  return { scope, keep: time, max };
}
