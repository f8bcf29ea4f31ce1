import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Checkpoint } from '../../audit/checkpoint.ts';
import { HISTORY } from '../../audit/history.ts';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { copyLedger } from '../../ledger/copy.ts';
import { copyFile } from '../../ledger/copy-file.ts';
import { nodeDisk } from '../../ledger/disk.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { defenceFolder } from '../../settings/data-places.ts';
import { copyDatabase } from '../../store/copy.ts';
import { vaultPaths } from '../../vault/vault.ts';
import { dataPaths } from '../data-folder.ts';
import { checkPassphrase } from '../passphrase.ts';
import {
  digestOf,
  filesIn,
  formatManifest,
  isInside,
  MANIFEST,
  type Manifest,
  SEALED_KEYS,
  sha256Of,
} from './manifest.ts';
import { sealKeys } from './sealed-keys.ts';
import { requireLedger } from './verify.ts';

/** A file of the configuration, as it was read. */
export interface ConfigurationFile {
  readonly path: string;
  readonly text: string;
  /** It holds a secret in clear, so it goes where keys go. */
  readonly secret: boolean;
}

export interface BackupOptions {
  /** The data folder. */
  readonly data: string;
  /** `gatehouse.yaml` first. */
  readonly configuration: readonly ConfigurationFile[];
  /** Folder to make. */
  readonly to: string;
  /** What becomes of keys and of files with secrets. */
  readonly keys: 'none' | 'plain' | { readonly passphrase: string };
  /** Of Gatehouse. */
  readonly version: string;
  readonly clock: Clock;
  /** Called with the whole backup, before it has its name. */
  readonly record: (made: Backup) => Promise<void>;
}

export interface Backup {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes, hex: it stands for all of the backup. */
  readonly hash: string;
  /** Files that were left out because they hold secrets. */
  readonly leftOut: readonly string[];
}

/**
 * Makes a backup while a gateway may be running. It has its name only when it is whole, durable and recorded. Throws a
 * Problem; then nothing is left.
 */
