import { isObject, type Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import type { Secret } from './secret.ts';

/** A named piece of what is remembered. */
export interface Piece {
  readonly kind: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of the header's length, and of the digest at the end. */
const LENGTH = 4;
const FORM = 'gatehouse-watch-2';

/** Pieces as one run of bytes, sealed by the key: a header in JSON that names them, then each. */
export function writeState(pieces: readonly Piece[], secret: Secret): Uint8Array {
  const bodies = Buffer.concat(pieces.map(({ bytes }) => bytes));
  const listed = pieces.map(({ kind, name, bytes }) => [kind, name, bytes.length]);
  const header = Buffer.from(
    JSON.stringify({ form: FORM, pieces: listed, seal: sealOf(bodies, listed, secret) }),
  );
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, bodies]);
}

/** Throws Problem('usage') for what is no state, was changed, or is of another key. */
export function readState(bytes: Uint8Array, secret: Secret): Piece[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = LENGTH + (buffer.length < LENGTH ? 0 : buffer.readUInt32LE());
  const header = end > buffer.length ? undefined : headerOf(buffer.toString('utf8', LENGTH, end));
  const bodies = buffer.subarray(end);
  if (header === undefined || !secret.opens(sealed(bodies, header.pieces, secret), header.seal))
    throw new Problem(
      'usage',
      'What the monitors remembered cannot be read: it was changed, or is of another key.',
    );
  let from = 0;
  return header.pieces.map(([kind, name, length]) => {
    from += length;
    return { kind, name, bytes: bodies.subarray(from - length, from) };
  });
}

type Listed = readonly (readonly (string | number)[])[];

/** What is sealed: the list, and a digest of the bodies. */
const sealed = (bodies: Uint8Array, pieces: Listed, secret: Secret): string =>
  JSON.stringify([FORM, pieces, secret.seal(bodies)]);

const sealOf = (bodies: Uint8Array, pieces: Listed, secret: Secret): string =>
  secret.seal(sealed(bodies, pieces, secret));

function headerOf(text: string): { pieces: [string, string, number][]; seal: string } | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { form, pieces, seal } = value;
  if (form !== FORM || typeof seal !== 'string' || !Array.isArray(pieces) || !pieces.every(isListed))
    return undefined;
  return { pieces: pieces as [string, string, number][], seal };
}

const isListed = (piece: Json): boolean =>
  Array.isArray(piece) &&
  piece.length === 3 &&
  typeof piece[0] === 'string' &&
  typeof piece[1] === 'string' &&
  Number.isSafeInteger(piece[2]);
