import type { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { isIdentityId } from '../store/identities.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

/** Makes a verb of `callers` with what all of them have. */
export type Verb = (name: string, about: string, examples: readonly string[]) => Command;

export interface IdentityShown {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly registered: string | null;
  readonly disabled: string | null;
}

interface InvitationShown {
  readonly id: string;
  readonly state: string;
  readonly roles: readonly string[];
  readonly team: string;
  readonly uses: number;
  readonly used: number;
  readonly by: string;
  readonly expires: string;
}

/** The admin API's path of a caller: those whom others vouch for are known by ids of their own. */
export const pathOf = (name: string, act = ''): string =>
  `/admin/v1/${isIdentityId(name) ? 'identities' : 'callers'}/${encodeURIComponent(name)}${act}`;

/** Callers who were seen with a token or a certificate, as the rows of a table. */
export const identityRows = (list: readonly IdentityShown[]): string[][] =>
  list.map(({ id, source, name, team, roles, registered, disabled }) => [
    name,
    id,
    team,
    roles.join(','),
    disabled === null ? 'enabled' : 'disabled',
    registered === null ? source : `${source}, registered`,
  ]);

/** `callers invite|invitations|uninvite|register`. */
export function addVouchedVerbs(io: CliIo, verb: Verb): void {
  const invitations = '/admin/v1/invitations';
  verb('invite', 'let others make their own caller; the token is shown once', [
    'invite --team web --expires 24h',
    'invite --role app --team web --uses 20 --key-life 90d',
    'invite --owner ann@example.com --name-prefix shop-',
  ])
    .option('--role <ROLE...>', 'roles of the callers that it makes (default: app)')
    .option('--team <TEAM>', 'their team (default: default)')
    .option('--owner <NAME>', 'who answers for them (default: who invites)')
    .option('--name-prefix <TEXT>', 'what their names must begin with (default: any name)')
    .option('--expires <WHEN>', 'until when it can be used: 24h, or 2027-01-31 (default: 24h)')
    .option('--uses <COUNT>', 'how many callers it makes (default: 1)')
    .option('--key-life <TIME>', 'how long their keys are good (default: no end)')
    .action(
      async (
        options: Common & {
          role?: string[];
          team?: string;
          owner?: string;
          namePrefix?: string;
          expires?: string;
          uses?: string;
          keyLife?: string;
        },
      ) => {
        const {
          role: roles,
          team,
          owner,
          namePrefix: name_prefix,
          expires,
          uses,
          keyLife: key_life,
        } = options;
        // What is no number is sent as it is, for the answer to say so.
        const body = {
          roles,
          team,
          owner,
          name_prefix,
          expires,
          key_life,
          uses: uses && (Number(uses) || uses),
        };
        const answer = await askAdmin(io, options.config, 'POST', invitations, defined(body));
        if (options.json === true) return io.json(answer);
        const { id, expires: end } = answer.invitation as unknown as InvitationShown;
        io.out(
          `Invitation ${id}, good until ${end.slice(0, 16)}Z; its token, shown this once\n  ${String(answer.token)}`,
        );
      },
    );

  verb('invitations', 'all invitations and what became of them', [
    'invitations',
    'invitations --json',
  ]).action(async (options: Common) => {
    const { invitations: list } = (await askAdmin(io, options.config, 'GET', invitations)) as unknown as {
      invitations: InvitationShown[];
    };
    if (options.json === true) return io.json(list);
    const rows = list.map(({ id, state, roles, team, uses, used, by, expires }) => [
      id,
      state,
      team,
      roles.join(','),
      `${used} of ${uses}`,
      `${expires.slice(0, 16)}Z`,
      by,
    ]);
    io.out(
      rows.length === 0
        ? 'No invitations yet: gatehouse callers invite'
        : table([['ID', 'STATE', 'TEAM', 'ROLES', 'USED', 'UNTIL', 'BY'], ...rows]),
    );
  });

  verb('uninvite', 'end an invitation; callers that it made stay', ['uninvite 8sQ1vPz0aB'])
    .argument('<ID>', 'id of the invitation')
    .action(async (id: string, options: Common) => {
      const answer = await askAdmin(
        io,
        options.config,
        'POST',
        `${invitations}/${encodeURIComponent(id)}/revoke`,
      );
      if (options.json === true) io.json(answer);
      else io.out(`Invitation ${id} is over.`);
    });

  verb('register', 'let in a subject of an identity provider that takes registered ones only', [
    'register --issuer corp --subject 4f1c2a7e-ann',
  ])
    .requiredOption('--issuer <NAME>', 'its name in the settings')
    .requiredOption('--subject <SUBJECT>', '“sub” of its tokens')
    .action(async (options: Common & { issuer: string; subject: string }) => {
      const { issuer, subject } = options;
      const answer = await askAdmin(io, options.config, 'POST', '/admin/v1/identities', { issuer, subject });
      if (options.json === true) io.json(answer);
      else io.out(`Registered as ${String(answer.id)}.`);
    });
}

const defined = (body: Record<string, unknown>): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as JsonObject;
