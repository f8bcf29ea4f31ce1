import type { AttackResult } from '../result.ts';
import type { AttackReport } from './report.ts';
import { corruptionRows, number, percent, shareText, summary, VERDICTS } from './words.ts';

/** For pull requests and wikis. */
export const markdown: AttackReport = {
  name: 'markdown',
  about: 'for pull requests',
  write(result) {
    const lines = [
      `## Gatehouse attack: ${VERDICTS[result.verdict]}`,
      '',
      `${text(summary(result))}.`,
      '',
      '| attack | budget | left right | broken | median distance | queries a row |',
      '|---|---|---|---|---|---|',
      ...result.runs.map(
        (run) =>
          `| ${run.attack} | ${run.norm} ${number(run.epsilon)} | ${shareText(run.robust)} | ${percent(run.success)} | ${run.distances === undefined ? '' : number(run.distances.median)} | ${number(run.queries.median)} |`,
      ),
      ...result.worst.map(
        ({ epsilon, robust }) =>
          `| **all together** | ${result.asked.norm} ${number(epsilon)} | ${shareText(robust)} | | | |`,
      ),
      '',
      ...corruptionLines(result),
      ...result.warnings.map(({ message }) => `- warning: ${text(message)}`),
      ...result.reasons.map((reason) => `- ${VERDICTS[result.verdict]}: ${text(reason)}`),
    ];
    return `${lines.join('\n').trimEnd()}\n`;
  },
};

function corruptionLines(result: AttackResult): string[] {
  const rows = corruptionRows(result);
  if (rows.length === 0) return [];
  const head = ['| corruption: % right at level | 1 | 2 | 3 | 4 | 5 |', '|---|---|---|---|---|---|'];
  return [...head, ...rows.map(({ title, levels }) => `| ${text(title)} | ${levels.join(' | ')} |`), ''];
}

/** Names come from files and servers: nothing in them may end the cell, or mean anything in Markdown. */
const text = (value: string): string =>
  value.replace(/[\\`*_{}[\]<>#|~&@]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\s+/g, ' ');
