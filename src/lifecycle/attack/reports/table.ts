import { plain } from '../../../base/plain.ts';
import type { AttackResult, RunResult } from '../result.ts';
import type { AttackReport } from './report.ts';
import { corruptionRows, number, percent, shareText, summary, unitText, VERDICTS } from './words.ts';

const COLOURS = { done: '32', below: '1;31', undecided: '33' } as const;

/** For people at a terminal. */
export const table: AttackReport = {
  name: 'table',
  about: 'for people: robust accuracy by attack and budget, and what speaks against it',
  write(result, colour) {
    const { model, asked, verdict } = result;
    const paint = (text: string) => (colour ? `\u001b[${COLOURS[verdict]}m${text}\u001b[0m` : text);
    const lines = [
      plain(
        `${model.name}: ${model.features} features, ${model.classes.length} classes, ${ACCESS[model.access]}`,
      ),
      ...(model.opaque === undefined ? [] : [plain(`no gradients: ${model.opaque}`)]),
      `right as it is  ${shareText(result.clean)} of ${result.data.rows} rows`,
      `budgets in ${asked.norm}, ${unitText(asked)}; shares with their 95 % intervals`,
      '',
      ...columns([HEAD, ...result.runs.map(cells), ...worst(result)]),
      '',
      ...corruptionLines(result),
      ...result.warnings.map(({ message }) => plain(`warning: ${message}`)),
      ...result.reasons.map((reason) => plain(`${VERDICTS[verdict]}: ${reason}`)),
      paint(plain(`${VERDICTS[verdict]}: ${summary(result)}`)),
    ];
    return `${lines.join('\n')}\n`;
  },
};

function corruptionLines(result: AttackResult): string[] {
  const rows = corruptionRows(result);
  if (rows.length === 0) return [];
  const all = [
    ['corruption: % right at level', '1', '2', '3', '4', '5'],
    ...rows.map(({ title, levels }) => [plain(title), ...levels]),
  ];
  return [...columns(all), ''];
}

const ACCESS = {
  gradients: 'attacked with its gradients',
  scores: 'attacked by its scores',
  decisions: 'attacked by its answers alone',
} as const;

const HEAD = ['attack', 'budget', 'left right', 'broken', 'distance', 'queries a row', 'seconds'];

const cells = (run: RunResult): string[] => [
  run.attack,
  number(run.epsilon),
  shareText(run.robust),
  percent(run.success),
  run.distances === undefined ? '' : number(run.distances.median),
  number(run.queries.median),
  run.seconds.toFixed(1),
];

const worst = ({ worst: all }: AttackResult): string[][] =>
  all.map(({ epsilon, robust }) => ['all together', number(epsilon), shareText(robust), '', '', '', '']);

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
