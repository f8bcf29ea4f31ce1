import { Command } from 'commander';
import { plain } from '../base/plain.ts';
import { Problem } from '../base/problem.ts';
import type { Rule } from '../detect/rule.ts';
import { tryRule } from '../detect/try-rule.ts';
import { shown as ruleJson } from '../gateway/watch/detection.ts';
import { detectReplayCommand } from './detect-replay.ts';
import { rulesIn, rulesOf } from './detect-rules.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

/** `detect`: what is looked for over time. */
export function detectCommand(io: CliIo): Command {
  return new Command('detect')
    .description('what is looked for in the ledger over time: rules, their tests, and what they would find')
    .addCommand(listCommand(io))
    .addCommand(showCommand(io))
    .addCommand(checkCommand(io))
    .addCommand(testCommand(io))
    .addCommand(detectReplayCommand(io));
}

const withSettings = (command: Command): Command =>
  command
    .option('-c, --config <FILE>', 'settings (default: gatehouse.yaml, where there is one)')
    .option('--json', 'as JSON');

const listCommand = (io: CliIo): Command =>
  withSettings(new Command('list').description('every rule: those that ship, and those of the settings'))
    .addHelpText(
      'after',
      '\nExit codes: 0 listed, 3 a rule or a setting cannot be used.\n\nExamples:\n  gatehouse detect list\n  gatehouse detect list --json',
    )
    .action(async (options: Options) => {
      const { rules, disabled, ships } = await rulesOf(io, options.config);
      const all = [...rules, ...disabled].sort((a, b) => (a.id < b.id ? -1 : 1));
      const isOn = (rule: Rule): boolean => rules.includes(rule);
      if (options.json === true) return io.json(all.map((rule) => ruleJson(rule, isOn(rule), ships(rule))));
      const rows = all.map((rule) => [rule.id, isOn(rule) ? rule.level : 'off', plain(rule.title)]);
      io.out(table([['rule', 'level', 'what'], ...rows]));
    });

const showCommand = (io: CliIo): Command =>
  withSettings(new Command('show').description('one rule: what it means, what else it may be, what to do'))
    .argument('<RULE>', 'id of a rule')
    .addHelpText(
      'after',
      '\nExit codes: 0 shown, 3 there is no such rule.\n\nExamples:\n  gatehouse detect show guard.evasion-series',
    )
    .action(async (id: string, options: Options) => {
      const { rules, disabled, ships } = await rulesOf(io, options.config);
      const rule = [...rules, ...disabled].find((one) => one.id === id);
      if (rule === undefined)
        throw new Problem('usage', 'there is no such rule', 'Run "gatehouse detect list".');
      if (options.json === true) return io.json(ruleJson(rule, rules.includes(rule), ships(rule)));
      const { title, description, level, atlas, owasp, groupBy, falsePositives, response } = rule;
      const mapped = [...atlas, ...owasp].join(', ');
      io.out(plain(`${id}: ${title}`));
      io.out(
        `level ${level}${rules.includes(rule) ? '' : ', off'}; ${rule.measure.type} by ${groupBy.join(', ') || 'nothing'}${mapped === '' ? '' : `; ${mapped}`}`,
      );
      for (const part of [description, `May also be: ${falsePositives.join(' ')}`, `What to do: ${response}`])
        io.out(`\n${plain(part.replaceAll('\n', ' '))}`);
    });

const checkCommand = (io: CliIo): Command =>
  new Command('check')
    .description('say whether rules can be used')
    .argument('<FILES...>', 'files with a rule each')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 they can be used, 3 one cannot (every error is named with line and column).\n\nExamples:\n  gatehouse detect check my-rule.yaml',
    )
    .action((files: string[], { json }: Options) => {
      const rules = rulesIn(io, files);
      if (json === true)
        return io.json(rules.map(({ id, file, level, tests }) => ({ id, file, level, tests: tests.length })));
      for (const { id, file, tests } of rules)
        io.out(
          plain(`${file} is fine: ${id}, with ${tests.length} ${tests.length === 1 ? 'test' : 'tests'}.`),
        );
    });

const testCommand = (io: CliIo): Command =>
  withSettings(new Command('test').description('run the tests that rules bring with them'))
    .argument('[FILES...]', 'files with a rule each; without any, all rules that are on')
    .addHelpText(
      'after',
      '\nExit codes: 0 all passed, 1 one did not, 3 a rule cannot be used.\n\nExamples:\n  gatehouse detect test\n  gatehouse detect test my-rule.yaml',
    )
    .action(async (files: string[], options: Options) => {
      const rules = files.length > 0 ? rulesIn(io, files) : (await rulesOf(io, options.config)).rules;
      const tried = rules.flatMap((rule) =>
        tryRule(rule).map(({ test, fired, passed }) => ({
          rule: rule.id,
          test: test.name,
          wanted: test.fires,
          fired,
          passed,
        })),
      );
      const failed = tried.filter(({ passed }) => !passed);
      if (options.json === true) io.json(tried);
      else {
        for (const { rule, test, wanted, fired } of failed)
          io.out(plain(`${rule}: “${test}” fired ${fired} times, and should ${wanted}`));
        io.out(`${tried.length - failed.length} of ${tried.length} tests of ${rules.length} rules passed.`);
      }
      if (failed.length > 0) process.exitCode = 1;
    });
