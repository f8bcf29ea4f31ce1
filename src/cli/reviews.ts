import { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { keyOf, type ModelsOptions } from './models-place.ts';
import { casesOf } from './review-cases.ts';
import { table } from './table.ts';

/** `--config`, `--as` and `--json`, as on `models`. */
type Options = ModelsOptions & { readonly json?: boolean };

interface ExportOptions {
  readonly text?: boolean;
  readonly cases?: boolean;
  readonly guard?: string;
}

const PATH = '/admin/v1/reviews';
/** Rows of a page. */
const PAGE = 200;

/** `reviews list|show|claim|…`: what guards held for people, and what these decide. */
export function reviewsCommand(io: CliIo): Command {
  const reviews = new Command('reviews').description('what guards held for people to decide on');
  const verb = (name: string, about: string, examples: readonly string[]) =>
    reviews
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--as <FILE>', 'file with the API key of the caller who does this')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: 0 done, 1 refused, 3 wrong usage, 4 environment.\n\nExamples:\n${examples.map((example) => `  gatehouse reviews ${example}`).join('\n')}`,
      );
  const ask = (options: Options, method: 'GET' | 'POST', path: string, body?: JsonObject) =>
    askAdmin(io, options.config, method, `${PATH}${path}`, body, { key: keyOf(io, options) });
  const tell = (options: Options, review: JsonObject): void =>
    options.json === true ? io.json(review) : io.out(lines(review));

  verb('list', 'what waits for a decision, the newest first', [
    'list',
    'list --state blocked --json',
    'list --kind deployment',
  ])
    .option('--state <STATE>', 'open, passed or blocked', 'open')
    .option('--kind <KIND>', 'prompt, reply, deployment or containment (default: all)')
    .action(async (options: Options & { readonly state: string; readonly kind?: string }) => {
      const answer = await ask(
        options,
        'GET',
        `?${new URLSearchParams({
          state: options.state,
          limit: String(PAGE),
          ...(options.kind !== undefined && { kind: options.kind }),
        })}`,
      );
      if (options.json === true) return io.json(answer);
      const rows = rowsIn(answer.reviews);
      if (rows.length === 0) return io.out('None.');
      const cells = rows.map((row) => [row.id, row.kind, row.caller, reasonsOf(row), row.deadline].map(cell));
      io.out(table([['id', 'kind', 'caller', 'found', 'deadline'], ...cells]));
      if (answer.next !== null) io.err(`There are more than ${PAGE}.`);
    });

  verb('show', 'one of them; with --text what is held, which is recorded', [
    'show rev_4f0c…',
    'show rev_4f0c… --text',
  ])
    .argument('<ID>')
    .option('--text', 'what is held too: needs the right to read sealed content')
    .action(async (id: string, options: Options & { readonly text?: boolean }) =>
      tell(options, await ask(options, 'GET', of(id, options.text === true ? '/content' : ''))),
    );

  for (const [name, about] of [
    ['claim', 'nobody else decides on it for a quarter of an hour'],
    ['release', 'others may decide on it again'],
  ] as const)
    verb(name, about, [`${name} rev_4f0c…`])
      .argument('<ID>')
      .action(async (id: string, options: Options) =>
        tell(options, await ask(options, 'POST', of(id, `/${name}`))),
      );

  verb('pass', 'lets it go on', [
    'pass rev_4f0c… --reason "public figures"',
    'pass rev_4f0c… --reason "ours" --always',
  ])
    .argument('<ID>')
    .requiredOption('--reason <TEXT>', 'why')
    .option('--always', 'let the same findings of the same caller pass from now on')
    .action(async (id: string, options: Options & { readonly reason: string; readonly always?: boolean }) => {
      const body = { reason: options.reason, ...(options.always === true && { always: true }) };
      tell(options, await ask(options, 'POST', of(id, '/pass'), body));
    });

  verb('block', 'refuses it', ['block rev_4f0c… --reason "customer data"'])
    .argument('<ID>')
    .requiredOption('--reason <TEXT>', 'why')
    .action(async (id: string, options: Options & { readonly reason: string }) =>
      tell(options, await ask(options, 'POST', of(id, '/block'), { reason: options.reason })),
    );

  verb('export', 'what people decided, one a line: a labelled set', [
    'export > decisions.jsonl',
    'export --text > labelled.jsonl',
    'export --cases --guard injection-watch > sets/ours.jsonl',
  ])
    .option(
      '--text',
      'with the texts: each that is read is recorded, and needs the right to read sealed content',
    )
    .option(
      '--cases',
      'only the texts in which something was found, each as {"text","label","role"}: attack or benign',
    )
    .option('--guard <NAME>', 'with --cases: only what this guard found')
    .action(async (options: Options & ExportOptions) => {
      const { text = false, cases = false, guard } = options;
      if (guard !== undefined && !cases) throw new Problem('usage', '--guard goes with --cases');
      let done = 0;
      for (const state of ['passed', 'blocked']) {
        let before: string | undefined;
        do {
          const query = new URLSearchParams({
            state,
            limit: String(PAGE),
            ...(before !== undefined && { before }),
          });
          const { reviews: page, next } = await ask(options, 'GET', `?${query}`);
          for (const row of rowsIn(page)) {
            // Of what no person decided nothing can be learnt.
            if (!isObject(row.decided) || row.decided.by === 'deadline' || isObject(row.about)) continue;
            const one = text || cases ? await ask(options, 'GET', of(String(row.id), '/content')) : row;
            for (const line of cases ? casesOf(one, guard) : [labelled(one)]) io.out(JSON.stringify(line));
            done += 1;
          }
          before = typeof next === 'string' ? next : undefined;
        } while (before !== undefined);
      }
      io.err(`${done} decisions.`);
    });
  return reviews;
}

function of(id: string, act: string): string {
  if (id === '') throw new Problem('usage', 'an id is missing');
  return `/${encodeURIComponent(id)}${act}`;
}

const labelled = ({ id, kind, state, model, findings, decided, text }: JsonObject): JsonObject => ({
  id: id ?? null,
  label: state === 'passed' ? 'pass' : 'block',
  kind: kind ?? null,
  model: model ?? null,
  findings: findings ?? [],
  decided: decided ?? null,
  ...(text !== undefined && { text }),
});

const rowsIn = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const reasonsOf = ({ findings, model }: JsonObject): string =>
  [...new Set(rowsIn(findings).map(({ reason }) => String(reason)))].join(' ') ||
  (typeof model === 'string' ? model : '');
/** What comes from outside is shown without what would steer a terminal. */
const cell = (value: Json | undefined): string =>
  plain(typeof value === 'string' ? value : JSON.stringify(value ?? null));

const lines = (review: JsonObject): string =>
  Object.entries(review)
    .map(([name, value]) => `${name}: ${cell(value)}`)
    .join('\n');
