import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import type { JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { MEASURES, TARGETS } from '../incidents/measure.ts';
import type { Page } from '../incidents/post-mortem.ts';
import { SEVERITIES } from '../incidents/severity.ts';
import { RESOLUTIONS, STATES } from '../incidents/states.ts';
import { writeHtml, writeMarkdown } from '../incidents/write-page.ts';
import { askAdmin } from './admin.ts';
import { bytesOf } from './bytes.ts';
import { drillOptions } from './incident-drill.ts';
import { writeFollowed, writeIncident, writeList, writeTimeline } from './incident-shown.ts';
import type { CliIo } from './io.ts';
import { keyOf, type ModelsOptions } from './models-place.ts';
import { positive } from './numbers.ts';
import { readText } from './text-input.ts';

/** `--config`, `--as` and `--json`, as on `models`. */
export type IncidentOptions = ModelsOptions;

const PATH = '/admin/v1/incidents';

/** Asks the admin API about incidents. */
export const askIncidents = (
  io: CliIo,
  options: IncidentOptions,
  method: 'GET' | 'POST',
  path: string,
  body?: JsonObject,
): Promise<JsonObject> =>
  askAdmin(io, options.config, method, `${PATH}${path}`, body, { key: keyOf(io, options) });

const of = (id: string, act = ''): string => `/${encodeURIComponent(id)}${act}`;

/** `incident list|show|open|set|move|close|…`: over the control socket of a running gateway, or on its data folder. */
export function incidentCommand(io: CliIo): Command {
  const incident = new Command('incident').description(
    'what went wrong: found, contained, closed, and told of afterwards',
  );
  const verb = (name: string, about: string, examples: readonly string[]) =>
    incident
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--as <FILE>', 'file with the API key of the caller who does this')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: 0 done, 1 refused, 2 could not decide, 3 wrong usage, 4 environment.\n\nExamples:\n${examples.map((example) => `  gatehouse incident ${example}`).join('\n')}`,
      );
  const tell = (options: IncidentOptions, answer: JsonObject): void =>
    options.json === true ? io.json(answer) : writeIncident(io, answer);
  const get = (options: IncidentOptions, path: string) => askIncidents(io, options, 'GET', path);
  const post = async (options: IncidentOptions, path: string, body: JsonObject): Promise<void> =>
    tell(options, await askIncidents(io, options, 'POST', path, said(body)));

  verb('list', 'incidents, the newest first', ['list', 'list --all --json'])
    .option('--all', 'the closed too')
    .option('--owner <OWNER>', 'only of whom is in charge')
    .action(async (options: IncidentOptions & { all?: boolean; owner?: string }) => {
      const { all = false, owner } = options;
      const query = new URLSearchParams({
        ...(!all && { open: 'true' }),
        ...(owner !== undefined && { owner }),
      });
      const answer = await get(options, `?${query}`);
      if (options.json === true) io.json(answer);
      else writeList(io, answer);
    });

  verb('show', 'one incident, with its timeline', ['show inc_4f0c…'])
    .argument('<ID>')
    .action(async (id: string, options: IncidentOptions) => {
      const [found, { timeline }] = [await get(options, of(id)), await get(options, of(id, '/timeline'))];
      const { comments } = await get(options, of(id, '/comments'));
      if (options.json === true) return io.json({ ...found, timeline, comments } as JsonObject);
      writeIncident(io, found);
      writeTimeline(io, { timeline, comments } as JsonObject);
    });

  linked(verb('open', 'open an incident', ['open "keys in a repository" --severity high --caller shop-bot']))
    .argument('<TITLE>', 'one line; it goes into the ledger')
    .option('--severity <WORD>', `${SEVERITIES.join(', ')} (default: medium)`)
    .option('--owner <OWNER>', 'who is in charge')
    .option('--playbook <NAME>', 'what is done about it (default: the first that is for such an incident)')
    .option('--atlas <TECHNIQUE...>', 'techniques of MITRE ATLAS: AML.T0051')
    .option('--owasp <ENTRY...>', 'entries of OWASP: LLM01:2025')
    .action((title: string, options: IncidentOptions & LinkOptions & SetOptions & Techniques) => {
      const { severity, owner, playbook, atlas, owasp } = options;
      return post(options, '', {
        title,
        severity,
        owner,
        playbook,
        atlas,
        owasp,
        ...linksIn(options),
      } as JsonObject);
    });

  verb('set', 'change who is in charge, how bad it is, its title or its playbook', [
    'set inc_4f0c… --owner ann',
    'set inc_4f0c… --severity critical --version 3',
  ])
    .argument('<ID>')
    .option('--owner <OWNER>', 'who is in charge')
    .option('--severity <WORD>', SEVERITIES.join(', '))
    .option('--title <TITLE>', 'one line')
    .option('--playbook <NAME>', 'what is done about it')
    .option('--version <N>', 'refused where somebody has changed it since', positive)
    .action((id: string, options: IncidentOptions & SetOptions) => {
      const { owner, severity, title, playbook, version } = options;
      return post(options, of(id, '/change'), { owner, severity, title, playbook, version } as JsonObject);
    });

  verb('move', 'say how far it has come', ['move inc_4f0c… triage', 'move inc_4f0c… recovered'])
    .argument('<ID>')
    .argument('<STATE>', STATES.join(', '))
    .action((id: string, to: string, options: IncidentOptions) => post(options, of(id, '/move'), { to }));

  verb('close', 'close it, and say what it came to', [
    'close inc_4f0c…',
    'close inc_4f0c… --with false_positive',
  ])
    .argument('<ID>')
    .option('--with <WORD>', RESOLUTIONS.join(', '), 'resolved')
    .action((id: string, options: IncidentOptions & { with: string }) =>
      post(options, of(id, '/move'), { to: 'closed', resolution: options.with }),
    );

  linked(verb('link', 'say what it is about', ['link inc_4f0c… --caller shop-bot --exchange req_01…']))
    .argument('<ID>')
    .action((id: string, options: IncidentOptions & LinkOptions) =>
      post(options, of(id, '/link'), linksIn(options)),
    );

  verb('comment', 'add a comment; it is kept sealed, and the ledger has a digest of it', [
    'comment inc_4f0c… "asked the owner"',
    'comment inc_4f0c… < note.txt',
  ])
    .argument('<ID>')
    .argument('[TEXT]', 'default: from standard input')
    .action(async (id: string, text: string | undefined, options: IncidentOptions) =>
      post(options, of(id, '/comment'), { text: text ?? (await textOf(io)) }),
    );

  const contain = verb('contain', 'stop it from spreading, at once', [
    'contain inc_4f0c… suspend_caller --caller shop-bot --for 4h',
    'contain inc_4f0c… block_tool --tool shell',
    'contain inc_4f0c… switch_model --model gpt-4o --to gpt-4o-mini',
  ])
    .argument('<ID>')
    .argument('<MEASURE>', Object.keys(MEASURES).join(', '))
    .option('--for <TIME>', 'it is undone by itself after that: 4h');
  for (const target of TARGETS) contain.option(`--${target} <NAME>`, TARGET_WORDS[target]);
  contain
    .addHelpText(
      'after',
      `\nMeasures:\n${Object.entries(MEASURES)
        .map(([name, { about, undo }]) => `  ${name.padEnd(20)}${about}${undo ? '' : ' (no undo)'}`)
        .join('\n')}`,
    )
    .action((id: string, action: string, options: IncidentOptions & Record<string, string | undefined>) => {
      const on = Object.fromEntries(TARGETS.map((target) => [target, options[target]]));
      return post(options, of(id, '/contain'), { action, ...on, for: options.for } as JsonObject);
    });

  verb('undo', 'undo a measure; what it took comes back', ['undo inc_4f0c… 1'])
    .argument('<ID>')
    .argument('<NUMBER>', 'of the measure', positive)
    .action((id: string, measure: number, options: IncidentOptions) =>
      post(options, of(id, '/undo'), { measure }),
    );

  verb('playbook', 'what is to be done about it, and what was', ['playbook inc_4f0c…'])
    .argument('<ID>')
    .action(async (id: string, options: IncidentOptions) => {
      const answer = await get(options, of(id, '/playbook'));
      if (options.json === true) io.json(answer);
      else writeFollowed(io, answer);
    });

  verb('step', 'say that a step of the playbook is done', [
    'step inc_4f0c… look',
    'step inc_4f0c… look --not',
  ])
    .argument('<ID>')
    .argument('<STEP>')
    .option('--not', 'it is not, after all')
    .action((id: string, step: string, options: IncidentOptions & { not?: boolean }) =>
      post(options, of(id, '/step'), { step, done: options.not !== true }),
    );

  verb('run', 'have the gateway do a step of the playbook', ['run inc_4f0c… suspend'])
    .argument('<ID>')
    .argument('<STEP>')
    .action((id: string, step: string, options: IncidentOptions) => post(options, of(id, '/run'), { step }));

  verb('evidence', 'lock entries and files by their hashes; without any, what was locked', [
    'evidence inc_4f0c… --entry 118 119 --file dump.json',
    'evidence inc_4f0c… --json',
  ])
    .argument('<ID>')
    .option('--entry <SEQ...>', 'numbers of entries of the ledger')
    .option('--file <FILE...>', 'files; only names and hashes are kept')
    .addHelpText(
      'after',
      '\nThat an entry of a manifest is in the ledger shows: gatehouse audit prove inclusion SEQ',
    )
    .action(async (id: string, options: IncidentOptions & { entry?: string[]; file?: string[] }) => {
      const { entry = [], file = [] } = options;
      if (entry.length + file.length === 0) return io.json(await get(options, of(id, '/evidence')));
      const files = file.map((path) => {
        const bytes = bytesOf(io)(resolve(io.cwd, path));
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        return { name: basename(path), sha256, bytes: bytes.length };
      });
      return post(options, of(id, '/evidence'), { entries: entry.map(seqOf), files });
    });

  verb('postmortem', 'write the draft of a post-mortem', [
    'postmortem inc_4f0c…',
    'postmortem inc_4f0c… --html > post-mortem.html',
  ])
    .argument('<ID>')
    .option('--html', 'as one page of HTML (default: Markdown)')
    .action(async (id: string, options: IncidentOptions & { html?: boolean }) => {
      const answer = await get(options, of(id, '/postmortem?form=json'));
      if (options.json === true) return io.json(answer);
      const page = answer as unknown as Page;
      io.out((options.html === true ? writeHtml(page) : writeMarkdown(page)).trimEnd());
    });

  drillOptions(
    io,
    verb('drill', 'play an attack, and measure how long it takes to notice it and to stop it', [
      'drill',
      'drill injection-series',
      'drill guard-probing --model gpt-4o --url https://gate.example.com',
    ]),
  );
  return incident;
}

