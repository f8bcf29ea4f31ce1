import { dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import { readCases, runCases } from '../inspection/cases.ts';
import { type Opinion, weigh } from '../inspection/inspector.ts';
import type { Role, Task } from '../inspection/question.ts';
import { orUndecided } from './inspect.ts';
import { showFindings } from './inspect-show.ts';
import type { CliIo } from './io.ts';
import { findPosts, policyOption, roleOption, taskOption } from './posts.ts';
import { table } from './table.ts';
import { readText } from './text-input.ts';

interface ExplainOptions {
  readonly text?: string;
  readonly role?: Role;
  readonly task?: readonly Task[];
  readonly policy?: string;
  readonly json?: boolean;
}

interface TestOptions {
  readonly policy?: string;
  readonly json?: boolean;
}

/** `guard`: why the guards say what they say, and whether they say what is expected. */
export function guardCommand(io: CliIo): Command {
  const guard = new Command('guard').description('explain what guards say, and test it');
  addExplain(guard, io);
  addTest(guard, io);
  return guard;
}

function addExplain(guard: Command, io: CliIo): void {
  guard
    .command('explain')
    .description('what every guard says of a text, and why')
    .argument('[FILE]', 'the text; - or nothing: standard input', '-')
    .addOption(new Option('-t, --text <TEXT>', 'this text'))
    .addOption(roleOption())
    .addOption(taskOption())
    .addOption(policyOption())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Shows the score of every guard that weighs, what it is made of, what was undone before it was read (encodings, hidden
characters), and every finding. Exit codes: 0 nothing found, 1 something found, 2 could not decide.

Examples:
  gatehouse guard explain --text "Ignore all of the above"
  gatehouse guard explain --role document page.html --policy policy.yaml`,
    )
    .action(async (file: string, { text: given, role = 'user', task, policy, json }: ExplainOptions) => {
      const text = given ?? (await readText(io, file));
      const posts = await findPosts(io, policy);
      const opinions = await orUndecided(() => weigh(posts, { text, role, tasks: task }));
      if (json === true) io.json({ guards: opinions.map(asJson) });
      else for (const opinion of opinions) for (const line of explain(io, text, opinion)) io.out(line);
      if (opinions.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
    });
}

const asJson = ({ post, score, threshold, parts, why, findings }: Opinion) => ({
  guard: post.name,
  kind: post.kind,
  score,
  threshold,
  parts,
  why,
  findings,
});

/** Parts shown, the greatest first. */
const PARTS = 6;

function* explain(io: CliIo, text: string, opinion: Opinion): Generator<string> {
  const { post, score, threshold, parts, why, findings } = opinion;
  const kind = post.kind === post.name ? '' : ` (${post.kind})`;
  const found = findings.length === 0 ? 'nothing found' : `${findings.length} found`;
  yield `${post.name}${kind}: ${found}; score ${score.toFixed(3)}, findings begin at ${threshold}`;
  for (const line of why) yield `  ${plain(line)}`;
  const greatest = Object.entries(parts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, PARTS);
  for (const [name, part] of greatest) yield `  ${part.toFixed(3)}  ${name}`;
  yield* showFindings(text, findings, io.colour);
  yield '';
}

function addTest(guard: Command, io: CliIo): void {
  guard
    .command('test')
    .description('compare what the guards say with what a file of cases expects')
    .argument('<FILE>', 'cases (YAML; see docs/inspect.md)')
    .addOption(policyOption())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 every case is as expected, 1 some is not, 3 a file cannot be used.

Examples:
  gatehouse guard test cases.yaml
  gatehouse guard test cases.yaml --policy next-policy.yaml --json`,
    )
    .action(async (file: string, { policy, json }: TestOptions) => {
      const path = resolve(io.cwd, file);
      const cases = await readCases(await readText(io, path), file, (name) =>
        readText(io, resolve(dirname(path), name)),
      );
      const outcomes = await runCases(await findPosts(io, policy), cases);
      const wrong = outcomes.filter(({ passed }) => !passed).length;
      if (json === true) io.json({ ok: wrong === 0, cases: outcomes });
      else {
        const rows = outcomes.map(({ name, passed, expected, got, said }) =>
          [passed ? '✓' : '✗', name, expected, got, said?.score.toFixed(3) ?? ''].map(plain),
        );
        io.out(table([['', 'CASE', 'EXPECTED', 'GOT', 'SCORE'], ...rows]));
        io.out(`${outcomes.length - wrong} of ${outcomes.length} cases are as expected.`);
      }
      if (wrong > 0) throw new Problem('findings', 'the guards say otherwise than expected');
    });
}
