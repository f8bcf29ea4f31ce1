import { cosignedMessage, joinTime, splitTime } from './cosignature.ts';
import { Malformed } from './malformed.ts';
import type { Hash } from './merkle.ts';
import { HASH } from './merkle.ts';
import type { Algorithm, NoteKey, NoteSignature } from './note.ts';
import { formatNote, isName, parseNote } from './note.ts';

/** The state of a log: https://c2sp.org/tlog-checkpoint without extension lines, which cosignatures do not cover. */
export interface Checkpoint {
  readonly origin: string;
  /** Number of entries. */
  readonly size: number;
  readonly root: Hash;
}

/** A checkpoint whose signatures were checked. */
export interface SignedCheckpoint extends Checkpoint {
  /** When it was signed, POSIX seconds; by the writer's clock, under its ML-DSA-44 signature. */
  readonly time: number;
}

/** A key that can sign: bare signatures over a message. */
export interface Signer {
  readonly key: NoteKey;
  sign(message: Uint8Array): Uint8Array;
}

/** Whether a bare signature holds. */
export type VerifySignature = (
  algorithm: Algorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

export const formatText = (checkpoint: Checkpoint): string =>
  `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root}\n`;

/** Throws {@link Malformed}. */
export function parseText(text: string): Checkpoint {
  const [origin = '', size = '', root = '', end, ...more] = text.split('\n');
  if (end !== '' || more.length > 0) throw new Malformed('a checkpoint has three lines: origin, size, root');
  if (!isName(origin)) throw new Malformed('the origin of the checkpoint is malformed');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new Malformed('the size of the checkpoint is malformed');
  }
  if (!HASH.test(root)) throw new Malformed('the root of the checkpoint is malformed');
  return { origin, size: Number(size), root };
}

/** The size that a note says, its signatures unseen. Throws {@link Malformed}. */
export const sizeOfNote = (note: string): number => parseText(parseNote(note).text).size;

/** The signed note of a checkpoint. `time` in POSIX seconds. */
export function signCheckpoint(checkpoint: Checkpoint, signers: readonly Signer[], time: number): string {
  const text = formatText(checkpoint);
  const signatures = signers.map((signer) => signWith(signer, checkpoint, time));
  return formatNote({ text, signatures });
}

/** What a key signs of a checkpoint. `time` in POSIX seconds; a plain Ed25519 signature says nothing of it. */
function messageFor(key: NoteKey, checkpoint: Checkpoint, time: number): Uint8Array {
  const { origin, size, root } = checkpoint;
  const text = formatText(checkpoint);
  switch (key.algorithm) {
    case 'ed25519':
      return new TextEncoder().encode(text);
    case 'ed25519-cosignature':
      return new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${text}`);
    case 'ml-dsa-44':
      return cosignedMessage(key.name, time, origin, size, root);
  }
}

/** One signature line. `time` in POSIX seconds. */
export function signWith({ key, sign }: Signer, checkpoint: Checkpoint, time: number): NoteSignature {
  const bare = sign(messageFor(key, checkpoint, time));
  const signature = key.algorithm === 'ed25519' ? bare : joinTime(time, bare);
  return { name: key.name, keyId: key.keyId, signature };
}

/** When the line was signed (0 where it does not say), or undefined where it does not hold. Throws {@link Malformed}. */
export async function signedAt(
  { signature: bytes }: NoteSignature,
  key: NoteKey,
  checkpoint: Checkpoint,
  verify: VerifySignature,
): Promise<number | undefined> {
  const { algorithm, publicKey } = key;
  const { time, signature } =
    algorithm === 'ed25519' ? { time: 0, signature: bytes } : splitTime(bytes, algorithm);
  const holds = await verify(algorithm, publicKey, messageFor(key, checkpoint, time), signature);
  return holds ? time : undefined;
}

/**
 * Reads a signed note and checks it: every one of `keys` must have signed, exactly once. Signatures of other keys
 * (witnesses) are passed over, as the specification says. Throws {@link Malformed} with what is wrong.
 */
export async function openCheckpoint(
  note: string,
  keys: readonly NoteKey[],
  verify: VerifySignature,
): Promise<SignedCheckpoint> {
  const { text, signatures } = parseNote(note);
  const checkpoint = parseText(text);
  let newest = 0;
  for (const key of keys) {
    if (key.name !== checkpoint.origin)
      throw new Malformed('the checkpoint is of another ledger (its origin differs)');
    const own = signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
    const [line, ...more] = own;
    if (line === undefined)
      throw new Malformed(`the ${key.algorithm} signature of the ledger's key is missing`);
    if (more.length > 0) throw new Malformed(`the ${key.algorithm} signature is there twice`);
    const time = await signedAt(line, key, checkpoint, verify);
    if (time === undefined) throw new Malformed(`the ${key.algorithm} signature does not hold`);
    newest = Math.max(newest, time);
  }
  return { ...checkpoint, time: newest };
}
