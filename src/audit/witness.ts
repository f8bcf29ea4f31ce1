import type { Checkpoint, Signer, VerifySignature } from './checkpoint.ts';
import { openCheckpoint, parseText, signedAt, signWith } from './checkpoint.ts';
import type { LedgerPublicKeys } from './keys.ts';
import { Malformed } from './malformed.ts';
import type { Hash, TreeHash } from './merkle.ts';
import { HASH } from './merkle.ts';
import type { NoteKey, NoteSignature } from './note.ts';
import { formatSignatures, NOTE_BYTES, parseNote } from './note.ts';
import { verifyConsistency } from './proof.ts';

/**
 * Witnesses: other parties who check that a log only grows, and cosign its checkpoints. Wire format and rules of
 * https://c2sp.org/tlog-witness (`add-checkpoint`).
 */

/** Most hashes of a consistency proof in a submission. */
const PROOF_LINES = 63;

/** Longest body of a submission, in bytes. */
export const SUBMISSION_BYTES = NOTE_BYTES + 64 * (PROOF_LINES + 1);

export interface Submission {
  /** Size of the tree that the witness has cosigned last. */
  readonly old: number;
  /** Consistency proof from there, RFC 6962 section 2.1.2. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint. */
  readonly note: string;
}

export const formatSubmission = ({ old, proof, note }: Submission): string =>
  `old ${old}\n${proof.map((hash) => `${hash}\n`).join('')}\n${note}`;

/** Throws {@link Malformed}. */
export function parseSubmission(body: string): Submission {
  const blank = body.indexOf('\n\n');
  if (blank < 0) throw new Malformed('the submission has no empty line before its checkpoint');
  const [first = '', ...proof] = body.slice(0, blank).split('\n');
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  if (old === undefined || !Number.isSafeInteger(Number(old)))
    throw new Malformed('the old size is malformed');
  if (proof.length > PROOF_LINES || !proof.every((line) => HASH.test(line)))
    throw new Malformed('the consistency proof is malformed');
  return { old: Number(old), proof, note: body.slice(blank + 2) };
}

/** A log that a witness watches: its keys, and the tree that it cosigned last (of no entries where none). */
export interface WatchedLog {
  readonly keys: LedgerPublicKeys;
  readonly latest: Pick<Checkpoint, 'size' | 'root'>;
}

/** What a witness says to a submission; the numbers are HTTP's. */
export type Judgement =
  | { readonly status: 200; readonly checkpoint: Checkpoint }
  /** `size`: of the latest tree cosigned. */
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 };

/**
 * Whether a witness may cosign. The caller must make this and the writing down of the new tree one step: between them
 * no other submission for the same log may be judged.
 */
export async function judge(
  body: string,
  logOf: (origin: string) => WatchedLog | undefined,
  hash: TreeHash,
  verify: VerifySignature,
): Promise<Judgement> {
  let submission: Submission;
  let claimed: Checkpoint;
  try {
    submission = parseSubmission(body);
    claimed = parseText(parseNote(submission.note).text);
  } catch (error) {
    if (error instanceof Malformed) return { status: 400 };
    throw error;
  }
  const log = logOf(claimed.origin);
  if (log === undefined) return { status: 404 };
  let checkpoint: Checkpoint;
  try {
    checkpoint = await openCheckpoint(submission.note, log.keys, verify);
  } catch (error) {
    if (error instanceof Malformed) return { status: 403 };
    throw error;
  }
  const { old, proof } = submission;
  const { size, root } = log.latest;
  if (old > checkpoint.size) return { status: 400 };
  if (old !== size) return { status: 409, size };
  if (size === checkpoint.size && root !== checkpoint.root) return { status: 409, size };
  const grown = size === 0 ? proof.length === 0 : verifyConsistency(hash, log.latest, checkpoint, proof);
  return grown ? { status: 200, checkpoint } : { status: 422 };
}

/** Signature lines of a witness. @param time POSIX seconds */
export const cosign = (checkpoint: Checkpoint, signers: readonly Signer[], time: number): string =>
  formatSignatures(signers.map((signer) => signWith(signer, checkpoint, time)));

/** A witness as others know it. It may sign with several keys, and counts once. */
export interface Witness {
  readonly name: string;
  readonly keys: readonly NoteKey[];
}

/** Those of the signatures that are a witness's and hold; lines of unknown keys are passed over. */
export async function cosignaturesOf(
  witness: Witness,
  signatures: readonly NoteSignature[],
  checkpoint: Checkpoint,
  verify: VerifySignature,
): Promise<NoteSignature[]> {
  const valid: NoteSignature[] = [];
  for (const line of signatures) {
    const key = witness.keys.find(({ name, keyId }) => name === line.name && keyId === line.keyId);
    if (key === undefined) continue;
    try {
      if ((await signedAt(line, key, checkpoint, verify)) !== undefined) valid.push(line);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return valid;
}

/** Names of the witnesses who have cosigned a note. Throws {@link Malformed} where it is no checkpoint. */
export async function witnessesOf(
  note: string,
  witnesses: readonly Witness[],
  verify: VerifySignature,
): Promise<string[]> {
  const { text, signatures } = parseNote(note);
  const checkpoint = parseText(text);
  const found: string[] = [];
  for (const witness of witnesses) {
    const valid = await cosignaturesOf(witness, signatures, checkpoint, verify);
    if (valid.length > 0) found.push(witness.name);
  }
  return found;
}
