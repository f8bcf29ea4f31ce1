import { fromBase64, toBase64 } from './base64.ts';
import { Malformed } from './malformed.ts';
import type { Sha256 } from './merkle.ts';

/**
 * Signed notes and verifier keys as https://c2sp.org/signed-note has them. Reading is strict: what is read, written
 * again, gives the same bytes.
 */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** 4-byte key ID, as 8 hexadecimal digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** Signature types that a ledger uses, and the length of their public keys in bytes. */
const ALGORITHMS = {
  /** https://c2sp.org/signed-note: Ed25519 over the text. */
  ed25519: { type: 0x01, bytes: 32 },
  /** https://c2sp.org/tlog-cosignature: Ed25519 over a time and the text. For witnesses. */
  'ed25519-cosignature': { type: 0x04, bytes: 32 },
  /** https://c2sp.org/tlog-cosignature: ML-DSA-44 over a cosigned_message. */
  'ml-dsa-44': { type: 0x06, bytes: 1312 },
} as const;

export type Algorithm = keyof typeof ALGORITHMS;

/** A public key with the name it signs by. */
export interface NoteKey {
  readonly name: string;
  readonly keyId: string;
  readonly algorithm: Algorithm;
  /** Raw: 32 bytes (Ed25519, RFC 8032) or 1312 (ML-DSA-44, FIPS 204). */
  readonly publicKey: Uint8Array;
}

/** A note is read whole, so it is bounded: room for 16 post-quantum signatures, as the specification asks. */
export const NOTE_BYTES = 64 * 1024;

const NAME = /^[^\s+\p{Cc}]{1,255}$/u;

/** Key names and log origins: not empty, no spaces, no plus, no control characters, 255 bytes at most. */
export const isName = (name: string): boolean =>
  NAME.test(name) && name.isWellFormed() && new TextEncoder().encode(name).length <= 255;

export const formatNote = (note: Note): string => `${note.text}\n${formatSignatures(note.signatures)}`;

export const formatSignatures = (signatures: readonly NoteSignature[]): string =>
  signatures
    .map(({ name, keyId, signature }) => `— ${name} ${toBase64(concat(fromHex(keyId), signature))}\n`)
    .join('');

/** Throws {@link Malformed}. */
export function parseNote(note: string): Note {
  if (note.length > NOTE_BYTES) throw new Malformed('the note is too long');
  const blank = note.lastIndexOf('\n\n');
  if (blank < 0 || !note.endsWith('\n')) throw new Malformed('the note has no signatures');
  const text = note.slice(0, blank + 1);
  const signatures = note
    .slice(blank + 2, -1)
    .split('\n')
    .map(parseSignature);
  return { text, signatures };
}

/** Signature lines on their own, as a witness answers. Throws {@link Malformed}. */
export function parseSignatures(lines: string): NoteSignature[] {
  if (lines.length > NOTE_BYTES) throw new Malformed('there are too many signatures');
  if (!lines.endsWith('\n')) throw new Malformed('the signatures do not end in a newline');
  return lines.slice(0, -1).split('\n').map(parseSignature);
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, blob, ...more] = line.split(' ');
  if (dash !== '—' || name === undefined || blob === undefined || more.length > 0 || !isName(name)) {
    throw new Malformed('a signature line of the note is malformed');
  }
  const bytes = fromBase64(blob);
  if (bytes.length <= 4) throw new Malformed('a signature of the note is too short');
  return { name, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

export function noteKey(name: string, algorithm: Algorithm, publicKey: Uint8Array, sha256: Sha256): NoteKey {
  const { type, bytes } = ALGORITHMS[algorithm];
  if (!isName(name)) throw new Malformed('the name of the key has characters that a note does not allow');
  if (publicKey.length !== bytes) throw new Malformed(`an ${algorithm} public key has ${bytes} bytes`);
  const id = sha256(concat(new TextEncoder().encode(`${name}\n`), [type], publicKey));
  return { name, keyId: toHex(id.subarray(0, 4)), algorithm, publicKey };
}

/** `name+keyid+base64(type || public key)`. */
export const formatVkey = (key: NoteKey): string =>
  `${key.name}+${key.keyId}+${toBase64(concat([ALGORITHMS[key.algorithm].type], key.publicKey))}`;

/** Throws {@link Malformed}, also where the key ID is not that of the key. */
export function parseVkey(vkey: string, sha256: Sha256): NoteKey {
  const [name = '', keyId, ...material] = vkey.split('+');
  const bytes = fromBase64(material.join('+'));
  for (const algorithm of Object.keys(ALGORITHMS) as Algorithm[]) {
    if (ALGORITHMS[algorithm].type !== bytes[0]) continue;
    const key = noteKey(name, algorithm, bytes.subarray(1), sha256);
    if (key.keyId !== keyId) throw new Malformed('the key ID does not belong to this name and key');
    return key;
  }
  throw new Malformed('the key is of an unknown type');
}

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const fromHex = (hex: string): number[] => hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];

const concat = (...parts: readonly ArrayLike<number>[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));
