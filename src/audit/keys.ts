import { Malformed } from './malformed.ts';
import type { Sha256 } from './merkle.ts';
import type { NoteKey } from './note.ts';
import { formatVkey, parseVkey } from './note.ts';

/** The public half of a ledger's keys: one Ed25519 and one ML-DSA-44 key of the same name, which is the origin. */
export type LedgerPublicKeys = readonly [ed25519: NoteKey, mldsa: NoteKey];

/** The text of `ledger.pub`: one verifier key a line. */
export const formatPublicKeys = (keys: LedgerPublicKeys): string =>
  keys.map((key) => `${formatVkey(key)}\n`).join('');

/** Throws {@link Malformed}, naming the line. */
export function parsePublicKeys(text: string, sha256: Sha256): LedgerPublicKeys {
  const lines = text.split('\n');
  if (lines.length !== 3 || lines[2] !== '')
    throw new Malformed('a public key file has two lines, one for each key');
  const [first, second] = lines.slice(0, 2).map((line, index) => {
    try {
      return parseVkey(line, sha256);
    } catch (error) {
      throw new Malformed(`line ${index + 1}: ${error instanceof Malformed ? error.message : 'not a key'}`);
    }
  });
  if (first?.algorithm !== 'ed25519' || second?.algorithm !== 'ml-dsa-44' || first.name !== second.name) {
    throw new Malformed('a public key file has an Ed25519 key, then an ML-DSA-44 key of the same name');
  }
  return [first, second];
}
