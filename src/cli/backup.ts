import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Problem } from '../base/problem.ts';
import { erasuresIn } from '../gateway/vault.ts';
import { type ConfigurationFile, createBackup } from '../lifecycle/backup/create.ts';
import { restoreBackup } from '../lifecycle/backup/restore.ts';
import { verifyBackup } from '../lifecycle/backup/verify.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { SealedModels } from '../lifecycle/models/sealed-models.ts';
import { askAdmin } from './admin.ts';
import { passphraseIn } from './bytes.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { loadPolicy } from './load-policy.ts';
import { counted } from './numbers.ts';
import { holdsSecret, secretsIn } from './secrets.ts';

interface Common {
  readonly json?: boolean;
  readonly manifest?: string;
  readonly passphraseFile?: string;
}

interface CreateOptions extends Common {
  readonly config?: string;
  readonly to: string;
  readonly withKeys?: boolean;
}

interface RestoreOptions extends Common {
  readonly archive?: string;
  readonly to: string;
  readonly ledger?: string;
}

/** `backup create|verify|restore`. */
export function backupCommand(io: CliIo, version: string): Command {
  const backup = new Command('backup').description(
    'back up a gateway while it runs, check a backup, restore it',
  );
  const verb = (usage: string, about: string, examples: readonly string[], codes: string) =>
    backup
      .command(usage)
      .description(about)
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: ${codes}.\n\nExamples:\n${examples.map((example) => `  gatehouse backup ${example}`).join('\n')}`,
      );

  verb(
    'create',
    'copy ledger, database, sealed content and configuration into a new folder, with a manifest',
    [
      'create --to /backup/2026-11-21',
      'create --to /backup/2026-11-21 --passphrase-file ~/backup.pass',
      'create --to /backup/2026-11-21 --with-keys --json',
    ],
    '0 made and recorded, 1 the ledger is damaged, or recording it was refused, 3 the folder is there, 4 a disk fails',
  )
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .requiredOption('--to <DIR>', 'folder to make')
    .option('--passphrase-file <FILE>', 'add keys and secret files, sealed under the passphrase in this file')
    .option('--with-keys', 'add keys and secret files in clear: keep the backup as you keep them')
    .action((options: CreateOptions) => create(io, options, version));

  verb(
    'verify <BACKUP>',
    'check every file, the ledger and the databases of a backup; changes nothing',
    ['verify /backup/2026-11-21', 'verify /backup/2026-11-21 --manifest 4f0c…'],
    '0 as it was made, 1 something was changed, 2 no backup, or not a whole one, 4 it cannot be read, or is newer',
  )
    .option('--manifest <SHA256>', 'what its manifest must hash to, as the ledger says (kind system.backup)')
    .action(async (place: string, options: Common) => {
      const { manifest, hash } = await verifyBackup(resolve(io.cwd, place), options.manifest);
      const { files, created, ledger, keys } = manifest;
      if (options.json === true)
        return io.json({ ok: true, hash, created, ledger, keys, files: files.length });
      io.out(`${place} is as it was made at ${created}: ${files.length} files, ${ledger.size} entries.`);
      io.out(`sha256 ${hash}`);
    });

  verb(
    'restore <BACKUP>',
    'make a folder with configuration and data out of a backup',
    [
      'restore /backup/2026-11-21 --to /srv/gatehouse',
      'restore /backup/2026-11-21 --to /srv/gatehouse --passphrase-file ~/backup.pass --ledger /mirror/ledger',
    ],
    '0 restored, 1 something was changed, or it is another passphrase, 2 no backup, 3 the folder is not empty, 4 a disk fails',
  )
    .requiredOption('--to <DIR>', 'folder to make; empty if it is there')
    .option('--ledger <DIR>', 'a ledger that has grown since, kept in place of the one in the backup')
    .option('--archive <DIR>', 'segments of the ledger that were archived before: they may tell of erasures')
    .option('--passphrase-file <FILE>', 'file with the passphrase of its keys')
    .option('--manifest <SHA256>', 'what its manifest must hash to')
    .action((place: string, options: RestoreOptions) => restore(io, place, options));
  return backup;
}

async function create(io: CliIo, options: CreateOptions, version: string): Promise<void> {
  if (options.withKeys === true && options.passphraseFile !== undefined)
    throw new Problem('usage', 'keys go into a backup in clear or sealed, not both');
  const passphrase = passphraseIn(io, options.passphraseFile);
  const { data, configuration } = await readConfiguration(io, settingsPath(io, options.config));
  const { manifest, hash, leftOut } = await createBackup({
    data,
    configuration,
    to: resolve(io.cwd, options.to),
    keys: passphrase !== undefined ? { passphrase } : options.withKeys === true ? 'plain' : 'none',
    version,
    clock: systemClock,
    async record({ hash, manifest: { ledger, keys } }) {
      const { size: entries, root } = ledger;
      const body = { manifest: hash, root, keys, ...(entries > 0 && { entries }) };
      await askAdmin(io, options.config, 'POST', '/admin/v1/backups', body);
    },
  });
  const { files, ledger, keys } = manifest;
  const sealed = await new SealedModels(dataPaths(data).models).keys();
  const models = [...sealed.values()].reduce((sum, count) => sum + count, 0);
  if (options.json === true)
    return io.json({
      backup: options.to,
      hash,
      ledger,
      keys,
      files: files.length,
      left_out: leftOut,
      models_left_out: models,
    });
  io.out(`${options.to}: ${files.length} files, ${ledger.size} entries of the ledger.`);
  io.out(`sha256 ${hash}`);
  if (keys === 'none') io.out('Keys are not in it: back up the folder keys/ once, apart from it.');
  for (const path of leftOut) io.out(`${shown(io, path)} is not in it: it holds a secret.`);
  if (models > 0)
    io.out(
      `${counted(models, 'sealed model')} not in it: copy ${shown(io, dataPaths(data).models)} beside it, or keep the originals.`,
    );
}

async function restore(io: CliIo, place: string, options: RestoreOptions): Promise<void> {
  const archive = options.archive === undefined ? undefined : resolve(io.cwd, options.archive);
  const { manifest, entries, erased, data, complete } = await restoreBackup({
    backup: resolve(io.cwd, place),
    to: resolve(io.cwd, options.to),
    ledger: options.ledger === undefined ? undefined : resolve(io.cwd, options.ledger),
    archive,
    expected: options.manifest,
    passphrase: passphraseIn(io, options.passphraseFile),
    erasures: (folder) => erasuresIn(folder, archive)(0),
  });
  if (options.json === true)
    return io.json({
      restored: options.to,
      data,
      created: manifest.created,
      entries,
      erased,
      keys: complete,
    });
  io.out(`${options.to} is as it was at ${manifest.created}; its ledger has ${entries} entries.`);
  if (erased > 0) io.out(`${erased} keys of sealed content were destroyed again: the ledger says so.`);
  if (!complete) io.out(`Put your keys into ${shown(io, data)}/keys before you start it.`);
  io.out(`Its data is in ${shown(io, data)}: move it, if "data" in gatehouse.yaml says another place.`);
}

/** Every file of the configuration as it was read, and which of them hold a secret of the settings in clear. */
async function readConfiguration(io: CliIo, file: string) {
  const texts = new Map<string, string>();
  const read = (path: string) => {
    const text = io.read(path);
    texts.set(path, text);
    return text;
  };
  const settings = await loadSettings({ ...io, read }, file);
  await loadPolicy({ ...io, read }, settings.policy);
  const secrets = secretsIn(settings);
  const configuration = [...texts].map(
    ([path, text]): ConfigurationFile => ({
      path,
      text,
      secret: holdsSecret(text, secrets),
    }),
  );
  return { data: settings.data, configuration };
}
