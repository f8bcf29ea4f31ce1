import Type, { type Static } from 'typebox';
import { closed, duration, oneOf, texts } from './fields.ts';
import type { SettingsReader } from './reader.ts';

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'] as const;

/** What is looked for over time, beside what ships. */
export interface DetectionSettings {
  /** Own rules, as they are written. */
  readonly rules: readonly { readonly file: string; readonly text: string }[];
  /** Ids of rules that are switched off. */
  readonly disable: readonly string[];
  /** What is changed of rules, by their ids. */
  readonly change: Readonly<Record<string, RuleChangeSettings>>;
  /** Of the hours and days of the week that rules go by. */
  readonly time_zone: string;
  /** Milliseconds after which it is recorded that entries have no checkpoint, and checkpoints no cosignature. */
  readonly overdue: { readonly checkpoint: number; readonly witness: number };
}

/** Milliseconds; undefined: as the rule has it. */
export interface RuleChangeSettings {
  readonly level: (typeof LEVELS)[number] | undefined;
  readonly suppress: number | undefined;
  readonly timespan: number | undefined;
  readonly gte: number | undefined;
  readonly z: number | undefined;
  readonly least: number | undefined;
}

const RuleChange = Type.Object(
  {
    level: Type.Optional(oneOf(LEVELS, 'How bad it is.')),
    suppress: Type.Optional(duration('For so long a group is not told of again.', 'as in the rule')),
    timespan: Type.Optional(duration('The time that is looked at.', 'as in the rule')),
    gte: Type.Optional(Type.Number({ minimum: 0, description: 'The number of its condition.' })),
    z: Type.Optional(
      Type.Number({ minimum: 1, maximum: 100, description: 'How unusual, of a spike or a drop.' }),
    ),
    least: Type.Optional(
      Type.Number({ minimum: 0, description: 'Below it is not worth a word, of a statistic.' }),
    ),
  },
  { ...closed, description: 'What is changed of a rule.' },
);

/** `detections:` of `gatehouse.yaml`. */
export const DetectionsSchema = Type.Object(
  {
    rules: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        maxItems: 200,
        description: 'Files with rules of your own, beside those that ship.',
      }),
    ),
    disable: Type.Optional(texts('Ids of rules that are switched off.')),
    change: Type.Optional(
      Type.Record(Type.String({ pattern: '^[a-z][a-z0-9.-]{0,79}$' }), RuleChange, {
        ...closed,
        description: 'Thresholds of rules by id, such as { guard.failing: { gte: 20 } }',
      }),
    ),
    overdue: Type.Optional(
      Type.Object(
        {
          checkpoint: Type.Optional(duration('For so long entries may be without a checkpoint.', '5m')),
          witness: Type.Optional(
            duration('For so long checkpoints may be without the cosignature of a witness.', '1h'),
          ),
        },
        { ...closed, description: 'When it is told that nobody vouches for the ledger.' },
      ),
    ),
    time_zone: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Of hours and days of the week in rules, such as Europe/Berlin. Default: UTC.',
      }),
    ),
  },
  { ...closed, description: 'What is looked for over time, in the ledger.' },
);

export function readDetections(
  read: SettingsReader,
  written: Static<typeof DetectionsSchema> = {},
): DetectionSettings {
  const { rules = [], disable = [], change = {}, overdue = {}, time_zone = 'UTC' } = written;
  if (!isTimeZone(time_zone))
    read.report(['detections', 'time_zone'], 'must be a time zone such as Europe/Berlin');
  return {
    rules: rules.map((file, index) => ({ file, text: read.file(['detections', 'rules', index], file) })),
    disable,
    change: Object.fromEntries(Object.entries(change).map(([id, one]) => [id, readChange(read, id, one)])),
    time_zone,
    overdue: {
      checkpoint: read.duration(['detections', 'overdue', 'checkpoint'], overdue.checkpoint, '5m'),
      witness: read.duration(['detections', 'overdue', 'witness'], overdue.witness, '1h'),
    },
  };
}

function readChange(
  read: SettingsReader,
  id: string,
  written: Static<typeof RuleChange>,
): RuleChangeSettings {
  const time = (name: 'suppress' | 'timespan'): number | undefined =>
    written[name] === undefined
      ? undefined
      : read.duration(['detections', 'change', id, name], written[name], '1h');
  const { level, gte, z, least } = written;
  return { level, gte, z, least, suppress: time('suppress'), timespan: time('timespan') };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
