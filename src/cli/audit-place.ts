import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ledgerPaths, PUBLIC_KEYS } from '../ledger/init.ts';
import type { CliIo } from './io.ts';

/** Options that say which ledger is meant. */
export interface PlaceOptions {
  readonly data?: string;
  readonly ledger?: string;
}

export const DATA_FOLDER = './gatehouse-data';

export const withPlace = (command: Command): Command =>
  command
    .option('-d, --data <DIR>', `data folder, whose ledger/ is read (default: ${DATA_FOLDER})`)
    .option('-l, --ledger <DIR>', 'the ledger folder itself, such as a copy');

export const ledgerFolder = (io: CliIo, { data, ledger }: PlaceOptions): string =>
  ledger === undefined ? ledgerPaths(resolve(io.cwd, data ?? DATA_FOLDER)).folder : resolve(io.cwd, ledger);

/** Where segments are that are not in the ledger's folder any more. */
export interface ArchiveOption {
  readonly archive?: string;
}

export const withArchive = (command: Command): Command =>
  command.option('-a, --archive <DIR>', 'folder of archived segments, read in front of those that are here');

export const archiveFolder = (io: CliIo, { archive }: ArchiveOption): string | undefined =>
  archive === undefined ? undefined : resolve(io.cwd, archive);

/** The public key file named, or the one beside the ledger. */
export const keyFile = (io: CliIo, folder: string, key: string | undefined): string =>
  key === undefined ? join(folder, PUBLIC_KEYS) : resolve(io.cwd, key);
