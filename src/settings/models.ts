import { resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { closed, count, oneOf } from './fields.ts';
import type { SettingsReader } from './reader.ts';

/** `models:` of `gatehouse.yaml`: what sealed models must have before they are used. */
export const Models = Type.Object(
  {
    trust: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'File that says whose signatures on models are taken ("gatehouse verify --policy").',
      }),
    ),
    scan_policy: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Policy by which models are scanned when they are added ("gatehouse scan --policy"). Default: none.',
      }),
    ),
    approvals: Type.Optional(count('People who must approve a model, its submitter not among them.', 1)),
    unsigned: Type.Optional(oneOf(['refuse', 'allow'], 'Models that nobody has signed. Default: refuse.')),
  },
  { ...closed, description: 'Sealed models.' },
);

export interface ModelSettings {
  /** Absolute path; undefined: nobody's signatures are taken. */
  readonly trust: string | undefined;
  /** Absolute path; undefined: nothing that a scan finds is excused. */
  readonly scanPolicy: string | undefined;
  readonly approvals: number;
  readonly unsigned: 'refuse' | 'allow';
}

const MOST_APPROVALS = 100;

export function readModels(
  read: SettingsReader,
  baseDir: string,
  { trust, scan_policy, approvals, unsigned = 'refuse' }: Static<typeof Models> = {},
): ModelSettings {
  const people = read.count(['models', 'approvals'], approvals, 1);
  if (people > MOST_APPROVALS) read.report(['models', 'approvals'], `must be 1 to ${MOST_APPROVALS}`);
  // Read by whoever opens a model, each time; a path that leads nowhere is told now.
  if (trust !== undefined) read.file(['models', 'trust'], trust);
  if (scan_policy !== undefined) read.file(['models', 'scan_policy'], scan_policy);
  const at = (file: string | undefined) => (file === undefined ? undefined : resolve(baseDir, file));
  return { trust: at(trust), scanPolicy: at(scan_policy), approvals: people, unsigned };
}
