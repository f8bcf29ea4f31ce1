import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { MODEL_STATES, type RegisteredModel } from '../../store/model-steps.ts';
import type { Gate } from '../house.ts';
import { fields, orNull, Seq, Sha256, Time, words } from './parameters.ts';
import { time } from './time.ts';

const Share = fields({
  share: Type.Number({ minimum: 0, maximum: 1 }),
  low: Type.Number({ minimum: 0, maximum: 1 }),
  high: Type.Number({ minimum: 0, maximum: 1 }),
});
const Epsilon = Type.Number({ minimum: 0, description: 'The budget, in units of the report.' });
const line = (most: number) => Type.String({ pattern: `^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,${most}}$` });

export const Report = fields({
  report: Sha256,
  model: Sha256,
  tool: line(40),
  verdict: words(['done', 'below', 'undecided']),
  norm: words(['Linf', 'L2', 'L1', 'L0']),
  data: Sha256,
  rows: Type.Integer({ minimum: 0, maximum: 1e9 }),
  clean: Share,
  runs: Type.Array(
    fields({
      attack: line(60),
      epsilon: Epsilon,
      robust: Share,
      queries: Type.Number({ minimum: 0, description: 'Questions a row, the median.' }),
    }),
    { maxItems: 200 },
  ),
  worst: Type.Array(fields({ epsilon: Epsilon, robust: Share }), { maxItems: 50 }),
  warnings: Type.Array(line(1000), { maxItems: 50 }),
});

const Person = { id: Type.String(), owner: Type.String() };

/** One version of a sealed model. */
export const Model = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    version: Type.Integer(),
    state: words(MODEL_STATES),
    submitter: Type.Object(Person),
    created: Time,
    root: orNull(Sha256),
    files: Type.Integer(),
    bytes: Type.Integer(),
    scan: orNull(
      Type.Object({
        version: Type.String(),
        policy: orNull(Sha256),
        until: orNull(Type.String()),
        time: Time,
        verdict: words(['clean', 'findings', 'undecided']),
      }),
    ),
    signer: orNull(Type.String()),
    approvals: Type.Array(Type.Object({ ...Person, time: Time })),
    revoked: orNull(Time),
    robustness: Type.Array(
      Type.Object({
        ...Report.properties,
        time: Time,
        by: Type.String({ description: 'Whose word it is.' }),
      }),
    ),
    checking: orNull(
      Type.Integer({
        ...Seq,
        description: 'Bytes that were read of it so far, while it is to become active.',
      }),
    ),
  },
  { $id: 'Model' },
);

export const shown = (
  { created, revoked, approvals, submitter, scan, robustness = [], ...model }: RegisteredModel,
  { shelf }: Gate,
): JsonObject => ({
  ...model,
  submitter: { ...submitter },
  scan: scan && { ...scan, time: time(scan.time) },
  approvals: approvals.map((one) => ({ ...one, time: time(one.time) })),
  robustness: robustness.map((one) => ({ ...one, time: time(one.time) }) as unknown as JsonObject),
  created: time(created),
  revoked: time(revoked),
  // Bytes that were read of it so far, while it is to become active.
  checking: shelf?.checking.get(model.id) ?? null,
});
