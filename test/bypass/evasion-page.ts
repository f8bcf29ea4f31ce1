import { SPOTS } from './evasion-places.ts';
import type { Cell, Evasions, Table } from './evasions.ts';

/** What each table of the page is about. */
const TABLES: readonly (readonly [name: keyof Evasions, title: string, about: string])[] = [
  [
    'plain',
    'As it stands',
    'Of each list, what is not found as it stands. Only the others are written otherwise.',
  ],
  [
    'writings',
    'Attacks, written otherwise',
    'Attacks that are found as they stand, and not when written so.',
  ],
  [
    'edits',
    'Attacks, one character changed',
    'Attacks that are found as they stand, and not with one character changed, drawn at random.',
  ],
  [
    'spreads',
    'Attacks, spread over a request',
    'Attacks that are found as one text, and not when spread so.',
  ],
  [
    'values',
    'Secrets and personal data, written otherwise',
    'What is found by `secrets` and `pii` as it stands, and not when written so.',
  ],
  [
    'innocent',
    'Innocent texts, written otherwise',
    'Innocent texts that are taken for attacks when written so.',
  ],
];

const HEAD = `## Ways round the guards that weigh

The guards \`injection\`, \`secrets\` and \`pii\` with the settings they come with. What they find as it stands is written
otherwise, and put into each place of a request of each dialect in turn, and given in pieces as a stream brings it. What is
not found is counted here, and named in \`test/bypass/evasions.txt\`; a test fails where more is missed, and where less is.
Misses of tries. What nobody sees (zero-width characters, tags) is refused by the guard \`bounds\` besides.
`;

/** The tables as a section of the page about what is covered. */
export function evasionPage(evasions: Evasions): string {
  return [HEAD, ...TABLES.map(([name, title, about]) => section(title, about, evasions[name]))].join('\n');
}

function section(title: string, about: string, table: Table): string {
  const spots = SPOTS.map(({ name }) => name);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rows = Object.entries(table).map(([name, cells]) =>
    row([code(name), ...spots.map((spot) => said(cells[spot]))]),
  );
  const all = Object.values(table).flatMap((cells) => Object.values(cells));
  return `### ${title}

${about} In all ${said(total(all))}.

${row(['', ...spots])}${row(['---', ...spots.map(() => '---')])}${rows.join('')}`;
}

/** `\\u` is no escape of Markdown's. */
const code = (name: string): string => (name.startsWith('\\') ? `\`${name}\`` : name);
const said = (cell: Pick<Cell, 'tried' | 'wrong'> | undefined): string =>
  cell === undefined || cell.tried === 0 ? '' : `${cell.wrong.length} of ${cell.tried}`;
const total = (cells: readonly Cell[]): Cell => ({
  tried: cells.reduce((sum, { tried }) => sum + tried, 0),
  wrong: cells.flatMap(({ wrong }) => wrong),
});

/** One line for each cell, so that a difference can be read: `writings / leet / user: 2 of 12: override; planted`. */
export function evasionLines(evasions: Evasions): string[] {
  return Object.entries(evasions).flatMap(([table, rows]: [string, Table]) =>
    Object.entries(rows).flatMap(([trick, cells]) =>
      Object.entries(cells).map(([spot, cell]) =>
        [`${table} / ${trick} / ${spot}: ${said(cell) || '0 of 0'}`, cell.wrong.join('; ')]
          .filter(Boolean)
          .join(': '),
      ),
    ),
  );
}

/** What of the lines is not as it was: `worse` has names that the line before did not have. */
export function compared(
  before: readonly string[],
  now: readonly string[],
): { worse: string[]; other: string[] } {
  const known = new Map(before.map((line) => [cellOf(line), line]));
  const worse: string[] = [];
  const other: string[] = [];
  for (const line of now) {
    const old = known.get(cellOf(line));
    if (old === line) continue;
    const names = new Set(namesOf(old ?? ''));
    const more = namesOf(line).filter((name) => !names.has(name));
    if (more.length > 0 && old !== undefined) worse.push(`${cellOf(line)}: ${more.join('; ')}`);
    else other.push(line);
  }
  return { worse, other };
}

const cellOf = (line: string): string => line.slice(0, line.indexOf(': '));
const namesOf = (line: string): string[] => line.split(': ')[2]?.split('; ') ?? [];
