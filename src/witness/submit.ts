import { type Dispatcher, request } from 'undici';
import { parseText } from '../audit/checkpoint.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Hash, TreeState } from '../audit/merkle.ts';
import { NOTE_BYTES, type NoteSignature, parseNote, parseSignatures } from '../audit/note.ts';
import { cosignaturesOf, formatSubmission, type Witness } from '../audit/witness.ts';
import { verifySignature } from '../ledger/keys.ts';

/** A witness and where it is asked. */
export interface WitnessPlace extends Witness {
  /** Submission prefix; `/add-checkpoint` goes below it. */
  readonly url: string;
}

/** A signed checkpoint and the tree that it is of. */
export interface Signed {
  readonly note: string;
  readonly tree: TreeState;
}

/** What came of a submission. */
export type Submitted =
  | { readonly outcome: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  /** It has cosigned a larger tree of this log: this ledger was rolled back, or the witness lies. */
  | { readonly outcome: 'behind'; readonly size: number }
  /** It has cosigned another history: this ledger was forked, or the witness lies. */
  | { readonly outcome: 'forked' }
  /** Not now, or not ever; nothing is known of the log by it. `why` is a word for logs. */
  | { readonly outcome: 'failed'; readonly why: string };

/** Milliseconds to wait for a witness. */
const PATIENCE = 10_000;

/**
 * Submits a checkpoint to one witness. The tree size that the witness has is asked for where it is not known.
 * @param prove hashes that prove that the tree of so many entries grew into this one
 */
export async function submit(
  witness: WitnessPlace,
  signed: Signed,
  known: number,
  prove: (from: number) => Promise<readonly Hash[]>,
  dispatcher?: Dispatcher,
): Promise<Submitted> {
  const checkpoint = parseText(parseNote(signed.note).text);
  let old = known;
  // A second time where the witness has another size than was thought; a third would be a witness that plays.
  for (let tries = 0; tries < 2; tries++) {
    const proof = old === 0 ? [] : await prove(old);
    const answer = await post(witness.url, formatSubmission({ old, proof, note: signed.note }), dispatcher);
    if (answer === undefined) return { outcome: 'failed', why: 'unreachable' };
    const { status, text } = answer;
    if (status === 200) return cosigned(witness, text, checkpoint);
    if (status === 422) return { outcome: 'forked' };
    if (status !== 409) return { outcome: 'failed', why: `status_${status}` };
    const size = /^(0|[1-9]\d{0,15})\n$/.exec(text)?.[1];
    if (size === undefined) return { outcome: 'failed', why: 'malformed' };
    if (Number(size) > checkpoint.size) return { outcome: 'behind', size: Number(size) };
    if (Number(size) === old) return { outcome: 'forked' };
    old = Number(size);
  }
  return { outcome: 'failed', why: 'undecided' };
}

async function cosigned(
  witness: WitnessPlace,
  text: string,
  checkpoint: ReturnType<typeof parseText>,
): Promise<Submitted> {
  try {
    const signatures = await cosignaturesOf(witness, parseSignatures(text), checkpoint, verifySignature);
    if (signatures.length > 0) return { outcome: 'cosigned', signatures };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  return { outcome: 'failed', why: 'bad_signature' };
}

/** Redirects are not followed; an answer longer than a note is none. */
async function post(
  url: string,
  body: string,
  dispatcher: Dispatcher | undefined,
): Promise<{ status: number; text: string } | undefined> {
  try {
    const { statusCode, body: answer } = await request(`${url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'gatehouse' },
      body,
      signal: AbortSignal.timeout(PATIENCE),
      ...(dispatcher && { dispatcher }),
    });
    // Decoded when it is whole: signature lines begin with a dash of three bytes, which may come in two chunks.
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > NOTE_BYTES) return undefined;
    }
    return { status: statusCode, text: Buffer.concat(chunks).toString() };
  } catch {
    return undefined;
  }
}
