import type { Command } from 'commander';

/** Options that say where signing keys are, and what opens them. */
export interface KeyPlaceOptions {
  readonly config?: string;
  readonly keys?: string;
  readonly passphraseFile?: string;
}

export const withKeyPlace = (command: Command): Command =>
  command
    .option('-c, --config <FILE>', 'settings, whose data folder has the keys (default: gatehouse.yaml)')
    .option('--keys <DIR>', 'a folder with keys, apart from any gateway')
    .option('--passphrase-file <FILE>', 'file with the passphrase of the private key');
