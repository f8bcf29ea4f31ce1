import { plain } from '../base/plain.ts';
import { TECHNIQUES } from '../exchange/technique.ts';
import type { Finding, Inspected } from '../inspection/inspector.ts';

interface Look {
  readonly colour: boolean;
  /** Of the file, where there are several; else empty. */
  readonly name: string;
}

/** Findings shown one by one; a file full of them is better read as JSON. */
const SHOWN = 50;
/** Characters shown around a finding, and of one. */
const AROUND = 40;
const INSIDE = 60;

/** What was found in a text, for people: each finding with the words around it. */
export function showInspected(text: string, said: Inspected, { colour, name }: Look): string[] {
  const head = name === '' ? '' : `${plain(name)}: `;
  const score = `score ${said.score.toFixed(3)}`;
  if (!said.flagged) return [`${head}nothing found (${score})`];
  const count = said.findings.length;
  const lines = [`${head}${count} ${count === 1 ? 'finding' : 'findings'} (${score})`];
  lines.push(...showFindings(text, said.findings, colour));
  const techniques = [...new Set(said.findings.flatMap(({ technique }) => technique ?? []))];
  if (techniques.length > 0) lines.push('');
  for (const id of techniques) lines.push(`  ${id}: ${TECHNIQUES[id].about}`);
  return lines;
}

/** Each finding with the words around it, after an empty line. */
export function showFindings(text: string, findings: readonly Finding[], colour: boolean): string[] {
  const lines = findings
    .slice(0, SHOWN)
    .flatMap((finding) => ['', `  ${titleOf(finding)}`, `  ${excerpt(text, finding, colour)}`]);
  return findings.length > SHOWN
    ? [...lines, '', `  and ${findings.length - SHOWN} more; --json shows all`]
    : lines;
}

function titleOf({ type, reason, start, end, score, owasp, atlas, action }: Finding): string {
  const about = [
    reason,
    score === undefined ? '' : `score ${score.toFixed(3)}`,
    owasp === undefined ? '' : `OWASP ${owasp}:2025`,
    atlas === undefined ? '' : `ATLAS ${atlas}`,
    action === undefined ? '' : `action ${action}`,
  ].filter((part) => part !== '');
  return `${type} at ${start}–${end} (${about.join(', ')})`;
}

/** The stretch marked, within a line of the text. */
function excerpt(text: string, { start, end }: { start: number; end: number }, colour: boolean): string {
  const [on, off] = colour ? ['\u001b[1;31m', '\u001b[0m'] : ['⟦', '⟧'];
  const before = shown(text.slice(Math.max(0, start - AROUND), start));
  const after = shown(text.slice(end, end + AROUND));
  const inside =
    end - start <= INSIDE
      ? shown(text.slice(start, end))
      : `${shown(text.slice(start, start + INSIDE / 2))} … ${shown(text.slice(end - INSIDE / 2, end))}`;
  return `${start > AROUND ? '…' : ''}${before}${on}${inside}${off}${after}${end + AROUND < text.length ? '…' : ''}`;
}

/** One line, with nothing in it that a terminal would obey. */
const shown = (text: string): string => plain(text.replace(/\s+/gu, ' '));
