import { openCheckpoint, type SignedCheckpoint, type VerifySignature } from '../../src/audit/checkpoint.ts';
import { parseEntry } from '../../src/audit/entry.ts';
import { parsePublicKeys } from '../../src/audit/keys.ts';
import { treeHash } from '../../src/audit/merkle.ts';
import { type Algorithm, formatVkey } from '../../src/audit/note.ts';
import { verifyInclusion } from '../../src/audit/proof.ts';
import { sha256 } from './sha256.ts';

/** What `GET /admin/v1/ledger/proof/N` answers, and `gatehouse audit prove inclusion` writes. */
export interface InclusionProof {
  readonly v: number;
  readonly proof: string;
  readonly seq: number;
  readonly entry: string;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

export interface Verified {
  readonly checkpoint: SignedCheckpoint;
  /** Fingerprints of the two keys, to compare with those that were kept elsewhere. */
  readonly keys: readonly { readonly algorithm: string; readonly vkey: string }[];
}

/** Which algorithms of WebCrypto stand for those of a ledger. */
const NAMES: Readonly<Record<Algorithm, { readonly name: string; readonly form: string }>> = {
  ed25519: { name: 'Ed25519', form: 'raw' },
  'ed25519-cosignature': { name: 'Ed25519', form: 'raw' },
  'ml-dsa-44': { name: 'ML-DSA-44', form: 'raw-public' },
};

/** Throws where this browser does not know the algorithm: what could not be checked was not verified. */
const verifySignature: VerifySignature = async (algorithm, publicKey, message, signature) => {
  const { name, form } = NAMES[algorithm];
  const bytes = (given: Uint8Array): Uint8Array<ArrayBuffer> => Uint8Array.from(given);
  let key: CryptoKey;
  try {
    // `raw-public` (Modern Algorithms in the Web Cryptography API) is not in TypeScript's library yet.
    key = await crypto.subtle.importKey(form as 'raw', bytes(publicKey), { name }, false, ['verify']);
  } catch {
    throw new Error(
      `This browser cannot check ${name} signatures. Check the proof with: gatehouse audit prove check`,
    );
  }
  return crypto.subtle.verify({ name }, key, bytes(signature), bytes(message));
};

/**
 * Verifies here, by the code that `gatehouse audit verify` runs: both signatures of the checkpoint, and that the entry is in its
 * tree. Throws with words for people where anything does not hold.
 * @param entry the line that is shown; a proof of another one proves nothing of it
 */
export async function verifyProof(
  proof: InclusionProof,
  keyFile: string,
  seq: number,
  entry?: string,
): Promise<Verified> {
  const hash = treeHash(sha256);
  const keys = parsePublicKeys(keyFile, sha256);
  if (proof.v !== 1 || proof.proof !== 'inclusion') throw new Error('This is no proof of an entry.');
  if (proof.seq !== seq || (entry !== undefined && proof.entry !== entry))
    throw new Error('The proof is of another entry than the one shown.');
  const line = new TextEncoder().encode(proof.entry);
  if (parseEntry(line).seq !== seq) throw new Error('The entry has another number.');
  const checkpoint = await openCheckpoint(proof.checkpoint, keys, verifySignature);
  const { size, root } = checkpoint;
  if (!verifyInclusion(hash, { leaf: hash.leaf(line), seq, size, path: proof.path }, root))
    throw new Error('The entry is not shown to be in the signed log.');
  return {
    checkpoint,
    keys: keys.map((key) => ({ algorithm: key.algorithm, vkey: formatVkey(key).slice(0, 80) })),
  };
}
