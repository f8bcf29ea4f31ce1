import type { JudgedFile } from '../findings/result.ts';
import type { ReportKind, Surroundings } from './report.ts';
import { placeText, rangeText, sizeText, split, summary, unreadOf, VERDICTS } from './words.ts';

const SHOWN = 100;

/** For pull requests and wikis. */
export const markdown: ReportKind = {
  name: 'markdown',
  about: 'for pull requests',
  write(result, surroundings) {
    const lines = [`## Gatehouse scan: ${VERDICTS[result.verdict]}`, '', summary(result), ''];
    for (const file of result.files.filter(({ verdict }) => verdict !== 'clean'))
      lines.push(...fileLines(file, surroundings));
    for (const { path, why } of result.left) lines.push(`- not entered: ${code(path)} (${text(why)})`);
    for (const note of result.notes) lines.push(`- ${text(note)}`);
    return `${lines.join('\n').trimEnd()}\n`;
  },
};

function fileLines(file: JudgedFile, { rules }: Surroundings): string[] {
  const lines = [`### ${VERDICTS[file.verdict]}: ${code(file.path)} (${sizeText(file.size)})`, ''];
  const { open, excused } = split(file.findings);
  if (open.length > 0) lines.push('| severity | rule | where | what | what to do |', '|---|---|---|---|---|');
  for (const { severity, rule, place, message } of open.slice(0, SHOWN)) {
    const where = `${code(placeText(place))}${rangeText(place.range)}`;
    lines.push(
      `| ${severity} | ${code(rule)} | ${where} | ${text(message)} | ${text(rules.get(rule)?.advice ?? '')} |`,
    );
  }
  if (open.length > SHOWN) lines.push('', `and ${open.length - SHOWN} more`);
  if (open.length > 0) lines.push('');
  for (const { path, start, end, why } of unreadOf(file).slice(0, SHOWN))
    lines.push(`- not read: ${code(path.join('!'))}, bytes ${start} to ${end}: ${text(why ?? '')}`);
  for (const { rule, excuse } of excused.slice(0, SHOWN))
    lines.push(`- excused until ${excuse?.until}: ${code(rule)} (${text(excuse?.reason ?? '')})`);
  if (lines.at(-1) !== '') lines.push('');
  return lines;
}

/** Names come from the files: nothing in them may end the cell, or mean anything in Markdown. */
const text = (value: string): string =>
  value.replace(/[\\`*_{}[\]<>()#+!|~&@]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\s+/g, ' ');
const code = (value: string): string => `<code>${text(value)}</code>`;
