import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface Common {
  readonly config?: string;
  readonly json?: boolean;
}

interface PersonShown {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly team: string;
  readonly roles: readonly string[];
  readonly source: string;
  readonly disabled: string | null;
}

interface SessionShown {
  readonly id: string;
  readonly open: boolean;
  readonly factors: readonly string[];
  readonly network: string;
  readonly created: string;
  readonly seen: string;
}

const PATH = '/admin/v1/people';
const pathOf = (person: string, act = ''): string => `${PATH}/${encodeURIComponent(person)}${act}`;

/** `people invite|list|show|update|…`: over the control socket of a running gateway, or on its data folder. */
export function peopleCommand(io: CliIo): Command {
  const people = new Command('people').description('people who sign in to administer');
  const verb = (name: string, about: string, examples: readonly string[]) =>
    people
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExamples:\n${examples.map((example) => `  gatehouse people ${example}`).join('\n')}`,
      );
  /** A verb on one person that changes something. */
  const act = (name: string, about: string, said: (person: string) => string) =>
    verb(name, about, [`${name} ann`])
      .argument('<LOGIN>', 'login or id')
      .action(async (person: string, options: Common) => {
        const answer = await askAdmin(io, options.config, 'POST', pathOf(person, `/${name}`));
        if (options.json === true) io.json(answer);
        else io.out(said(person));
      });

  verb('invite', 'make a person, and the link with which they set their passphrase and second factor', [
    'invite --name Ann --roles admin',
    'invite --name "Bob Lee" --login bob --team web --roles operator reviewer',
  ])
    .requiredOption('--name <NAME>', 'their name')
    .requiredOption('--roles <ROLE...>', 'their roles in the policy')
    .option('--login <LOGIN>', 'what they sign in with (default: their name with dots)')
    .option('--team <TEAM>', 'their team (default: default)')
    .action(async (options: Common & { name: string; roles: string[]; login?: string; team?: string }) => {
      const { name, roles, login, team } = options;
      const body = {
        name,
        roles,
        ...(login !== undefined && { login }),
        ...(team !== undefined && { team }),
      };
      showLink(io, options, await askAdmin(io, options.config, 'POST', PATH, body));
    });

  verb('list', 'everybody who can sign in', ['list', 'list --json']).action(async (options: Common) => {
    const { people: list } = (await askAdmin(io, options.config, 'GET', PATH)) as unknown as {
      people: PersonShown[];
    };
    if (options.json === true) return io.json(list);
    const rows = list.map(({ login, id, name, team, roles, source, disabled }) => [
      login,
      name,
      id,
      team,
      roles.join(','),
      disabled === null ? 'enabled' : 'disabled',
      source,
    ]);
    io.out(
      rows.length === 0
        ? 'Nobody yet: gatehouse people invite --name NAME --roles admin'
        : table([['LOGIN', 'NAME', 'ID', 'TEAM', 'ROLES', 'STATE', 'SOURCE'], ...rows]),
    );
  });

  verb('show', 'one person, and which factors they have', ['show ann'])
    .argument('<LOGIN>', 'login or id')
    .action(async (person: string, options: Common) =>
      io.json(await askAdmin(io, options.config, 'GET', pathOf(person))),
    );

  verb('update', 'other roles, team or name; it holds for open sessions at once', [
    'update ann --roles operator reviewer',
  ])
    .argument('<LOGIN>', 'login or id')
    .option('--name <NAME>', 'their name')
    .option('--roles <ROLE...>', 'their roles, in the place of those they have')
    .option('--team <TEAM>', 'their team')
    .action(async (person: string, options: Common & { name?: string; roles?: string[]; team?: string }) => {
      const { name, roles, team } = options;
      const body = {
        ...(name !== undefined && { name }),
        ...(roles !== undefined && { roles }),
        ...(team !== undefined && { team }),
      };
      const answer = await askAdmin(io, options.config, 'POST', pathOf(person, '/update'), body);
      if (options.json === true) io.json(answer);
      else io.out(`${person} is changed.`);
    });

  act('disable', 'switch a person off; their sessions end now', (person) => `${person} is disabled.`);
  act('enable', 'switch a person on again', (person) => `${person} is enabled.`);

  verb('reset', 'close the account at once, and make a link for new factors', ['reset ann'])
    .argument('<LOGIN>', 'login or id')
    .action(async (person: string, options: Common) =>
      showLink(io, options, await askAdmin(io, options.config, 'POST', pathOf(person, '/reset'))),
    );

  verb('sessions', 'a person’s sessions, newest first', ['sessions ann'])
    .argument('<LOGIN>', 'login or id')
    .action(async (person: string, options: Common) => {
      const { sessions } = (await askAdmin(
        io,
        options.config,
        'GET',
        pathOf(person, '/sessions'),
      )) as unknown as { sessions: SessionShown[] };
      if (options.json === true) return io.json(sessions);
      const rows = sessions.map(({ id, open, factors, network, created, seen }) => [
        id,
        open ? 'open' : 'ended',
        factors.join(','),
        network === '' ? 'this machine' : network,
        `${created.slice(0, 16)}Z`,
        `${seen.slice(0, 16)}Z`,
      ]);
      io.out(
        rows.length === 0
          ? `${person} has not signed in.`
          : table([['ID', 'STATE', 'FACTORS', 'NETWORK', 'SINCE', 'SEEN'], ...rows]),
      );
    });

  verb('sign-out', 'end a person’s sessions now', ['sign-out ann', 'sign-out ann --session 8sQ1vPz0aB'])
    .argument('<LOGIN>', 'login or id')
    .option('--session <ID>', 'only this one')
    .action(async (person: string, options: Common & { session?: string }) => {
      const { session } = options;
      const body: JsonObject = session === undefined ? {} : { session };
      const answer = await askAdmin(io, options.config, 'POST', pathOf(person, '/sign-out'), body);
      if (options.json === true) return io.json(answer);
      const ended = answer.ended as string[];
      io.out(ended.length === 0 ? `${person} had no open session.` : `Ended ${ended.join(', ')}.`);
    });
  return people;
}

function showLink(io: CliIo, { json }: Common, answer: JsonObject): void {
  const { login } = answer.person as unknown as PersonShown;
  if (json === true) io.json(answer);
  else
    io.out(
      [
        `${login}: the link to set a passphrase and a second factor, shown this once; good until ${String(answer.expires).slice(0, 16)}Z`,
        `  ${String(answer.url)}`,
        'Whoever has it becomes this person: hand it over in private.',
      ].join('\n'),
    );
}
