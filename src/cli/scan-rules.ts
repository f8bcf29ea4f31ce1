import { Command } from 'commander';
import { Problem } from '../base/problem.ts';
import { nearest } from '../base/suggest.ts';
import { mappingsOf, type Rule } from '../findings/rule.ts';
import type { CliIo } from './io.ts';
import { table } from './table.ts';

/** `scan rules`: what is looked for. */
export const scanRulesCommand = (io: CliIo): Command =>
  new Command('rules')
    .description('what is looked for: all rules, or one of them in full')
    .argument('[ID]', 'one rule')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Examples:
  gatehouse scan rules
  gatehouse scan rules pickle.dangerous-call
  gatehouse scan rules --json`,
    )
    .action(async (id: string | undefined, { json }: { readonly json?: boolean }) => {
      const { ALL_RULES } = await import('../lifecycle/scan/catalogue.ts');
      if (id !== undefined) {
        const rule = ALL_RULES.get(id);
        if (rule === undefined) throw unknown(id, ALL_RULES.keys());
        if (json === true) io.json(rule);
        else io.out(pageOf(rule));
        return;
      }
      const rules = [...ALL_RULES.values()];
      if (json === true) io.json(rules);
      else
        io.out(
          table([['rule', 'severity', 'what'], ...rules.map((one) => [one.id, one.severity, one.title])]),
        );
    });

function unknown(id: string, all: Iterable<string>): Problem {
  const close = nearest(id, [...all]);
  return new Problem(
    'usage',
    `there is no rule ${id}`,
    close === undefined ? 'gatehouse scan rules lists them.' : `Did you mean ${close}?`,
  );
}

function pageOf(rule: Rule): string {
  const { id, title, severity, about, advice } = rule;
  const mapped = mappingsOf(rule).map(([name, all]) => `${name}: ${all.join(', ')}`);
  return [`${id}  (${severity})`, title, '', about, '', `What to do: ${advice}`, '', ...mapped]
    .join('\n')
    .trimEnd();
}
