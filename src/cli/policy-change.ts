import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { shown } from './load.ts';
import { keyOf } from './models-place.ts';
import { addDryRun, type Options } from './policy-dry-run.ts';
import { table } from './table.ts';

const PATH = '/admin/v1/policy';
const SIDE = /^(?:running|file|[1-9]\d{0,14})$/;
const NUMBER = /^[1-9]\d{0,14}$/;

/** Verbs about the policies that were in force, and the one that is to be. */
export function addChanging(policy: Command, io: CliIo): void {
  const verb = (name: string, about: string, codes: string, examples: readonly string[]) =>
    policy
      .command(name)
      .description(about)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--as <FILE>', 'file with the API key of the caller who does this')
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        `\nExit codes: ${codes}, 3 wrong usage, 4 environment.\n\nExamples:\n${examples.map((example) => `  gatehouse policy ${example}`).join('\n')}`,
      );
  const ask = (options: Options, method: 'GET' | 'POST', path: string, body?: JsonObject) =>
    askAdmin(io, options.config, method, `${PATH}${path}`, body, { key: keyOf(io, options) });

  verb('show', 'the policy file, or a version that was in force', '0 shown, 1 refused', ['show', 'show 12'])
    .argument('[VERSION]', 'number of a version (see history)')
    .action(async (version: string | undefined, options: Options) => {
      const found = await ask(
        options,
        'GET',
        version === undefined ? '/text' : `/versions/${numberOf(version)}`,
      );
      if (options.json === true) return io.json(found);
      if (typeof found.text !== 'string')
        throw new Problem('findings', 'its text is not kept any more', 'The ledger has its hash.');
      await io.write(found.text);
      if (found.loaded === false) io.err('The file was changed and is not loaded.');
    });

  verb('history', 'the policies that were in force, the newest first', '0 listed, 1 refused', [
    'history',
    'history --limit 200 --json',
  ])
    .option('--limit <N>', 'at most so many', '50')
    .action(async (options: Options & { readonly limit: string }) => {
      const answer = await ask(options, 'GET', `/versions?limit=${numberOf(options.limit)}`);
      if (options.json === true) return io.json(answer);
      const rows = rowsIn(answer.versions).map((row) => {
        const how = row.restored === null ? row.origin : `${row.origin} (${row.restored})`;
        const now = row.running === true ? ' *' : '';
        return [
          `${row.version}${now}`,
          row.since,
          String(row.hash).slice(0, 12),
          how,
          row.name,
          row.reason,
        ].map(cell);
      });
      io.out(table([['version', 'since', 'hash', 'how', 'by', 'why'], ...rows]));
      if (answer.next !== null) io.err('There are older ones.');
    });

  verb('diff', 'what two policies differ in, as text and in meaning', '0 they mean the same, 1 they do not', [
    'diff next-policy.yaml            # with the one in force',
    'diff --from 12 --to running',
  ])
    .argument('[FILE]', 'a draft (default: the policy file, as it stands)')
    .option('--from <WHICH>', 'running, file, or the number of a version', 'running')
    .option('--to <WHICH>', 'the same, where no draft is given')
    .action(
      async (
        file: string | undefined,
        options: Options & { readonly from: string; readonly to?: string },
      ) => {
        if (file !== undefined && options.to !== undefined) throw new Problem('usage', 'give a FILE or --to');
        const found = await ask(options, 'POST', '/diff', {
          from: sideOf(options.from),
          ...(file === undefined ? { to: sideOf(options.to ?? 'file') } : { text: draftIn(io, file) }),
        });
        if (options.json === true) io.json(found);
        else await showDiff(io, found);
        if (typeof found.problem === 'string') throw new Problem('usage', found.problem);
        if (rowsIn(found.changes).length > 0)
          throw new Problem('findings', 'the policies differ in what they mean');
      },
    );

  addDryRun(
    verb(
      'dry-run',
      'what a policy would have done about what went through',
      '0 all would be the same, 1 some would not or is not known, 2 it was cancelled',
      [
        'dry-run next-policy.yaml',
        'dry-run next-policy.yaml --since 24h --no-content',
        'dry-run --version 12 --json',
      ],
    ),
    io,
    { ask, draftIn, numberOf },
  );

  verb('apply', 'bring a draft into force: the file is written, and loaded', '0 applied, 1 refused', [
    'apply next-policy.yaml --reason "names of the new project"',
  ])
    .argument('<FILE>', 'the draft; not the policy file itself')
    .requiredOption('--reason <TEXT>', 'why; it stands in the ledger')
    .option('--lockout', 'nobody may write the policy then, and that is meant')
    .action(
      async (file: string, options: Options & { readonly reason: string; readonly lockout?: boolean }) => {
        const text = draftIn(io, file);
        const { digest: base } = await ask(options, 'GET', '/text');
        const checked = await ask(options, 'POST', '/check', { text });
        if (checked.ok !== true) {
          if (options.json === true) io.json(checked);
          throw new Problem(
            'usage',
            [`${shown(io, resolve(io.cwd, file))} cannot be used:`, ...flawLines(checked)].join('\n'),
          );
        }
        for (const { message } of rowsIn(checked.warnings)) io.err(plain(`warning: ${message}`));
        const { reason, lockout = false } = options;
        tell(io, options, await ask(options, 'POST', '/apply', { text, base: base ?? '', reason, lockout }));
      },
    );

  verb('rollback', 'bring an earlier version back into force', '0 back, 1 refused', [
    'rollback --reason "blocks too much"     # the one before',
    'rollback 12 --reason "blocks too much"',
  ])
    .argument('[VERSION]', 'number of a version (default: the one before)')
    .requiredOption('--reason <TEXT>', 'why; it stands in the ledger')
    .option('--lockout', 'nobody may write the policy then, and that is meant')
    .action(
      async (
        version: string | undefined,
        options: Options & { readonly reason: string; readonly lockout?: boolean },
      ) => {
        const number = version === undefined ? await before(options) : numberOf(version);
        const { reason, lockout = false } = options;
        tell(io, options, await ask(options, 'POST', `/versions/${number}/restore`, { reason, lockout }));
      },
    );

  /** The newest that means something else than the one in force. */
  async function before(options: Options): Promise<string> {
    const versions = rowsIn((await ask(options, 'GET', '/versions?limit=1000')).versions);
    const found = versions.find(({ hash }) => hash !== versions[0]?.hash);
    if (found === undefined) throw new Problem('findings', 'there is no version before this one');
    return String(found.version);
  }
}

