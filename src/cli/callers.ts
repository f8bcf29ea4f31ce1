import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { askAdmin } from './admin.ts';
import { addVouchedVerbs, type IdentityShown, identityRows, pathOf } from './callers-vouched.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

interface KeyShown {
  readonly id: string;
  readonly state: string;
  readonly expires: string | null;
}

interface CallerShown {
  readonly id: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly disabled: string | null;
  readonly keys: readonly KeyShown[];
}

/** `callers create|list|rotate|revoke…`: over the control socket of a running gateway, or on its data folder. */
export function callersCommand(io: CliIo): Command {
  const callers = new Command('callers').description('people’s and programs’ keys');
  const verb = (name: string, about: string, examples: readonly string[]) =>
    callers
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  gatehouse callers ${example}`).join('\n')}`,
      );

  verb('create', 'make a caller and its first key, which is shown once', [
    'create shop-bot',
    'create shop-bot --team web --owner ann@example.com --expires 90d',
    'create ops --role admin --tag env=prod',
  ])
    .argument('<NAME>', 'name of the caller')
    .option('--owner <OWNER>', 'who answers for it (default: its name)')
    .option('--team <TEAM>', 'its team (default: default)')
    .option('--role <ROLE...>', 'its roles in the policy (default: app)')
    .option('--tag <NAME=VALUE...>', 'tags; NAME alone is NAME=true')
    .option('--expires <WHEN>', 'when its key ends: 90d, or 2027-01-31')
    .action(
      async (
        name: string,
        options: Common & {
          owner?: string;
          team?: string;
          role?: string[];
          tag?: string[];
          expires?: string;
        },
      ) => {
        const { owner, team, role: roles, tag, expires } = options;
        const tags = Object.fromEntries((tag ?? []).map(splitTag));
        const body = { name, owner, team, roles, expires, ...(tag !== undefined && { tags }) };
        showKey(io, options, await askAdmin(io, options.config, 'POST', '/admin/v1/callers', defined(body)));
      },
    );

  verb('list', 'all callers, the state of their keys, and who was seen with a token or a certificate', [
    'list',
    'list --json',
  ]).action(async (options: Common) => {
    const { callers: list } = (await askAdmin(io, options.config, 'GET', '/admin/v1/callers')) as unknown as {
      callers: CallerShown[];
    };
    const { identities } = (await askAdmin(io, options.config, 'GET', '/admin/v1/identities')) as unknown as {
      identities: IdentityShown[];
    };
    if (options.json === true) return io.json([...list, ...identities]);
    const rows = [...rowsOf(list), ...identityRows(identities)];
    io.out(
      rows.length === 0
        ? 'No callers yet: gatehouse callers create NAME'
        : table([['NAME', 'ID', 'TEAM', 'ROLES', 'STATE', 'KEYS'], ...rows]),
    );
  });

  verb('show', 'one caller', ['show shop-bot'])
    .argument('<NAME>', 'name or id')
    .action(async (name: string, options: Common) =>
      io.json(await askAdmin(io, options.config, 'GET', pathOf(name))),
    );

  verb('rotate', 'make a new key, shown once; the old ones go on for a while', [
    'rotate shop-bot',
    'rotate shop-bot --overlap 0s',
  ])
    .argument('<NAME>', 'name or id')
    .option('--overlap <TIME>', 'how long the old keys go on (default: 24h)')
    .option('--expires <WHEN>', 'when the new key ends')
    .action(async (name: string, options: Common & { overlap?: string; expires?: string }) => {
      const { overlap, expires } = options;
      showKey(
        io,
        options,
        await askAdmin(io, options.config, 'POST', pathOf(name, '/rotate'), defined({ overlap, expires })),
      );
    });

  verb('revoke', 'end a caller’s keys now, for good', ['revoke shop-bot', 'revoke shop-bot --key 8sQ1vPz0aB'])
    .argument('<NAME>', 'name or id')
    .option('--key <ID>', 'only this key')
    .action(async (name: string, options: Common & { key?: string }) => {
      const answer = await askAdmin(
        io,
        options.config,
        'POST',
        pathOf(name, '/revoke'),
        defined({ key: options.key }),
      );
      if (options.json === true) return io.json(answer);
      const revoked = answer.revoked as string[];
      io.out(revoked.length === 0 ? `${name} had no key left to revoke.` : `Revoked ${revoked.join(', ')}.`);
    });

  for (const act of ['disable', 'enable'] as const) {
    verb(act, act === 'disable' ? 'switch a caller off with all of its keys' : 'switch it on again', [
      `${act} shop-bot`,
    ])
      .argument('<NAME>', 'name or id')
      .action(async (name: string, options: Common) => {
        const answer = await askAdmin(io, options.config, 'POST', pathOf(name, `/${act}`));
        if (options.json === true) io.json(answer);
        else io.out(`${name} is ${act}d.`);
      });
  }
  addVouchedVerbs(io, verb);
  return callers;
}

function splitTag(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, 'true'] : [text.slice(0, at), text.slice(at + 1)];
}

const defined = (body: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as JsonObject;

function showKey(io: CliIo, { json }: Common, answer: JsonObject): void {
  const { name, id } = answer.caller as unknown as CallerShown;
  if (json === true) io.json(answer);
  else io.out(`${name} (${id}): its key, shown this once\n  ${String(answer.key)}`);
}

function rowsOf(list: readonly CallerShown[]): string[][] {
  return list.map(({ name, id, team, roles, disabled, keys }) => {
    const shown = keys.map(
      ({ id, state, expires }) =>
        `${id} ${state}${state === 'active' && expires !== null ? ` until ${expires.slice(0, 16)}Z` : ''}`,
    );
    return [name, id, team, roles.join(','), disabled === null ? 'enabled' : 'disabled', shown.join('; ')];
  });
}
