import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { nodeDisk, replaceFile } from '../ledger/disk.ts';
import { initLedger, ledgerPaths } from '../ledger/init.ts';
import type { LedgerKeys } from '../ledger/keys.ts';
import { lockFolder } from '../ledger/lock.ts';

/** What is in a data folder beside the ledger. */
export const dataPaths = (data: string) => ({
  store: join(data, 'gatehouse.sqlite'),
  socket: join(data, 'control.sock'),
  pepper: join(data, 'keys', 'pepper'),
  digest: join(data, 'keys', 'digest'),
  models: join(data, 'models'),
});

/** Keys of a data folder, opened. */
export interface DataFolder {
  readonly ledgerKeys: LedgerKeys;
  /** Key of the hashes of API keys. */
  readonly pepper: KeyObject;
  /** Key of the digests in the ledger. */
  readonly digestKey: Uint8Array;
  /** The ledger was made just now. */
  readonly created: boolean;
}

/**
 * Makes a data folder that only its owner can read, with all keys in it, or finds one. Nothing that is there is ever
 * replaced. Throws Problem('environment').
 */
export async function openDataFolder(
  data: string,
  options: { clock: Clock; origin?: string | undefined },
): Promise<DataFolder> {
  try {
    await mkdir(join(data, 'keys'), { recursive: true, mode: 0o700 });
    await checkOwn(data);
    await chmod(join(data, 'keys'), 0o700);
    const { clock, origin } = options;
    const paths = dataPaths(data);
    const { keys: ledgerKeys, folder } = ledgerPaths(data);
    const fresh = !existsSync(ledgerKeys);
    // Two first starts at once must not make two sets of keys.
    const lock = fresh ? lockFolder(folder) : undefined;
    try {
      // The ledger's keys come last: as long as they are missing, nothing was ever recorded or handed out.
      const pepper = createSecretKey(await openKey(paths.pepper, fresh));
      const digestKey = await openKey(paths.digest, fresh);
      const { keys, created } = await initLedger({ data, clock, ...(origin !== undefined && { origin }) });
      return { ledgerKeys: keys, pepper, digestKey, created };
    } finally {
      lock?.release();
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EROFS'
        ? 'the disk is read-only'
        : code === 'EACCES' || code === 'EPERM'
          ? 'this user may not write there'
          : (code ?? 'unknown error');
    throw new Problem(
      'environment',
      `cannot make or use the data folder ${data}: ${why}`,
      'Choose another folder with "data" in gatehouse.yaml, or change who may write to it.',
      error,
    );
  }
}

/** Others must not read the folder: it holds the keys of everything. */
async function checkOwn(data: string): Promise<void> {
  const { mode, uid } = await stat(data);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Problem(
      'environment',
      `the data folder ${data} belongs to another user`,
      'Start as that user, or choose another folder with "data" in gatehouse.yaml.',
    );
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Problem(
      'environment',
      `other users can read the data folder ${data}`,
      `Run: chmod 700 ${data}`,
    );
  }
}

/** A key of 32 bytes; made only before there is a ledger, since a new one would make everything before it invalid. */
async function openKey(path: string, fresh: boolean): Promise<Buffer> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (!fresh) {
      throw new Problem(
        'environment',
        `the key ${path} is missing`,
        'Restore it from a backup. Without it no API key works any more.',
      );
    }
    const key = randomBytes(32);
    await replaceFile(nodeDisk, path, Buffer.from(`${key.toString('hex')}\n`));
    return key;
  }
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Problem('environment', `${path} does not hold a key`, 'Restore it from a backup.');
  return Buffer.from(text, 'hex');
}
