import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { Problem } from '../base/problem.ts';
import { dataPaths } from '../lifecycle/data-folder.ts';
import { keptAs, planUpgrade, tryUpgrade } from '../store/upgrade.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { openData } from './start.ts';

interface UpgradeOptions {
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `upgrade [--dry-run]`: the database to this version’s schema. */
export function upgradeCommand(io: CliIo): Command {
  return new Command('upgrade')
    .description('bring the database to this version’s schema, as the next start would; keeps a copy')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('--dry-run', 'run all steps on a copy, check it, change nothing; works while a gateway runs')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
All steps are done, or none. The database as it was is kept beside it (gatehouse.sqlite.before-N).
Exit codes: 0 done, or nothing to do; 4 a step fails, the database is newer, or a gateway is running.

Examples:
  gatehouse upgrade --dry-run
  gatehouse upgrade`,
    )
    .action((options: UpgradeOptions) => upgrade(io, options));
}

async function upgrade(io: CliIo, options: UpgradeOptions): Promise<void> {
  const settings = await loadSettings(io, settingsPath(io, options.config));
  const { store } = dataPaths(settings.data);
  if (!existsSync(store))
    throw new Problem('usage', `there is no database ${shown(io, store)}`, 'The first start makes one.');
  const { present, wanted, steps } = planUpgrade(store);
  const due = present < wanted;
  const kept = due && options.dryRun !== true ? keptAs(store, wanted) : null;
  if (due && options.dryRun === true) tryUpgrade(store);
  if (due && options.dryRun !== true) await (await openData(settings)).close();
  if (options.json === true)
    return io.json({ present, wanted, steps, dry_run: options.dryRun === true, kept });

  io.out(`${shown(io, store)} has schema ${present}; this version wants ${wanted}.`);
  for (const { to, does } of steps) io.out(`  ${to}: ${does.join(', ')}`);
  if (!due) io.out('There is nothing to do.');
  else if (kept === null) io.out('All of it works on a copy. Nothing was changed.');
  else io.out(`Done. As it was: ${shown(io, kept)}`);
}
