import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeText } from '../audit/history.ts';
import type { LedgerPublicKeys } from '../audit/keys.ts';
import { parsePublicKeys } from '../audit/keys.ts';
import { Malformed } from '../audit/malformed.ts';
import type { Report } from '../audit/report.ts';
import { verifyLedger } from '../audit/verify.ts';
import { Problem } from '../base/problem.ts';
import { nodeTreeHash, sha256 } from './hashing.ts';
import { PUBLIC_KEYS } from './init.ts';
import { verifySignature } from './keys.ts';
import { readLedger } from './read.ts';

export type { Failure, Place, Report } from '../audit/report.ts';

export interface VerifyFilesOptions {
  /** Folder of the ledger: segments, `checkpoint`, `checkpoints`. */
  readonly ledger: string;
  /**
   * File with the two verifier keys; `ledger.pub` of that folder by default, which shows damage but not a ledger that
   * was replaced together with its key.
   */
  readonly key?: string;
  /** Folder with older segments that were archived: everything from the first entry on is verified then. */
  readonly archive?: string;
  /** File with a checkpoint that was kept from earlier: the ledger must have grown out of it. */
  readonly checkpoint?: string;
  /** Bytes of entries read so far, and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Verifies a ledger offline: no network, no private key, no lock; a gateway may be writing to it meanwhile.
 * Throws Problem('environment') where files cannot be read, Problem('undecided') where the key file is no such file.
 */
export async function verifyFiles(options: VerifyFilesOptions): Promise<Report> {
  const keys = await readPublicKeys(options.key ?? join(options.ledger, PUBLIC_KEYS));
  const kept =
    options.checkpoint === undefined
      ? undefined
      : { file: options.checkpoint, note: await readNamed(options.checkpoint, 'the checkpoint') };
  const source = await readLedger(options.ledger, options.archive);
  const { onProgress } = options;
  return verifyLedger(source, {
    keys,
    hash: nodeTreeHash,
    verify: verifySignature,
    ...(kept && { kept }),
    ...(onProgress && { onProgress: (done: number) => onProgress(done, source.bytes) }),
  });
}

/** Throws Problem('environment') or Problem('undecided'). */
export async function readPublicKeys(path: string): Promise<LedgerPublicKeys> {
  const bytes = await readNamed(path, 'the public keys');
  try {
    return parsePublicKeys(decodeText(bytes), sha256);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Problem(
      'undecided',
      `${path} cannot be used: ${error.message}`,
      'Use the ledger.pub that was handed out when the ledger was made.',
    );
  }
}

async function readNamed(path: string, what: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Problem('environment', `cannot read ${what} in ${path}`, 'Check the path.', error);
  }
}
