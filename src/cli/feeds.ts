import { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { plain } from '../base/plain.ts';
import { EXIT } from '../base/problem.ts';
import { askAdmin } from './admin.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface FeedOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `feeds`: where alerts and entries go, whether they arrive, and what was refused. */
export function feedsCommand(io: CliIo, version: string): Command {
  const feeds = new Command('feeds').description('where alerts and entries go, and whether they arrive');
  const verb = (words: string, description: string): Command =>
    feeds
      .command(words)
      .description(description)
      .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml)')
      .option('--json', 'as JSON');
  const ask = (options: FeedOptions, method: 'GET' | 'POST', path: string) =>
    askAdmin(io, options.config, method, `/admin/v1/feeds${path}`, undefined, { version });

  verb('list', 'every feed of the settings, and how it stands')
    .addHelpText('after', '\nExamples:\n  gatehouse feeds list\n  gatehouse feeds list --json')
    .action(async (options: FeedOptions) => {
      const answer = await ask(options, 'GET', '');
      if (options.json === true) return io.json(answer);
      const rows = rowsIn(answer.feeds);
      if (rows.length === 0) return io.out('No feeds: the settings have none (docs/feeds.md).');
      const names = ['name', 'use', 'state', 'delivered', 'refused', 'dead', 'answer'];
      io.out(table([names, ...rows.map((row) => names.map((name) => plain(String(row[name] ?? ''))))]));
    });

  verb('test <NAME>', 'sends a test, and says what the receiver answered')
    .addHelpText(
      'after',
      `
The test is marked as one (kind feed.test) and has an entry in the ledger. Exit code 0: it was delivered; 1: it was not.

Examples:
  gatehouse feeds test pager
  gatehouse feeds test siem --json`,
    )
    .action(async (name: string, options: FeedOptions) => {
      const answer = await ask(options, 'POST', `/${encodeURIComponent(name)}/test`);
      if (options.json === true) io.json(answer);
      else {
        const { delivered, seq, ms } = answer;
        const came = delivered === true ? 'delivered' : 'not delivered';
        io.out(`${came}: ${plain(String(answer.answer))}, in ${String(ms)} ms (ledger entry ${String(seq)})`);
      }
      if (answer.delivered !== true) process.exitCode = EXIT.findings;
    });

  verb('dead <NAME>', 'entries that the receiver refused')
    .option('--replay', 'send them again; those that are taken are forgotten')
    .addHelpText(
      'after',
      `
What they say is in the ledger: gatehouse audit show. Exit code 1 with --replay: one was refused again.

Examples:
  gatehouse feeds dead siem
  gatehouse feeds dead siem --replay`,
    )
    .action(async (name: string, options: FeedOptions & { readonly replay?: boolean }) => {
      const at = `/${encodeURIComponent(name)}`;
      if (options.replay === true) {
        const answer = await ask(options, 'POST', `${at}/replay`);
        if (options.json === true) io.json(answer);
        else io.out(`${String(answer.delivered)} delivered${said(answer.answer)}`);
        if (answer.answer !== '') process.exitCode = EXIT.findings;
        return;
      }
      const answer = await ask(options, 'GET', `${at}/dead`);
      if (options.json === true) return io.json(answer);
      const rows = rowsIn(answer.dead);
      if (rows.length === 0) return io.out('None was refused.');
      const cells = rows.map(({ seq, time, answer: why }) => [String(seq), String(time), plain(String(why))]);
      io.out(table([['entry', 'time', 'answer'], ...cells]));
    });
  return feeds;
}

const rowsIn = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const said = (answer: Json | undefined): string => (answer === '' ? '' : `, then: ${plain(String(answer))}`);
