import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './main.ts';
import type { Detected } from './measure.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'monitors.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->'];

/** The figures, in Markdown. */
export function tables(results: readonly Result[]): string {
  const honest = results.flatMap(({ name, benign, seconds }) =>
    Object.entries(benign).map(([habit, own]) =>
      row([
        name,
        habit,
        own.callers,
        own.queries,
        own.alarmed,
        own.wider,
        `${own.microseconds.toFixed(0)} µs`,
        `${(own.bytes / 1024).toFixed(1)} KB`,
        `${seconds.toFixed(1)} s`,
      ]),
    ),
  );
  const ways = Object.keys(results[0]?.attacks[0]?.ways ?? {});
  const attacks = (of: 'attacks' | 'others') => [
    row(['model', 'attack', ...ways, 'attackers named', 'honest named']),
    row(Array.from({ length: 4 + ways.length }, () => '---')),
    ...results.flatMap(({ name, [of]: own }) =>
      own.map(({ name: attack, ways: found, crowd }) =>
        row([
          name,
          attack,
          ...Object.values(found).map(words),
          `${crowd.attackersNamed} of 10`,
          `${crowd.honestNamed} of ${crowd.honest}`,
        ]),
      ),
    ),
  ];
  return [
    row([
      'model',
      'honest callers ask about',
      'callers',
      'queries',
      'callers alarmed',
      'alarms about teams and all',
      'CPU a query',
      'state of a caller',
      'CPU of calibration',
    ]),
    row(Array.from({ length: 9 }, () => '---')),
    ...honest,
    '',
    ...attacks('attacks'),
    '',
    'Attacks that nothing was measured on while the monitors were made:',
    '',
    ...attacks('others'),
    '',
    'Honest callers that are hard to tell from attackers, 100 queries each:',
    '',
    row(['model', 'honest callers ask about', 'callers', 'alarmed', 'alarms about all', 'named by these']),
    row(Array.from({ length: 6 }, () => '---')),
    ...results.flatMap(({ name, habits }) =>
      habits.map((own) => row([name, own.name, own.callers, own.alarmed, own.wider, own.named])),
    ),
  ].join('\n');
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const words = ({ at, alarm }: Detected): string =>
  at === undefined || alarm === undefined
    ? 'never'
    : `${at} (${alarm.monitor}${alarm.scope === 'caller' ? '' : `, ${alarm.scope}`})`;

/** Puts the tables between the marks of the page. */
export function replaced(text: string, when: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has no place for figures`);
  writeFileSync(
    PAGE,
    `${page.slice(0, before + BEGIN.length)}\n\n${when}\n\n${text}\n\n${page.slice(after)}`,
  );
}
