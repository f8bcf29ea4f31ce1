import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { counted } from './numbers.ts';

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

interface ContentShown {
  readonly kind: string;
  readonly id: string;
  readonly time: string;
  readonly recorded: boolean;
  readonly failed: 'tampered' | 'erased' | null;
  readonly text: string | null;
}

interface StatusShown {
  readonly current: string;
  readonly masters: readonly {
    readonly name: string;
    readonly kind: string;
    readonly keys: number;
    readonly models: number;
    readonly verified: boolean;
  }[];
  readonly missing: readonly string[];
  readonly months: number;
  readonly subjects: number;
  readonly bytes: number;
}

const VAULT = '/admin/v1/vault';

/** `vault status|rotate|unseal|erase…`: over the control socket of a running gateway, or on its data folder. */
export function vaultCommand(io: CliIo): Command {
  const vault = new Command('vault').description('sealed prompts and replies, and their keys');
  const verb = (name: string, about: string, examples: readonly string[]) =>
    vault
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  gatehouse vault ${example}`).join('\n')}`,
      );
  const post = (options: Common, act: string, body: JsonObject) =>
    askAdmin(io, options.config, 'POST', `${VAULT}/${act}`, body);

  verb('status', 'master keys and what they wrap', ['status', 'status --json']).action(
    async (options: Common) => {
      const status = await askAdmin(io, options.config, 'GET', VAULT);
      if (options.json === true) return io.json(status);
      const { masters, missing, current, months, subjects, bytes } = status as unknown as StatusShown;
      for (const { name, kind, keys, models, verified } of masters) {
        const state = `${verified ? 'fine' : 'does not answer'}${name === current ? ', wraps new keys' : ''}`;
        const sealed = models === 0 ? '' : ` and those of ${counted(models, 'sealed model')}`;
        io.out(`${name} (${kind}): wraps ${keys} keys${sealed}, ${state}`);
      }
      for (const name of missing)
        io.out(`${name}: NOT THERE, and sealed models need it; put it back into vault.masters`);
      io.out(`${months} keys of months, ${subjects} of data subjects, ${bytes} bytes of sealed content`);
    },
  );

  const rotate = async (options: Common, every: boolean) => {
    let keys = 0;
    let after = '';
    for (let next: unknown = ''; next !== null; ) {
      const body = { after, ...(every && { every: true }) };
      const answer = await post(options, 'rotate', body);
      keys += Number(answer.keys);
      next = answer.next;
      after = String(next);
    }
    if (options.json === true) io.json({ keys });
    else io.out(`${keys} keys wrapped anew.`);
  };
  verb('rotate', 'wrap all keys under the current master key, while requests go on; may be begun again', [
    'rotate',
  ]).action((options: Common) => rotate(options, false));
  verb(
    'rewrap',
    'wrap all keys anew, also those under the current master key: after its service has a new version',
    ['rewrap'],
  ).action((options: Common) => rotate(options, true));

  verb('unseal', 'read what is sealed of a request; that you did is recorded', [
    'unseal --request req_01m3…',
    'unseal --request req_01m3… --json',
  ])
    .requiredOption('--request <ID>', 'id of the request, as the ledger and its answer have it')
    .action(async (options: Common & { request: string }) => {
      const path = `${VAULT}/content/${encodeURIComponent(options.request)}`;
      const answer = await askAdmin(io, options.config, 'GET', path);
      const content = answer.content as unknown as ContentShown[];
      if (options.json === true) io.json(answer);
      else for (const one of content) io.out(`${titleOf(one)}\n${one.text ?? ''}`);
      if (content.some(({ failed }) => failed === 'tampered')) {
        throw new Problem('findings', 'some of it was changed, or is not complete');
      }
    });

  verb('erase', 'destroy the keys of a person’s content, or of a team’s in a month, for good', [
    'erase --subject customer-4711',
    'erase --team web --month 2026-10',
  ])
    .option('--subject <ID>', 'the person, as x-gatehouse-subject names them')
    .option('--team <TEAM>', 'the team')
    .option('--month <MONTH>', 'the month (UTC), such as 2026-10')
    .action(async (options: Common & { subject?: string; team?: string; month?: string }) => {
      const { subject, team, month } = options;
      const body = { ...(subject && { subject }), ...(team && { team }), ...(month && { month }) };
      const answer = await post(options, 'erase', body);
      if (options.json === true) io.json(answer);
      else io.out(`${answer.keys} keys destroyed. The ledger says so.`);
    });

  verb('restore-erasures', 'do again every erasure that the ledger tells of, after a restore from backup', [
    'restore-erasures',
  ]).action(async (options: Common) => {
    const answer = await post(options, 'restore-erasures', {});
    if (options.json === true) io.json(answer);
    else io.out(`${answer.keys} keys destroyed again.`);
  });
  return vault;
}

function titleOf({ kind, id, time, recorded, failed }: ContentShown): string {
  const state = failed === 'erased' ? 'erased' : failed === 'tampered' ? 'CHANGED: does not open' : '';
  const known = recorded ? '' : 'the ledger does not name it';
  return `── ${[kind, time, id, state, known].filter((word) => word !== '').join(' · ')}`;
}
