import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Problem } from '../base/problem.ts';
import { ledgerPaths } from '../ledger/init.ts';
import { KeyFolder } from '../lifecycle/signing-keys/key-folder.ts';
import {
  type KeySealer,
  masterSealer,
  type Openers,
  passphraseSealer,
} from '../lifecycle/signing-keys/sealer.ts';
import { type Masters, openMasters } from '../vault/masters.ts';
import { askAdmin } from './admin.ts';
import { passphraseIn } from './bytes.ts';
import type { CliIo } from './io.ts';
import type { KeyPlaceOptions } from './key-options.ts';
import { loadSettings, settingsPath } from './load.ts';

/** Signing keys, and with what they are sealed and opened. */
export interface KeyPlace extends AsyncDisposable {
  readonly folder: KeyFolder;
  readonly openers: Openers;
  /** Throws Problem('usage') where there is neither a master key nor a passphrase: no private key lies in clear. */
  sealer(): KeySealer;
}

/**
 * The keys in the data folder of a gateway, whose ledger has every change to them; or in a folder of their own.
 * Throws Problem.
 */
export async function openKeyPlace(io: CliIo, options: KeyPlaceOptions): Promise<KeyPlace> {
  const passphrase = passphraseIn(io, options.passphraseFile);
  if (options.keys !== undefined) {
    if (options.config !== undefined)
      throw new Problem('usage', 'keys are in a folder of their own or in a gateway’s, not both');
    return place(new KeyFolder(resolve(io.cwd, options.keys)), passphrase, undefined);
  }
  const config = settingsPath(io, options.config);
  if (options.config === undefined && !existsSync(config))
    throw new Problem(
      'usage',
      'there is no gatehouse.yaml here, whose data folder would have the keys',
      'Name it with --config, or a folder for keys with --keys.',
    );
  const settings = await loadSettings(io, config);
  const masters = settings.vault && (await openMasters(settings.vault));
  const folder = new KeyFolder(
    dirname(ledgerPaths(settings.data).keys),
    async ({ act, name, version, hints }) => {
      await askAdmin(io, options.config, 'POST', '/admin/v1/signing-keys', {
        act,
        name,
        version,
        keys: hints.join(' '),
      });
    },
  );
  return place(folder, passphrase, masters);
}

const place = (
  folder: KeyFolder,
  passphrase: string | undefined,
  masters: Masters | undefined,
): KeyPlace => ({
  folder,
  openers: { masters, passphrase },
  sealer() {
    if (passphrase !== undefined) return passphraseSealer(passphrase);
    if (masters !== undefined) return masterSealer(masters);
    throw new Problem(
      'usage',
      'there is nothing to seal the private key with',
      'Set vault.masters in gatehouse.yaml, or name a passphrase with --passphrase-file.',
    );
  },
  async [Symbol.asyncDispose]() {
    masters?.close();
  },
});
