import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';
import { isUsualSource, withoutPassword } from '../package-sources.ts';

/** Options that name where packages come from (pip, “Requirements File Format”). */
const OPTION =
  /(?:^|\s)(?:(?:--(?:index|extra-i|find-l|trusted-h|proxy)[a-z-]{0,20})(?:\s*=\s*|\s+)|-[if]\s*=?\s*(?=\S))(\S{1,400})/;
/** Lists of requirements that lie elsewhere. */
const ELSEWHERE = /^\s*(?:-[rc]|--(?:requirement|constraint))\s*=?\s*([a-z][a-z0-9+]{1,9}:\/\/\S{1,400})/;
/** `pkg @ https://…`, `git+ssh://…`, `https://…/x.whl`, `-e .`: what is installed is what lies there now. */
const ADDRESS =
  /^\s*(?:-e\s+|--editable(?:\s+|=))?(?:[A-Za-z0-9][\w.-]{0,100}(?:\[[\w,. -]{0,100}\])?\s*@\s*)?((?:git|hg|svn|bzr)\+\S{1,400}|(?:https?|ftp|file):\/\/\S{1,400}|(?:\\\\|\/\/)\S{1,400}|\.{0,2}\/\S{0,400}|[\w./-]{1,200}\.(?:whl|tar\.gz|zip)(?=\s|$))/;
/** Whether a file is a list of requirements: by its name, for its lines look like any words. */
export const isRequirements = (name: string): boolean =>
  /(?:^|[/_.-])(?:requirements?|constraints|reqs?|deps|dependencies)[\w.-]*\.(?:txt|in)$/i.test(name) ||
  /(?:^|\/)requirements\/[\w.-]+\.txt$/i.test(name);

export function judgeRequirements(part: Part, text: string): void {
  let at = 0;
  // A line goes on behind a backslash: bytes stay where they are.
  for (const line of text.replace(/\\\r?\n/g, (end) => ' '.repeat(end.length)).split('\n')) {
    const start = at;
    at += Buffer.byteLength(line) + 1;
    const plain = line.replace(/^(\s*)["']/, '$1').replace(/(?:^|\s)#.*/, '');
    const from = (OPTION.exec(plain) ?? ADDRESS.exec(plain) ?? ELSEWHERE.exec(plain))?.[1];
    if (from !== undefined) tell(part, from, start, line);
  }
}

/** Settings of pip, Poetry, uv and Pipenv, and what a build asks for. */
export const isPackaging = (name: string): boolean =>
  /(?:^|\/)(?:pyproject\.toml|Pipfile|pip\.(?:conf|ini)|setup\.cfg|uv\.toml|poetry\.lock|uv\.lock|pdm\.lock)$/i.test(
    name,
  );

/** Lines that say where packages come from. Pages of a project are addresses as well, and are passed by. */
const SOURCES = [
  /^\s*(?:url|index-url|extra-index-url|default-index|find-links|index_url|find_links)\s*=\s*\[?\s*["']?([a-z][a-z0-9+]{1,9}:\/\/[^\s"']{1,400})/,
  /\b(?:git|url|registry)\s*=\s*["']([a-z][a-z0-9+]{1,9}:\/\/[^\s"']{1,400})["']\s*[,}]/,
  /["']\s*[A-Za-z0-9][\w.-]{0,100}(?:\[[\w,. -]{0,100}\])?\s*@\s*((?:(?:git|hg|svn|bzr)\+|https?:|file:)[^\s"']{1,400})/,
  /^\s*[A-Za-z0-9][\w.-]{0,100}\s*@\s*((?:(?:git|hg|svn|bzr)\+|https?:|file:)[^\s"']{1,400})/,
] as const;

export function judgePackaging(part: Part, text: string): void {
  let at = 0;
  let section = '';
  for (const line of text.split('\n')) {
    const start = at;
    at += Buffer.byteLength(line) + 1;
    section = /^\s*\[{1,2}([^\]]{1,100})\]/.exec(line)?.[1] ?? section;
    // Of a package itself: where its pages are.
    const isPage = /\burls\b/.test(section) || /^metadata$|^(?:tool\.poetry|project)$/.test(section);
    const short = line.slice(0, 2_000);
    const from = SOURCES.map((one, i) => (i === 0 && isPage ? null : one.exec(short))).find(
      (found) => found !== null,
    )?.[1];
    if (from !== undefined) tell(part, from, start, line);
  }
}

function tell(part: Part, from: string, start: number, line: string): void {
  if (isUsualSource(from)) return;
  part.report({
    rule: CODE_RULES.requirement.id,
    message: `a requirement comes from ${shown(withoutPassword(from), 100)}`,
    range: { start, end: start + Buffer.byteLength(line) },
    evidence: { source: shown(withoutPassword(from), 200) },
  });
}
