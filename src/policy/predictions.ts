import Type, { type Static } from 'typebox';
import { anyOf } from '../base/glob.ts';
import type { JsonObject } from '../base/json.ts';
import type { Path } from '../base/schema.ts';
import { parseDuration } from '../base/units.ts';
import type { Caller } from '../exchange/caller.ts';

/**
 * How a model answers whom its monitors raised an alarm about, from the mildest to the hardest. Who is answered so is not told:
 * an attacker who sees a refusal learns to evade (OARS, 2023). Only `block` shows.
 */
export const RESPONSES = ['log', 'coarser', 'misinformation', 'decoy', 'block'] as const;
export type Response = (typeof RESPONSES)[number];

/** A rung of the ladder that a caller climbs by alarms. */
export interface Rung {
  readonly respond: Response;
  /** Beside those of the rule, after them: of `coarser` and `misinformation`, and of those above. */
  readonly shapers: readonly JsonObject[];
  /** The prediction that answers in the model's place, of `decoy`. */
  readonly model: string | undefined;
  /** Nobody comes here before a person has said so. */
  readonly approval: boolean;
}

/** What becomes of answers of models that classify or score. */
export interface PredictionRule {
  /** Where it stands: `predictions[0]`. */
  readonly place: string;
  readonly models: (name: string) => boolean;
  /** The caller is of another organisation: marks in answers are for these. */
  readonly external: (caller: Pick<Caller, 'name' | 'team'>) => boolean;
  /** Every answer is shaped by these, in this order; as written. */
  readonly shapers: readonly JsonObject[];
  /** From the mildest rung up, each response at most once. */
  readonly ladder: readonly Rung[];
  /** Milliseconds without anything strange after which a caller is at the foot again; undefined: only a person clears. */
  readonly forget: number | undefined;
  /** Strange queries that climb a rung, once there was an alarm. */
  readonly patience: number;
  /** Queries, and bits learned, of a caller before an alarm; undefined: the monitors' own. */
  readonly budget: { readonly queries?: number | undefined; readonly bits?: number | undefined };
}

const closed = { additionalProperties: false } as const;
const globs = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, description });

/** Where nobody says which shapers there are; this row may not import them. */
const Shapers = Type.Array(
  Type.Object(
    { use: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$', description: 'Its name.' }) },
    { additionalProperties: true, description: 'A shaper with its settings.' },
  ),
  { maxItems: 16, description: 'What is done to answers, in this order: [{ use: rounding, decimals: 2 }].' },
);

const rungEntry = (shapers: typeof Shapers) =>
  Type.Object(
    {
      respond: Type.Enum([...RESPONSES], { description: 'What is done, from the mildest to the hardest.' }),
      shapers: Type.Optional(shapers),
      model: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 100,
          description: 'The prediction that answers, of a decoy.',
        }),
      ),
      approval: Type.Optional(
        Type.Boolean({ description: 'Only after a person has said so. Default: false; of block: true.' }),
      ),
    },
    { ...closed, description: 'A rung of the ladder.' },
  );

/**
 * `predictions:` of `policy.yaml`.
 * @param given schema of a list of shapers, for whoever knows them
 */
export const predictionsSection = (given?: object) => {
  const shapers = (given ?? Shapers) as typeof Shapers;
  return Type.Array(
    Type.Object(
      {
        models: globs('Predictions that it is for; globs. The first rule that fits holds.'),
        internal: Type.Optional(
          Type.Object(
            {
              callers: Type.Optional(globs('Callers of these names; globs.')),
              teams: Type.Optional(globs('Callers of these teams; globs.')),
            },
            { ...closed, minProperties: 1, description: 'Who is no stranger. Default: nobody.' },
          ),
        ),
        shapers: Type.Optional(shapers),
        ladder: Type.Optional(
          Type.Array(rungEntry(shapers), {
            minItems: 1,
            maxItems: RESPONSES.length,
            description: 'What is done about a caller, a rung for each alarm. Default: log.',
          }),
        ),
        forget: Type.Optional(
          Type.Union([Type.String({ pattern: '^\\d{1,5}(h|d)$' }), Type.Literal('never')], {
            description:
              'After so long without anything strange a caller is as before: 12h, 30d. Default: 30d.',
          }),
        ),
        patience: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 1_000_000,
            description: 'Strange queries that climb a rung, once there was an alarm. Default: 50.',
          }),
        ),
        budget: Type.Optional(
          Type.Object(
            {
              queries: Type.Optional(Type.Integer({ minimum: 1, maximum: 1e12 })),
              bits: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e12 })),
            },
            { ...closed, description: 'Queries, and bits learned, of a caller before an alarm.' },
          ),
        ),
      },
      closed,
    ),
    { maxItems: 1000, description: 'How models that classify or score answer, and to whom.' },
  );
};

type RuleEntry = Static<ReturnType<typeof predictionsSection>>[number];

const LOG: Rung = { respond: 'log', shapers: [], model: undefined, approval: false };

/** The rules of a policy. A ladder that does not rise, or a decoy without a model, is reported. */
export function readPredictionRules(
  report: (path: Path, message: string) => void,
  written: readonly RuleEntry[] = [],
): PredictionRule[] {
  return written.map((entry, index) => {
    const { callers, teams } = entry.internal ?? {};
    const [isCaller, isTeam] = [callers && anyOf(callers), teams && anyOf(teams)];
    return {
      place: `predictions[${index}]`,
      models: anyOf(entry.models),
      external: ({ name, team }) => !(isCaller?.(name) ?? false) && !(isTeam?.(team) ?? false),
      shapers: entry.shapers ?? [],
      ladder: readLadder(report, ['predictions', index, 'ladder'], entry.ladder),
      forget: entry.forget === 'never' ? undefined : parseDuration(entry.forget ?? '30d'),
      patience: entry.patience ?? 50,
      budget: entry.budget ?? {},
    };
  });
}

function readLadder(
  report: (path: Path, message: string) => void,
  at: Path,
  written: RuleEntry['ladder'],
): Rung[] {
  if (written === undefined) return [LOG];
  let before = -1;
  return written.map(({ respond, shapers = [], model, approval }, index): Rung => {
    const height = RESPONSES.indexOf(respond);
    if (height <= before) report([...at, index, 'respond'], `comes after a rung that is as hard or harder`);
    before = height;
    if ((respond === 'decoy') !== (model !== undefined))
      report([...at, index], 'a “model” is what a decoy has, and nothing else');
    if (shapers.length === 0 && (respond === 'coarser' || respond === 'misinformation'))
      report([...at, index], `needs “shapers” that say how`);
    if (shapers.length > 0 && (respond === 'log' || respond === 'block'))
      report([...at, index, 'shapers'], `has no meaning with ${respond}`);
    return { respond, shapers: shapers as JsonObject[], model, approval: approval ?? respond === 'block' };
  });
}

/** The first rule that fits; undefined: answers are given as they are, and alarms are logged. */
export const predictionRuleOf = (
  rules: readonly PredictionRule[],
  model: string,
): PredictionRule | undefined => rules.find(({ models }) => models(model));
