import Type, { type Static } from 'typebox';
import type { Path } from '../base/schema.ts';
import { readAddress } from './address.ts';
import { closed, count, duration, oneOf } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** Witnesses of the ledger, as written. */
export const WitnessesSchema = Type.Object(
  {
    who: Type.Array(
      Type.Object(
        {
          url: Type.String({ description: 'Where it takes checkpoints: /add-checkpoint goes below it.' }),
          key: Type.String({
            minLength: 1,
            description:
              'File with its verifier keys, a line each, as "gatehouse audit witness" prints them.',
          }),
          insecure_http: Type.Optional(
            Type.Boolean({
              description: 'Allow http:// to another machine. Checkpoints are signed and not secret.',
            }),
          ),
        },
        { ...closed, description: 'A witness.' },
      ),
      { minItems: 1, description: 'Other parties who check that the ledger only grows (C2SP tlog-witness).' },
    ),
    quorum: Type.Optional(count('So many of them must have cosigned. Default: more than half.', 1)),
    every: Type.Optional(duration('Between two rounds.', '10s')),
    patience: Type.Optional(
      duration('How long entries may wait for a quorum before that is trouble.', '10m'),
    ),
    otherwise: Type.Optional(
      oneOf(
        ['warn', 'refuse'],
        'After that time: warn only, or refuse every request until a quorum has cosigned. Default: warn.',
      ),
    ),
  },
  { ...closed, description: 'Witnesses of the ledger.' },
);

export interface WitnessesSettings {
  readonly who: readonly { readonly url: string; readonly key: string }[];
  readonly quorum: number;
  /** Milliseconds. */
  readonly every: number;
  readonly patience: number;
  readonly otherwise: 'warn' | 'refuse';
}

/** `key` is the text of the file then. */
export function readWitnesses(
  read: SettingsReader,
  written: Static<typeof WitnessesSchema> | undefined,
): WitnessesSettings | undefined {
  if (written === undefined) return undefined;
  const at: Path = ['ledger', 'witnesses'];
  const who = written.who.map(({ url, key, insecure_http: insecure = false }, index) => ({
    url: readAddress(read, [...at, 'who', index, 'url'], url, insecure),
    key: read.file([...at, 'who', index, 'key'], key),
  }));
  const quorum = read.count([...at, 'quorum'], written.quorum, Math.floor(who.length / 2) + 1);
  if (quorum > who.length)
    read.report([...at, 'quorum'], `is more than the ${who.length} witnesses that there are`);
  return {
    who,
    quorum,
    every: read.duration([...at, 'every'], written.every, '10s'),
    patience: read.duration([...at, 'patience'], written.patience, '10m'),
    otherwise: written.otherwise ?? 'warn',
  };
}