function tell(io: CliIo, options: Options, version: JsonObject): void {
  if (options.json === true) io.json(version);
  else io.out(`Version ${version.version} is in force.\nsha256 ${version.hash}`);
}

async function showDiff(io: CliIo, found: JsonObject): Promise<void> {
  await io.write(String(found.unified));
  const changes = rowsIn(found.changes);
  if (changes.length === 0) return io.out('They mean the same.');
  const rows = changes.map(({ effect, section, name, field, before, after }) =>
    [effect, section, `${name} ${field}`.trim(), before, after].map(cell),
  );
  io.out(table([['effect', 'section', 'what', 'before', 'after'], ...rows]));
}

/** A draft, which is read wherever it stands. */
function draftIn(io: CliIo, file: string): string {
  try {
    return io.read(resolve(io.cwd, file));
  } catch (cause) {
    throw new Problem('usage', `cannot read ${file}`, 'Name a draft of a policy.', cause);
  }
}

const flawLines = ({ flaws }: JsonObject): string[] =>
  rowsIn(flaws).map(({ file, line, column, message }) => `  ${file}:${line}:${column}  ${message}`);

function sideOf(word: string): string | number {
  if (!SIDE.test(word)) throw new Problem('usage', `${word} is not running, file or the number of a version`);
  return NUMBER.test(word) ? Number(word) : word;
}

function numberOf(word: string): string {
  if (!NUMBER.test(word)) throw new Problem('usage', `${word} is no number of a version`);
  return word;
}

const rowsIn = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const cell = (value: Json | undefined): string =>
  value === null || value === undefined ? '' : plain(String(value));
