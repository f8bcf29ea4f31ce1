import { resolve, sep } from 'node:path';
import Type, { type Static } from 'typebox';
import { closed, duration } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** Where old segments of the ledger go, as written. */
export const ArchiveSchema = Type.Object(
  {
    to: Type.String({
      minLength: 1,
      description: 'Folder for old segments of the ledger, such as a mounted archive.',
    }),
    keep: Type.Optional(
      duration(
        'Segments older than this are moved there once an hour. Without it only "gatehouse audit archive" does.',
        'none',
      ),
    ),
  },
  { ...closed, description: 'The archive of the ledger.' },
);

export interface ArchiveSettings {
  /** Absolute path. */
  readonly to: string;
  /** Milliseconds; undefined: only when asked. */
  readonly keep: number | undefined;
}

export function readArchive(
  read: SettingsReader,
  baseDir: string,
  data: string,
  written: Static<typeof ArchiveSchema> | undefined,
): ArchiveSettings | undefined {
  if (written === undefined) return undefined;
  const { keep } = written;
  const to = resolve(baseDir, written.to);
  if (`${to}${sep}`.startsWith(`${resolve(data, 'ledger')}${sep}`))
    read.report(['ledger', 'archive', 'to'], 'must be outside the folder of the ledger itself');
  return {
    to,
    keep: keep === undefined ? undefined : read.duration(['ledger', 'archive', 'keep'], keep, '365d'),
  };
}
