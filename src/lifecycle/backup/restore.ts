import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../../base/problem.ts';
import { NOT_COPIED } from '../../ledger/copy.ts';
import { copyFile } from '../../ledger/copy-file.ts';
import { nodeDisk } from '../../ledger/disk.ts';
import { eraseAgain } from '../../vault/erase-again.ts';
import { type Erasure, vaultPaths } from '../../vault/vault.ts';
import { forgetSettled } from '../settlements.ts';
import { digestOf, filesIn, type Manifest, SEALED_KEYS } from './manifest.ts';
import { type KeyFiles, openKeys } from './sealed-keys.ts';
import { checkDatabases, requireLedger, verifyBackup } from './verify.ts';

export interface RestoreOptions {
  readonly backup: string;
  /** Folder to make; it may be there if it is empty. */
  readonly to: string;
  /** A ledger that has grown since the backup: it takes the place of the backup's. */
  readonly ledger?: string | undefined;
  /** Segments of it that were archived. */
  readonly archive?: string | undefined;
  /** SHA-256 of the manifest. */
  readonly expected?: string | undefined;
  readonly passphrase?: string | undefined;
  /** The erasures that the ledger of a data folder tells of. */
  readonly erasures: (data: string) => AsyncIterable<Erasure>;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Entries of the ledger now. */
  readonly entries: number;
  /** Keys of sealed content that were destroyed again. */
  readonly erased: number;
  /** The data folder. */
  readonly data: string;
  /** The keys are there too. */
  readonly complete: boolean;
}

/** The name that a data folder has where the settings do not say another. */
const DATA = 'gatehouse-data';

/**
 * Makes a folder with settings and data out of a backup, checked before and after. Throws a Problem; then nothing is
 * left of it.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { backup, to, ledger, archive, expected, passphrase } = options;
  if (existsSync(to) && (await readdir(to)).length > 0)
    throw new Problem('usage', `${to} is not empty`, 'Name a new folder: nothing is ever written over.');
  const { manifest } = await verifyBackup(backup, expected);
  if (ledger !== undefined) await requireLedger(ledger, join(backup, 'data', 'ledger'));
  const keys = await sealedKeys(backup, manifest, passphrase);
  const draft = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await copyFiles(draft, options, manifest);
    for (const [path, bytes] of keys) await write(draft, path, bytes);
    if (ledger !== undefined) await copyNewer(ledger, join(draft, DATA, 'ledger'));
    const data = join(draft, DATA);
    const { entries } = await requireLedger(join(data, 'ledger'));
    checkDatabases(data, manifest);
    const store = join(data, 'gatehouse.sqlite');
    const from = manifest.ledger.size;
    if (ledger !== undefined && existsSync(store))
      await forgetSettled(store, join(data, 'ledger'), { from, archive });
    const vault = vaultPaths(data).keys;
    const erased = existsSync(vault) ? await eraseAgain(vault, options.erasures(data)) : 0;
    for (const folder of ['', ...(await filesIn(draft)).folders])
      await nodeDisk.syncFolder(join(draft, folder));
    await rename(draft, to);
    await nodeDisk.syncFolder(dirname(to));
    return { manifest, entries, erased, data: join(to, DATA), complete: manifest.keys !== 'none' };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Before anything is written: a passphrase that is missing or wrong costs nothing then. */
async function sealedKeys(
  backup: string,
  { keys }: Manifest,
  passphrase: string | undefined,
): Promise<KeyFiles> {
  if (keys !== 'sealed') return new Map();
  if (passphrase !== undefined)
    return openKeys(await readFile(join(backup, SEALED_KEYS), 'utf8'), passphrase);
  throw new Problem(
    'usage',
    'the keys in this backup are sealed under a passphrase',
    'Name the file that it is in with --passphrase-file.',
  );
}

/** What is written is hashed again: a file that was changed since it was checked is not taken. */
async function copyFiles(draft: string, options: RestoreOptions, { files }: Manifest): Promise<void> {
  for (const { path, sha256 } of files) {
    const place = placeOf(path);
    if (path === SEALED_KEYS || (options.ledger !== undefined && path.startsWith('data/ledger/'))) continue;
    const file = join(draft, place);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await copyFile(join(options.backup, path), file);
    if ((await digestOf(file)).sha256 !== sha256)
      throw new Problem('findings', `${path} changed while it was read`, 'Nothing was restored.');
  }
}

const placeOf = (path: string): string =>
  path.startsWith('data/') ? `${DATA}/${path.slice(5)}` : path.replace(/^config\//, '');

async function copyNewer(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    if (entry.isFile() && !NOT_COPIED.test(name)) await copyFile(join(from, name), join(to, name));
  }
}

async function write(draft: string, path: string, bytes: Buffer): Promise<void> {
  const file = join(draft, placeOf(path));
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx', flush: true });
}
