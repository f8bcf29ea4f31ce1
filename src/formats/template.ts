import { parse, tokenize } from '@huggingface/jinja';
import { shown } from '../findings/finding.ts';
import { squeezed } from './blanks.ts';
import type { Part, Report } from './format.ts';
import { isNode, type Node } from './template-fold.ts';
import { DUNDER, TemplateReader } from './template-reader.ts';
import { TEMPLATE_RULES } from './template-rules.ts';

/** UTF-16 units of a template; the longest in use have some 30,000. */
const LONGEST = 1 << 20;
/** Of Jinja in texts for people: UTF-16 units of one piece, and pieces that are parsed; further ones are searched. */
const LONGEST_STRAY = 4000;
const MOST_STRAY = 10_000;
const MOST_NODES = 200_000;
/** Reads a Jinja template that a model would be served with: what it can reach, and what it tells the model. */
export function judgeTemplate(part: Part, text: string, start?: number): void {
  for (const report of reportsOn(text, treeOf(text))) part.report({ ...report, ...rangeOf(text, start) });
  for (const told of toldBy(text)) part.readText(told, 'told');
}

/** Jinja in a text that people read: only what reaches for the inside of Python counts. */
export function judgeStrayTemplate(part: Part, text: string, start?: number): void {
  let looked = 0;
  for (const [at, code] of strayTemplates(text)) {
    const tree = ++looked <= MOST_STRAY ? treeOf(code) : undefined;
    const found = reportsOn(code, tree).find(({ rule }) => rule === TEMPLATE_RULES.escape.id);
    if (found === undefined) continue;
    const before = start === undefined ? undefined : start + Buffer.byteLength(text.slice(0, at));
    part.report({
      ...found,
      rule: TEMPLATE_RULES.code.id,
      message: found.message.replace('the template', 'Jinja in this text'),
      ...rangeOf(code, before),
    });
    return;
  }
}

/**
 * Where Jinja may stand in a text. Of openings that share an end only the first and the last are looked at: whatever
 * stands between them is no whole expression, and a text of openings would be read once for each.
 */
function* strayTemplates(text: string): Generator<readonly [at: number, code: string]> {
  for (const [open, close] of [
    ['{{', '}}'],
    ['{%', '%}'],
  ] as const) {
    let behind = 0;
    for (let end = text.indexOf(close); end >= 0; end = text.indexOf(close, behind)) {
      const from = Math.max(behind, end - LONGEST_STRAY);
      const code = text.slice(from, end + close.length);
      const [first, last] = [code.indexOf(open), code.lastIndexOf(open)];
      if (first >= 0) yield [from + first, code.slice(first)];
      if (last > first) yield [from + last, code.slice(last)];
      behind = end + close.length;
    }
  }
}

const rangeOf = (text: string, start: number | undefined) =>
  start === undefined ? {} : { range: { start, end: start + Buffer.byteLength(text) } };

function treeOf(text: string): Node | undefined {
  if (text.length > LONGEST) return undefined;
  try {
    const { whole } = squeezed(unescaped(text));
    const tree: unknown = parse(tokenize(whole, { trim_blocks: true, lstrip_blocks: true }));
    return isNode(tree) ? tree : undefined;
  } catch {
    return undefined;
  }
}

/** @param tree undefined where it could not be understood: then it is searched */
function reportsOn(text: string, tree: Node | undefined): Report[] {
  const escaping = (what: string, evidence: string): Report => ({
    rule: TEMPLATE_RULES.escape.id,
    message: `the template ${what} ${shown(evidence, 80)}`,
    evidence: { name: shown(evidence, 200) },
  });
  if (tree === undefined) {
    // A chat template is whole in itself: these bring in files of whoever renders it.
    const found =
      searched(text) ?? /\{%[-+]?\s{0,20}(?:include|import|extends|from)\s[^%]{0,80}/.exec(text)?.[0];
    if (found !== undefined) return [escaping('has', found)];
    return [
      { rule: TEMPLATE_RULES.unparsed.id, message: 'the template was searched, but could not be understood' },
    ];
  }
  const reader = new TemplateReader();
  reader.read(tree);
  return [
    ...[...reader.escapes].slice(0, 5).map(([name, what]) => escaping(what, name)),
    ...[...reader.triggers].slice(0, 5).map(
      (word): Report => ({
        rule: TEMPLATE_RULES.trigger.id,
        message: `where a message has “${shown(word, 60)}” in it, the template tells the model something more`,
        evidence: { word: shown(word, 200) },
      }),
    ),
    ...[...reader.dates].slice(0, 5).map(
      (day): Report => ({
        rule: TEMPLATE_RULES.trigger.id,
        message: `by a date, ${shown(day, 60)}, the template tells the model something more`,
        evidence: { date: shown(day, 200) },
      }),
    ),
    ...(reader.heavy
      ? [{ rule: TEMPLATE_RULES.heavy.id, message: 'it repeats something millions of times' }]
      : []),
  ];
}

/** What the template says to the model in words, piece by piece. */
function toldBy(text: string): string[] {
  const tree = treeOf(text);
  if (tree === undefined) return [text];
  const told: string[] = [];
  const waiting: unknown[] = [tree];
  let nodes = 0;
  for (let node = waiting.pop(); node !== undefined && ++nodes < MOST_NODES; node = waiting.pop()) {
    if (Array.isArray(node)) waiting.push(...node);
    else if (node instanceof Map) waiting.push(...[...node].flat());
    else if (isNode(node)) {
      if (
        (node.type === 'StringLiteral' || node.type === 'Comment') &&
        (String(node.value).match(/\p{L}{2,}/gu)?.length ?? 0) >= 4
      )
        told.push(String(node.value));
      waiting.push(...Object.values(node).filter((one) => typeof one === 'object'));
    }
  }
  return told;
}

/** Characters as they are meant: `\x5f` hides an underscore from a search, never from Jinja. */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{3})|N\{LOW LINE\})/gi,
    (all, x, u, long, octal) => {
      const digits: string | undefined = x ?? u ?? long;
      const code =
        digits === undefined
          ? octal === undefined
            ? 0x5f
            : Number.parseInt(octal, 8)
          : Number.parseInt(digits, 16);
      const char = code <= 0x10ffff ? String.fromCodePoint(code) : '';
      // A quote or a backslash would change what follows.
      return /^['"\\\n]?$/.test(char) ? all.slice(1) : char;
    },
  );

/** Where there is no tree: dangerous names after what splits them is taken out. */
function searched(text: string): string | undefined {
  const joined = unescaped(text.slice(0, LONGEST)).replace(/['"]\s{0,20}[~+]?\s{0,20}['"]/g, '');
  return (
    DUNDER.exec(joined)?.[0] ??
    /\|\s{0,20}attr\s{0,20}\(/.exec(joined)?.[0] ??
    /\bdict\s{0,20}\(\s{0,20}__\w{1,40}\s{0,20}=|\bmap\s{0,20}\(\s{0,20}['"]attr\b/.exec(joined)?.[0] ??
    /\[[^\]]{0,200}['"]_{0,2}(?:class|mro|globals|subclasses|builtins)_{0,2}['"]/.exec(joined)?.[0] ??
    /['"]_{0,2}(?:class|mro|globals|subclasses|builtins)_{0,2}['"]\s{0,20}[~+]/.exec(joined)?.[0] ??
    /~_?\w{0,20}[~+]?['"]?(?:class|globals|subclasses|builtins)['"]?~/.exec(joined)?.[0] ??
    /\b(?:popen|subprocess|import_module|func_globals|f_globals|gi_frame)\b/.exec(joined)?.[0]
  );
}
