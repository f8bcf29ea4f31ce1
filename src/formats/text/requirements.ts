import { shown } from '../../findings/finding.ts';
import { CODE_RULES } from '../code-rules.ts';
import type { Part } from '../format.ts';

/** Options that name where packages come from (pip, “Requirements File Format”). */
const OPTION =
  /(?:^|\s)(?:(?:--(?:index|extra-i|find-l|trusted-h)[a-z-]{0,20})(?:\s*=\s*|\s+)|-[if]\s*=?\s*(?=\S))(\S{1,400})/;
/** Lists of requirements that lie elsewhere. */
const ELSEWHERE = /^\s*(?:-[rc]|--(?:requirement|constraint))\s*=?\s*([a-z][a-z0-9+]{1,9}:\/\/\S{1,400})/;
/** `pkg @ https://…`, `git+ssh://…`, `https://…/x.whl`, `-e .`: what is installed is what lies there now. */
const ADDRESS =
  /^\s*(?:-e\s+|--editable(?:\s+|=))?(?:[A-Za-z0-9][\w.-]{0,100}(?:\[[\w,. -]{0,100}\])?\s*@\s*)?((?:git|hg|svn|bzr)\+\S{1,400}|(?:https?|ftp|file):\/\/\S{1,400}|(?:\\\\|\/\/)\S{1,400}|\.{0,2}\/\S{0,400})/;
/** The index that pip has without being told, and the one that wheels of PyTorch come from. */
const USUAL = /^(?:https:\/\/)?(?:pypi\.org|files\.pythonhosted\.org|download\.pytorch\.org)(?:\/|$)/;

/** Whether a file is a list of requirements: by its name, for its lines look like any words. */
export const isRequirements = (name: string): boolean =>
  /(?:^|[/_.-])(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/i.test(name) ||
  /(?:^|\/)requirements\/[\w.-]+\.txt$/i.test(name);

export function judgeRequirements(part: Part, text: string): void {
  let at = 0;
  // A line goes on behind a backslash: bytes stay where they are.
  for (const line of text.replace(/\\\r?\n/g, (end) => ' '.repeat(end.length)).split('\n')) {
    const start = at;
    at += Buffer.byteLength(line) + 1;
    const plain = line.replace(/^(\s*)["']/, '$1').replace(/(?:^|\s)#.*/, '');
    const from = (OPTION.exec(plain) ?? ADDRESS.exec(plain) ?? ELSEWHERE.exec(plain))?.[1];
    if (from === undefined || USUAL.test(from)) continue;
    part.report({
      rule: CODE_RULES.requirement.id,
      message: `a requirement comes from ${shown(withoutSecrets(from), 100)}`,
      range: { start, end: start + Buffer.byteLength(line) },
      evidence: { source: shown(withoutSecrets(from), 200) },
    });
  }
}

const withoutSecrets = (address: string): string => address.replace(/\/\/[^/@\s]{0,200}@/, '//…@');
