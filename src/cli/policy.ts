import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { Flawed } from '../base/flawed.ts';
import { checkPolicy } from '../gateway/build-house.ts';
import { openOpinions } from '../gateway/opinions.ts';
import { unpricedModels, unpricedNote } from '../gateway/unpriced.ts';
import { checkVault } from '../gateway/vault.ts';
import { GUARD_KINDS } from '../guards/index.ts';
import { openMeans } from '../runtime/means.ts';
import type { CliIo } from './io.ts';
import { loadSettings, settingsPath, shown } from './load.ts';
import { loadPolicy } from './load-policy.ts';
import { addAsking } from './policy-ask.ts';
import { addChanging } from './policy-change.ts';

export function policyCommand(io: CliIo): Command {
  const policy = new Command('policy').description(
    'check, compare, apply and show the policy, and ask what it decides',
  );
  policy
    .command('check')
    .description('say whether a policy can be used, with all of its guards and patterns')
    .argument('[FILE]', 'policy (default: the one that gatehouse.yaml names)')
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 it can be used, 3 it cannot (every error is named with line and column).

Examples:
  gatehouse policy check
  gatehouse policy check next-policy.yaml`,
    )
    .action(async (given: string | undefined, options: { config?: string; json?: boolean }) => {
      const place = settingsPath(io, options.config);
      const settings = given === undefined || existsSync(place) ? await loadSettings(io, place) : undefined;
      const file = given === undefined ? (settings?.policy ?? '') : resolve(io.cwd, given);
      const read = await loadPolicy(io, file).catch((error) => {
        if (options.json === true && error instanceof Flawed)
          io.json({ file, ok: false, flaws: error.flaws });
        throw error;
      });
      const shipped = openMeans();
      const means = settings && openOpinions(settings, shipped, systemClock.tick).means;
      checkPolicy(read, { kinds: GUARD_KINDS, means: means ?? shipped, clock: systemClock });
      if (settings !== undefined) checkVault({ settings, policy: read });
      const guards = read.guards.map(({ name }) => name);
      const unpriced = settings === undefined ? [] : unpricedModels(settings, read);
      if (options.json === true)
        return io.json({ file, ok: true, hash: read.hash, roles: [...read.roles.keys()], guards, unpriced });
      io.out(
        `${shown(io, file)} is fine: roles ${[...read.roles.keys()].join(', ')}; guards ${guards.join(', ') || 'none'}.`,
      );
      io.out(`sha256 ${read.hash}`);
      const note = unpricedNote(unpriced);
      if (note !== undefined) io.out(note);
    });
  policy
    .command('guards')
    .description('the kinds of guards that a policy can use')
    .option('--json', 'as JSON, with the schema of their settings')
    .addHelpText('after', '\nExamples:\n  gatehouse policy guards\n  gatehouse policy guards --json')
    .action((options: { json?: boolean }) => {
      if (options.json === true)
        return io.json(GUARD_KINDS.map(({ kind, about, settings }) => ({ kind, about, settings })));
      for (const { kind, about } of GUARD_KINDS) io.out(`${kind.padEnd(12)}${about}`);
    });
  addAsking(policy, io);
  addChanging(policy, io);
  return policy;
}
