import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import { closed, duration, oneOf } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** Other predictions, which answer in this one's place. */
export type MadeOfSource = SwitchSource | VoteSource | CanarySource;

/** A prediction that answers a share of the rows. */
export interface Member {
  readonly model: string;
  readonly weight: number;
}

/** A moving target: which of them answers a row is drawn by the calibration's key, anew in each period. */
export interface SwitchSource {
  readonly kind: 'switch';
  readonly members: readonly Member[];
  /** Milliseconds; undefined: it stays as it is. */
  readonly period: number | undefined;
}

/** All of them answer each row, and one answer is made of theirs. */
export interface VoteSource {
  readonly kind: 'vote';
  readonly members: readonly Member[];
  readonly rule: 'mean' | 'majority';
}

/** A new model beside an old one: who asks has one of them, or each row has. */
export interface CanarySource {
  readonly kind: 'canary';
  readonly members: readonly Member[];
  readonly by: 'caller' | 'row';
}

const Name = Type.String({ minLength: 1, maxLength: 100, description: 'One of the other predictions.' });
const Weighted = (description: string) =>
  Type.Array(
    Type.Object(
      {
        model: Name,
        weight: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Its part of the rows. Default: 1.' }),
        ),
      },
      { ...closed, description: 'A prediction and how much it answers.' },
    ),
    { minItems: 1, maxItems: 16, description },
  );

/** `of:` of a prediction. */
export const MadeOf = Type.Object(
  {
    switch: Type.Optional(Weighted('A moving target: which of them answers a row is drawn by a key.')),
    period: Type.Optional(duration('Of a switch: after which others answer.', 'never')),
    vote: Type.Optional(
      Type.Array(Name, {
        minItems: 2,
        maxItems: 16,
        description: 'All answer, and one answer is made of theirs.',
      }),
    ),
    rule: Type.Optional(
      oneOf(
        ['mean', 'majority'],
        'Of a vote: the mean of their probabilities, or the share of them for a class. Default: mean.',
      ),
    ),
    canary: Type.Optional(Weighted('A new model beside an old one.')),
    by: Type.Optional(
      oneOf(
        ['caller', 'row'],
        'Of a canary: who asks keeps one model, or each row has one. Default: caller.',
      ),
    ),
  },
  { ...closed, description: 'Other predictions that it is made of: one of switch, vote and canary.' },
);

const OWN = { switch: 'period', vote: 'rule', canary: 'by' } as const;
const KINDS = ['switch', 'vote', 'canary'] as const;

/** What was written as `of:`. */
export function readMadeOf(read: SettingsReader, at: Path, written: Static<typeof MadeOf>): MadeOfSource {
  const kinds = KINDS.filter((kind) => written[kind] !== undefined);
  const [kind = 'vote'] = kinds;
  if (kinds.length !== 1) read.report(at, 'has one of “switch”, “vote” and “canary”');
  for (const other of KINDS)
    if (other !== kind && written[OWN[other]] !== undefined)
      read.report([...at, OWN[other]], `is of a ${other}`);
  const { period, rule = 'mean', by = 'caller' } = written;
  const members = readMembers(read, [...at, kind], written[kind] ?? []);
  if (kind === 'vote') return { kind, members, rule };
  if (kind === 'canary') return { kind, members, by };
  const every = period === undefined ? undefined : read.duration([...at, 'period'], period, '0s');
  return { kind, members, period: every };
}

function readMembers(
  read: SettingsReader,
  at: Path,
  written: readonly (string | { readonly model: string; readonly weight?: number })[],
): Member[] {
  const members = written.map((one): Member => {
    const { model, weight = 1 } = typeof one === 'string' ? { model: one } : one;
    return { model, weight };
  });
  for (const [index, { model }] of members.entries())
    if (members.findIndex((one) => one.model === model) < index)
      read.report([...at, index], `is there already: “${model}”`);
  if (members.length > 0 && members.every(({ weight }) => weight === 0))
    read.report(at, 'needs one weight above zero');
  return members;
}

/** Members that are no predictions, circles, and a switch without a calibration: each is reported. */
export function checkMadeOf(
  read: SettingsReader,
  all: readonly { readonly name: string; readonly from: object; readonly calibration: unknown }[],
): void {
  const sources = new Map(
    all.map(({ name, from }) => [name, 'members' in from ? (from as MadeOfSource) : undefined]),
  );
  const membersOf = (name: string): readonly Member[] => sources.get(name)?.members ?? [];
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    membersOf(from).some(({ model }) => {
      if (model === wanted) return true;
      if (seen.has(model)) return false;
      seen.add(model);
      return reaches(model, wanted, seen);
    });
  for (const { name, calibration } of all) {
    const at: Path = ['predictions', name, 'of'];
    const kind = sources.get(name)?.kind;
    if (kind === undefined) continue;
    for (const [index, { model }] of membersOf(name).entries())
      if (!sources.has(model))
        read.report([...at, kind, index], `names “${model}”, and there is no prediction of that name`);
    if (reaches(name, name, new Set())) read.report(at, 'is made of itself');
    if (kind === 'switch' && calibration === undefined)
      read.report(at, 'needs “calibration” and its key for a switch: rows that are alike have one model');
  }
}
