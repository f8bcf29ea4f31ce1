import { createHash } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';
import { textKey } from '../../sealing/stream.ts';

/** A file of a sealed model: the model's own, the signature on it, or the signed result of its scan. */
const Entry = Type.Object(
  {
    name: Type.String(),
    as: Type.Union([Type.Literal('model'), Type.Literal('signature'), Type.Literal('scan')]),
    size: Type.Integer({ minimum: 0 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type SealedEntry = Static<typeof Entry>;

export const Listing = Type.Object(
  { v: Type.Literal(1), files: Type.Array(Entry) },
  { additionalProperties: false },
);

export const Head = Type.Object(
  {
    v: Type.Literal(1),
    id: Type.String({ pattern: '^mdl_[0-9a-f]{32}$' }),
    name: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    /** Name of the master key that wraps the key of the model. */
    master: Type.String(),
    key: Type.String(),
  },
  { additionalProperties: false },
);

export type Head = Static<typeof Head>;

/** Which model it is: authenticated with its key and with every piece of it. */
export interface SealedAs {
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** Names in the folder of a model; its files have numbers. */
export const HEAD = 'model.json';
export const LISTING = 'listing';
/** Bytes. */
export const MOST_LISTING = 1 << 27;

/** For each file a key of its own, so that no piece fits into another file, and what each piece is said to be. */
export const streamOf = (key: Uint8Array, { id, name, version }: SealedAs, at: string): [Buffer, Buffer] => [
  textKey(key, 'gatehouse sealed model', `${id} ${at}`),
  Buffer.from(JSON.stringify([1, id, name, version, at])),
];

export const aboutKey = ({ id, name, version }: SealedAs): string =>
  `gatehouse/sealed-model/v1 ${id} ${name} ${version}`;

export const textOf = (head: Head): Buffer => Buffer.from(`${JSON.stringify(head, null, 2)}\n`);

/** What stands for all of a model. */
export const rootOf = (listing: Uint8Array): string => createHash('sha256').update(listing).digest('hex');

export const labelOf = ({ name, version }: Omit<SealedAs, 'id'>): string => `${name}@${version}`;

export const tampered = (about: SealedAs, cause?: unknown) =>
  new Problem(
    'findings',
    `${labelOf(about)} is not what was sealed: a file was changed, or the master key is another`,
    undefined,
    cause,
  );

/** Undefined where it is none. */
export function parsed<T extends typeof Head | typeof Listing>(
  schema: T,
  text: string,
): Static<T> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Check(schema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
