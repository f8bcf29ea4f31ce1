import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { checkPolicy } from '../gateway/build-house.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { detectUpstreams } from '../lifecycle/detect.ts';
import { writeConfiguration } from '../lifecycle/first-run.ts';
import { openMeans } from '../runtime/means.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { loadPolicy } from './load-policy.ts';
import { openData } from './start.ts';
import { keyLines } from './welcome.ts';

export function initCommand(io: CliIo): Command {
  return new Command('init')
    .description('make settings, policy, keys and ledger, without starting the gateway')
    .option('-c, --config <FILE>', 'settings to make or use (default: gatehouse.yaml)')
    .option('--json', 'say what was made as JSON')
    .addHelpText(
      'after',
      `
What is there already is left as it is. The first keys are shown once.

Examples:
  gatehouse init
  gatehouse init --config /etc/gatehouse/gatehouse.yaml`,
    )
    .action(async (options: { config?: string; json?: boolean }) => {
      const file = settingsPath(io, options.config);
      const detection = await detectUpstreams(io.env);
      const written = (await writeConfiguration(file, detection)).map((path) => shown(io, path));
      const settings = await loadSettings(io, file);
      checkPolicy(await loadPolicy(io, settings.policy), {
        kinds: GUARD_KINDS,
        means: openMeans(),
        clock: systemClock,
      });
      const data = await openData(settings);
      await data.close();
      const made = [...written, ...(data.folder.created ? [shown(io, settings.data)] : [])];
      const { first } = data;
      if (options.json === true)
        return io.json({ made, ...(first && { keys: { admin: first.admin, app: first.app } }) });
      io.out(made.length === 0 ? 'Everything is in place.' : `Made ${made.join(', ')}.`);
      if (first !== undefined) io.out(`\n${keyLines(first).join('\n')}`);
      io.out('\nStart with: gatehouse serve');
    });
}