interface SetOptions {
  readonly owner?: string;
  readonly severity?: string;
  readonly title?: string;
  readonly playbook?: string;
  readonly version?: number;
}

interface Techniques {
  readonly atlas?: string[];
  readonly owasp?: string[];
}

interface LinkOptions {
  readonly caller?: string[];
  readonly model?: string[];
  readonly exchange?: string[];
}

const TARGET_WORDS = {
  caller: 'name or id of a caller',
  team: 'a team',
  model: 'a model',
  to: 'the model to switch to; of a sealed one also NAME@VERSION',
  rung: 'of the ladder of predictions: coarser, misinformation, decoy, block',
  tool: 'a tool',
  guard: 'a guard of the policy',
} as const;

const linked = (command: Command): Command =>
  command
    .option('--caller <NAME...>', 'callers, by name or id')
    .option('--model <NAME...>', 'models')
    .option('--exchange <ID...>', 'requests, by their ids');

const linksIn = ({ caller = [], model = [], exchange = [] }: LinkOptions): JsonObject => ({
  callers: caller,
  models: model,
  exchanges: exchange,
});

/** Without what was not said. */
const said = (body: JsonObject): JsonObject => JSON.parse(JSON.stringify(body)) as JsonObject;

function seqOf(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new Problem('usage', 'an entry is named by its number', 'See: gatehouse audit show');
  return Number(text);
}

async function textOf(io: CliIo): Promise<string> {
  const text = (await readText(io, '-')).trim();
  if (text === '')
    throw new Problem('usage', 'there is no text', 'Write it behind the id, or to standard input.');
  return text;
}
