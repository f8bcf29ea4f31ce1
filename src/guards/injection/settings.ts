import Type from 'typebox';
import { TECHNIQUES, type Technique } from '../../exchange/technique.ts';
import type { GuardAction } from '../../exchange/verdict.ts';
import { SENSITIVITIES, type Sensitivity } from './calibration.ts';

const closed = { additionalProperties: false } as const;
const TECHNIQUE_IDS = Object.keys(TECHNIQUES) as Technique[];

const Allowed = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 20_000,
      description:
        'A passage that is let through where it stands word for word. What stands around it is read as ever.',
    }),
    tenant: Type.Optional(
      Type.String({ minLength: 1, description: 'For this tenant only. Default: for all.' }),
    ),
    until: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'The last day (UTC) on which it holds: YYYY-MM-DD.',
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: 1_000,
      description: 'Why: for whoever reads the policy next.',
    }),
  },
  closed,
);

/** Schema of the settings of the guard. */
export const SettingsSchema = Type.Object(
  {
    sensitivity: Type.Optional(
      Type.Enum(Object.keys(SENSITIVITIES) as Sensitivity[], {
        description:
          'How many innocent texts may be flagged: low 0.1 %, balanced 1 %, high 5 %, as measured on sources that the model has not seen. Default: balanced.',
      }),
    ),
    techniques: Type.Optional(
      Type.Object(
        Object.fromEntries(
          TECHNIQUE_IDS.map((id) => [id, Type.Optional(Type.Enum(['block', 'flag', 'mask', 'off']))]),
        ),
        { ...closed, description: 'Another action for some techniques, or off.' },
      ),
    ),
    conversation: Type.Optional(
      Type.Boolean({
        description: 'What the user said in the turns before is read together with the last. Default: true.',
      }),
    ),
    encoder: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Encoder of gatehouse.yaml that is asked where this is unsure.',
      }),
    ),
    judge: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Judge of gatehouse.yaml that is asked where this, and the encoder, are unsure.',
      }),
    ),
    unsure: Type.Optional(
      Type.Array(Type.Number({ minimum: 0, maximum: 1 }), {
        minItems: 2,
        maxItems: 2,
        description: 'Scores between which they are asked. Default: [0.2, 0.8].',
      }),
    ),
    allow: Type.Optional(
      Type.Array(Allowed, { maxItems: 1_000, description: 'Passages that are let through, until a day.' }),
    ),
  },
  closed,
);

export interface Allowance {
  readonly text: string;
  readonly tenant?: string;
  readonly until: string;
  readonly reason: string;
}

export interface InjectionSettings {
  readonly sensitivity?: Sensitivity;
  readonly techniques?: Readonly<Partial<Record<Technique, GuardAction | 'off'>>>;
  readonly conversation?: boolean;
  readonly encoder?: string;
  readonly judge?: string;
  /** From, to. */
  readonly unsure?: readonly number[];
  readonly allow?: readonly Allowance[];
}