export async function createBackup(options: BackupOptions): Promise<Backup> {
  const { to, keys } = options;
  if (existsSync(to)) throw new Problem('usage', `${to} is there already`, 'Name a folder that is not.');
  if (typeof keys === 'object') checkPassphrase(keys.passphrase);
  const draft = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}.partial`);
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    const backup = await fill(draft, options);
    await options.record(backup);
    await rename(draft, to);
    await nodeDisk.syncFolder(dirname(to));
    return backup;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (error instanceof Problem || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Problem('environment', `cannot write the backup ${to} (${code})`, 'Nothing was left.', error);
  }
}

/**
 * The order matters while a gateway works. What the ledger names is there: content is durable before the entry that
 * names it, and keys before content. What was erased is gone from the keys, or its entry is still to come.
 */
async function fill(draft: string, options: BackupOptions): Promise<Backup> {
  const { data, configuration, keys, version, clock } = options;
  const source = { ...dataPaths(data), vault: vaultPaths(data) };
  const at = (path: string) => join(draft, 'data', path);
  const created = new Date(clock.now()).toISOString();
  await mkdir(join(draft, 'data'), { mode: 0o700 });
  const ledger = await copyWhole(ledgerPaths(data).folder, at('ledger'));
  await copyFolder(source.vault.content, at('content'));
  await copyFolder(defenceFolder(data), at('defence'));
  if (existsSync(source.vault.keys)) copyDatabase(source.vault.keys, at('vault.sqlite'));
  copyDatabase(source.store, at('gatehouse.sqlite'));

  const open = configuration.filter(({ secret }) => !secret || keys === 'plain');
  const secrets = configuration.filter((file) => !open.includes(file));
  const place = placesFor(configuration);
  for (const file of open) await write(draft, place(file), Buffer.from(file.text));
  if (keys === 'plain') {
    for (const [path, bytes] of await keysOf(data)) await write(draft, path, bytes);
  } else if (keys !== 'none') {
    const files = await keysOf(data);
    for (const file of secrets) files.set(place(file), Buffer.from(file.text));
    for (const path of files.keys()) requireRestorable(path);
    await write(draft, SEALED_KEYS, Buffer.from(sealKeys(files, keys.passphrase)));
  }

  const { files, folders } = await filesIn(draft);
  const manifest: Manifest = {
    kind: 'gatehouse-backup',
    v: 1,
    created,
    gatehouse: version,
    ledger: { ...ledger },
    keys: typeof keys === 'object' ? 'sealed' : keys,
    files: [],
  };
  for (const path of files) requireRestorable(path);
  for (const path of files) manifest.files.push({ path, ...(await digestOf(join(draft, path))) });
  const text = formatManifest(manifest);
  await write(draft, MANIFEST, Buffer.from(text));
  for (const folder of ['', ...folders]) await nodeDisk.syncFolder(join(draft, folder));
  const leftOut = keys === 'none' ? secrets.map(({ path }) => path) : [];
  return { manifest, hash: sha256Of(text), leftOut };
}

/**
 * A ledger that is damaged is found now, not when it is needed. Where the start of it was archived meanwhile, files are
 * missing that the copy began with: then it is copied again. That ends, since archiving does.
 */
async function copyWhole(from: string, to: string): Promise<Checkpoint> {
  for (;;) {
    const start = await startOf(from);
    try {
      const copied = await copyLedger(from, to);
      await requireLedger(to);
      return copied;
    } catch (error) {
      if ((await startOf(from)) === start) throw error;
      await rm(to, { recursive: true });
    }
  }
}

/**
 * What archiving changes: it replaces the history, and removes the first segments, then the first trees. What cannot be
 * read is for the copy to say.
 */
async function startOf(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).sort();
  const firsts = ['.jsonl', '.tree'].map((end) => names.find((name) => name.endsWith(end)));
  const history = await stat(join(folder, HISTORY)).catch(() => undefined);
  return `${firsts.join(' ')} ${history?.ino}`;
}

/** Throws Problem('usage') for a name that {@link isInside} would refuse when the backup is needed. */
function requireRestorable(path: string): void {
  if (isInside(path)) return;
  throw new Problem(
    'usage',
    `${JSON.stringify(path)} has a name that no backup can hold`,
    'Rename the file: without “:”, “\\” and control characters, in at most 1000 characters with its folders.',
  );
}

/**
 * Segments of sealed content, of which one that retention removes meanwhile is no loss; and what monitors remember, whose files
 * are replaced whole.
 */
async function copyFolder(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { mode: 0o700 });
  for (const name of (await readdir(from)).filter((one) => !one.endsWith('.tmp'))) {
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

/** Files of the configuration keep their places beside `gatehouse.yaml`; those from elsewhere keep their whole path. */
function placesFor([settings]: readonly ConfigurationFile[]): (file: ConfigurationFile) => string {
  const home = dirname(settings?.path ?? '');
  return ({ path }) => {
    const near = relative(home, path);
    const inside = !near.startsWith('..') && !isAbsolute(near);
    const place = inside ? `config/${near}` : `elsewhere/${path.replace(/^[A-Za-z]:|^[\\/]+/g, '')}`;
    return place.split(sep).join('/');
  };
}

async function keysOf(data: string): Promise<Map<string, Buffer>> {
  const folder = dirname(ledgerPaths(data).keys);
  const files = new Map<string, Buffer>();
  // The lock of those who change signing keys is a folder.
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const { name } = entry;
    if (entry.isFile() && !name.endsWith('.tmp'))
      files.set(`data/keys/${name}`, await readFile(join(folder, name)));
  }
  return files;
}

async function write(draft: string, path: string, bytes: Buffer): Promise<void> {
  const file = join(draft, path);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, bytes, { mode: 0o600, flag: 'wx', flush: true });
}
