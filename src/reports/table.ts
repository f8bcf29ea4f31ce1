import { plain } from '../base/plain.ts';
import type { JudgedFile, JudgedFinding } from '../findings/result.ts';
import type { Severity } from '../findings/severity.ts';
import type { ReportKind, Surroundings } from './report.ts';
import { placeText, rangeText, sizeText, split, summary, unreadOf, VERDICTS } from './words.ts';

const COLOURS: Readonly<Record<Severity | 'clean' | 'findings' | 'undecided', string>> = {
  critical: '1;31',
  high: '31',
  medium: '33',
  low: '36',
  note: '2',
  clean: '32',
  findings: '1;31',
  undecided: '33',
};

/** Of one file so many findings and gaps are shown; the JSON has them all. */
const SHOWN = 20;
/** Clean files are named while there are no more than this. */
const NAMED = 50;

/** For people at a terminal. */
export const table: ReportKind = {
  name: 'table',
  about: 'for people: verdict, rule, where, why, and what to do',
  write(result, surroundings) {
    const lines: string[] = [];
    const bad = result.files.filter(({ verdict, findings }) => verdict !== 'clean' || findings.length > 0);
    const others = new Set(bad);
    const clean = result.files.filter((file) => !others.has(file));
    for (const file of bad) lines.push(...fileLines(file, surroundings), '');
    const paint = painter(surroundings);
    if (clean.length <= NAMED)
      for (const { path, size } of clean)
        lines.push(`${paint('clean', 'clean')}  ${plain(path)}  ${sizeText(size)}`);
    for (const { path, why } of result.left) lines.push(plain(`not entered  ${path}  (${why})`));
    for (const note of result.notes) lines.push(plain(`note: ${note}`));
    if (lines.at(-1) !== '' && lines.length > 0) lines.push('');
    lines.push(paint(result.verdict, summary(result)));
    return `${lines.join('\n')}\n`;
  },
};

type Paint = (as: keyof typeof COLOURS, text: string) => string;
const painter =
  ({ colour }: Surroundings): Paint =>
  (as, text) =>
    colour ? `\u001b[${COLOURS[as]}m${text}\u001b[0m` : text;

function fileLines(file: JudgedFile, surroundings: Surroundings): string[] {
  const paint = painter(surroundings);
  const { open, excused } = split(file.findings);
  const lines = [
    `${paint(file.verdict, VERDICTS[file.verdict])}  ${plain(file.path)}  ${sizeText(file.size)}`,
  ];
  for (const finding of open.slice(0, SHOWN)) lines.push(...findingLines(finding, file.path, surroundings));
  if (open.length > SHOWN) lines.push(`  and ${open.length - SHOWN} more: --format json lists them`);
  const unread = unreadOf(file);
  for (const { path, start, end, why } of unread.slice(0, SHOWN))
    lines.push(plain(`  not read: ${path.join('!')}, bytes ${start} to ${end}: ${why ?? 'no reason'}`));
  if (unread.length > SHOWN) lines.push(`  and ${unread.length - SHOWN} more stretches not read`);
  if (file.excuse !== undefined)
    lines.push(plain(`  may stay unread until ${file.excuse.until}: ${file.excuse.reason}`));
  for (const { rule, excuse } of excused.slice(0, SHOWN))
    lines.push(plain(`  excused by ${excuse?.by} until ${excuse?.until}: ${rule} (${excuse?.reason})`));
  return lines;
}

function findingLines(finding: JudgedFinding, file: string, { rules, colour }: Surroundings): string[] {
  const { rule, severity, place, message } = finding;
  const inside = place.path.length > 1 ? ` in ${place.path.slice(1).join('!')}` : '';
  const where = `${placeText(place) === file ? '' : inside}${rangeText(place.range)}`;
  const lines = [
    `  ${painter({ rules, colour })(severity, severity.padEnd(8))}  ${rule}${plain(where)}`,
    `            ${plain(message)}`,
  ];
  const advice = rules.get(rule)?.advice;
  if (advice !== undefined) lines.push(`            → ${advice}`);
  return lines;
}
