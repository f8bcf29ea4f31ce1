import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import type { CliIo } from './io.ts';
import type { ModelsOptions } from './models-place.ts';
import { table } from './table.ts';

/** `--config`, `--as` and `--json`, as on `models`. */
export type Options = ModelsOptions & { readonly json?: boolean };

/** How its verbs ask the gateway, and read what they were given. */
export interface Asked {
  readonly ask: (
    options: Options,
    method: 'GET' | 'POST',
    path: string,
    body?: JsonObject,
  ) => Promise<JsonObject>;
  readonly draftIn: (io: CliIo, file: string) => string;
  readonly numberOf: (word: string) => string;
}

/** Milliseconds between two looks at how far it is. */
const LOOK = 250;

interface DryRunOptions extends Options {
  readonly since: string;
  readonly version?: string;
  readonly content: boolean;
}

/** `policy dry-run`: what a policy would have done about what went through. */
export function addDryRun(command: Command, io: CliIo, { ask, draftIn, numberOf }: Asked): void {
  command
    .argument('[FILE]', 'the draft')
    .option('--version <N>', 'instead: a version that was in force')
    .option('--since <WHEN>', 'from when on: 1h, or 2026-11-20T10:00:00Z', '1h')
    .option('--no-content', 'read no sealed content')
    .action(async (file: string | undefined, options: DryRunOptions) => {
      if ((file === undefined) === (options.version === undefined))
        throw new Problem('usage', 'give a FILE or --version');
      const what =
        file === undefined
          ? { version: Number(numberOf(options.version ?? '')) }
          : { text: draftIn(io, file) };
      const { since, content } = options;
      let run = await ask(options, 'POST', '/dry-run', { ...what, since, content });
      const progress = io.progress('exchanges');
      let stopped = false;
      const off = io.onStop(() => {
        stopped = true;
      });
      try {
        while (run.state === 'running') {
          await setTimeout(LOOK);
          run = stopped
            ? await ask(options, 'POST', '/dry-run/cancel')
            : await ask(options, 'GET', '/dry-run');
          progress.update(Number(run.done), Number(run.total));
        }
      } finally {
        progress.end();
        off();
      }
      if (options.json === true) io.json(run);
      else show(io, run);
      if (run.state !== 'done') throw new Problem('undecided', `the dry run was ${run.state}`);
      const { counts } = objectOf(run.result);
      const { same = 0, ...others } = objectOf(counts);
      if (Object.values(others).some((count) => Number(count) > 0))
        throw new Problem('findings', `of ${run.done} exchanges ${same} would be the same`);
    });
}

function show(io: CliIo, { total, done, read, cut, since, result }: JsonObject): void {
  const { counts, unknown, by_guard: guards, examples } = objectOf(result);
  io.out(`${done} of ${total} exchanges since ${since}; sealed content of ${read} was read.`);
  if (cut === true) io.err('There were more: the newest were looked at.');
  const rows = Object.entries(objectOf(counts)).map(([fate, count]) => [said(fate), String(count)]);
  io.out(table([['would be', 'exchanges'], ...rows]));
  for (const [why, count] of Object.entries(objectOf(unknown))) io.out(`not known (${said(why)}): ${count}`);
  for (const { name, ...fates } of rowsOf(guards))
    io.out(
      plain(
        `${name}: ${Object.entries(fates)
          .map(([fate, count]) => `${count} ${said(fate)}`)
          .join(', ')}`,
      ),
    );
  for (const [fate, list] of Object.entries(objectOf(examples)))
    io.out(
      `${said(fate)}: ${rowsOf(list)
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}`,
    );
}

const said = (word: string): string => word.replaceAll('_', ' ');
const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const rowsOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
