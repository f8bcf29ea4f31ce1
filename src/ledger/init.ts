import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatPublicKeys } from '../audit/keys.ts';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import type { Disk } from './disk.ts';
import { nodeDisk, replaceFile } from './disk.ts';
import { nodeTreeHash } from './hashing.ts';
import type { LedgerKeys } from './keys.ts';
import { loadLedgerKeys, makeLedgerKeys, publicKeys } from './keys.ts';
import { segmentFirsts } from './segments.ts';
import { SignedFiles } from './signed.ts';

/** Name of the public key file inside the ledger's folder. */
export const PUBLIC_KEYS = 'ledger.pub';

/** Where a data folder keeps its ledger and the ledger's private keys. */
export const ledgerPaths = (data: string): { readonly folder: string; readonly keys: string } => ({
  folder: join(data, 'ledger'),
  keys: join(data, 'keys', 'ledger.json'),
});

export interface InitOptions {
  /** Data folder. */
  readonly data: string;
  readonly clock: Clock;
  /** Name of the log; `gatehouse/<random>` by default. */
  readonly origin?: string;
}

/**
 * Makes keys and an empty, signed ledger in a data folder, or finds them there. The private keys come last: as long as
 * they are missing nothing was ever recorded, so a start broken off half-way is simply done again.
 * Throws Problem('environment') where one is there without the other.
 */
export async function initLedger({
  data,
  clock,
  origin,
}: InitOptions): Promise<{ readonly keys: LedgerKeys; readonly created: boolean }> {
  const paths = ledgerPaths(data);
  if (await exists(paths.keys)) return { keys: await loadLedgerKeys(paths.keys), created: false };
  if (segmentFirsts(await nodeDisk.list(paths.folder)).length > 0) {
    throw new Problem(
      'environment',
      `there is a ledger in ${paths.folder}, but its keys are missing: ${paths.keys}`,
      'Restore the keys from a backup, or use a new data folder.',
    );
  }
  for (const folder of [data, paths.folder, dirname(paths.keys)]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
  }
  const { keys, text } = makeLedgerKeys(origin);
  await createLedger(nodeDisk, paths.folder, keys, clock);
  await replaceFile(nodeDisk, paths.keys, Buffer.from(text));
  return { keys, created: true };
}

/** An empty ledger with its public keys and a first checkpoint, in a folder that is there. */
export async function createLedger(
  disk: Disk,
  folder: string,
  keys: LedgerKeys,
  clock: Clock,
): Promise<void> {
  await replaceFile(disk, join(folder, PUBLIC_KEYS), Buffer.from(formatPublicKeys(publicKeys(keys))));
  await SignedFiles.create(disk, folder, keys, nodeTreeHash.empty, Math.floor(clock.now() / 1000));
}

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw new Problem(
        'environment',
        `cannot read ${path}`,
        'Check the owner and mode of the data folder.',
        error,
      );
    },
  );
