import { Command } from 'commander';
import { askIssuers, checkIdentity } from '../gateway/identity/identity.ts';
import { askProviders } from '../gateway/people/oidc/provider.ts';
import { checkPredictions } from '../gateway/predict/predictions.ts';
import { unpricedModels, unpricedNote } from '../gateway/unpriced.ts';
import { checkVault } from '../gateway/vault.ts';
import { watchedRules } from '../gateway/watch/rules.ts';
import { witnessPlaces } from '../witness/places.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { loadPolicy } from './load-policy.ts';

export function configCommand(io: CliIo): Command {
  const config = new Command('config').description(
    'check and show the process settings, and what can be asked of a gateway',
  );
  config
    .command('check')
    .description('say whether gatehouse.yaml can be used')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('--online', 'also ask each identity provider for its keys, or what it says of itself')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 it can be used, 3 it cannot (every error is named with line and column).\n\nExamples:\n  gatehouse config check\n  gatehouse config check --online\n  gatehouse config check -c /etc/gatehouse/gatehouse.yaml',
    )
    .action(async (options: { config?: string; json?: boolean; online?: boolean }) => {
      const file = settingsPath(io, options.config);
      const settings = await loadSettings(io, file);
      const names = Object.keys(settings.upstreams);
      watchedRules(settings.detections);
      witnessPlaces(settings.ledger.witnesses?.who ?? []);
      // The policy has a check of its own: without one that can be used there is nothing to say of prices.
      const policy = await loadPolicy(io, settings.policy).catch(() => undefined);
      checkPredictions(settings, policy?.predictions);
      if (policy !== undefined) {
        checkIdentity(settings, policy);
        checkVault({ settings, policy });
      }
      if (options.online === true) {
        await askIssuers(settings.identity.issuers);
        await askProviders(settings.people.oidc);
      }
      const unpriced = policy === undefined ? [] : unpricedModels(settings, policy);
      if (options.json === true) return io.json({ file, ok: true, upstreams: names, unpriced });
      io.out(
        `${shown(io, file)} is fine: ${names.length} upstream${names.length === 1 ? '' : 's'} (${names.join(', ')}).`,
      );
      const note = unpricedNote(unpriced);
      if (note !== undefined) io.out(note);
    });
  config
    .command('show')
    .description('the settings with every default filled in; secrets are not shown')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('--json', 'as JSON (also without this)')
    .addHelpText('after', '\nExamples:\n  gatehouse config show')
    .action(async (options: { config?: string }) => {
      const { routes: _, ...settings } = await loadSettings(io, settingsPath(io, options.config));
      io.json(settings);
    });
  config
    .command('openapi')
    .description('what can be asked of a gateway over HTTP, as an OpenAPI document')
    .option('--json', 'as JSON (also without this)')
    .addHelpText(
      'after',
      '\nA gateway says the same of itself: GET /admin/v1/openapi.json.\n\nExamples:\n  gatehouse config openapi > openapi.json',
    )
    .action(async () => {
      const { apiDocument } = await import('../gateway/admin/admin.ts');
      io.json(apiDocument());
    });
  return config;
}
