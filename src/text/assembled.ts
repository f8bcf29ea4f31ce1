import { naturalness } from './natural.ts';
import { segment } from './segment.ts';
import { apart } from './spaced.ts';
import { from } from './spans.ts';
import { type Patch, splice } from './splice.ts';
import { type Finder, MOST, matches, type Stretch } from './stretch.ts';

/** Text that is told in fragments and put together by whoever reads: `'ign' + 'ore'`, `a = "ign"; b = "ore"; a + b`. */

const QUOTED = /"([^"\n\\]{0,120})"|'([^'\n\\]{0,120})'|`([^`\n\\]{0,120})`/g;
const GLUE = /^[ \t]*(?:\+|\.|&|\|\||~|\.\.|<<|,)?[ \t]*(?:\\?\r?\n[ \t]*)?(?:\+|\.|&)?[ \t]*$/;
const ASSIGNED =
  /(?<![\w$])([$@]?[A-Za-z_]\w{0,30})[ \t]*(?::?=|:|\bis\b|\bbe\b)[ \t]*(?:"([^"\n]{1,200})"|'([^'\n]{1,200})'|`([^`\n]{1,200})`|“([^”\n]{1,200})”)/y;
const NAMES_MOST = 64;
/** A name that is longer is none: without the look back each of its letters would be tried. */
const SUM =
  /(?<![A-Za-z_])[$@]?[A-Za-z_]\w{0,30}(?:[ \t]*(?:\+|\.|&|~|\|\|)[ \t]*(?:[$@]?[A-Za-z_]\w{0,30}|"[^"\n]{0,80}"|'[^'\n]{0,80}'))+|(?:\$?\{\{?[ \t]*\w{1,31}[ \t]*\}?\}[ \t]?){2,}/g;

/** Quick to find: without it there is no sum. */
const ADDITION = /[+&~|][ \t]*[A-Za-z_$@"']|\}[ \t]?\$?\{/;

interface Fragment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export const assembled: Finder = {
  kind: 'assembled',
  repairs: true,
  find(text, survey) {
    if (!survey.has('"') && !survey.has("'") && !survey.has('`')) return [];
    const adds = survey.has('+') || survey.has('{') || survey.has('&') || survey.has('.') || survey.has('~');
    return apart([...glued(text), ...(adds && ADDITION.test(text) ? summed(text) : [])]);
  },
};

/** Neighbouring strings with a sign of addition between. */
function glued(text: string): Stretch[] {
  const found: Stretch[] = [];
  let group: Fragment[] = [];
  let commas = 0;
  const flush = () => {
    if (group.length > 1 && (commas === 0 || shreds(group))) found.push(together(text, group));
    group = [];
    commas = 0;
  };
  for (const match of matches(text, QUOTED)) {
    const inner = match[1] ?? match[2] ?? match[3] ?? '';
    const last = group.at(-1);
    const between = last === undefined ? '' : text.slice(last.end + 1, Math.min(match.index, last.end + 20));
    if (last !== undefined && (match.index - last.end > 16 || !GLUE.test(between))) flush();
    else if (last !== undefined && !/[+.&|~<]/.test(between)) commas++;
    group.push({ start: match.index + 1, end: match.index + 1 + inner.length, text: inner });
  }
  flush();
  return found;
}

/** A list of strings is put together only if its items are shreds of words. */
function shreds(group: readonly Fragment[]): boolean {
  const letters = group.map((one) => one.text).join('');
  if (group.length < 3 || letters.length > group.length * 5 || letters.length < 6) return false;
  const { known, starts } = segment(letters.replace(/[^A-Za-z]/g, '').toLowerCase());
  return known >= 0.85 && starts.length < group.length && naturalness(letters) > 0;
}

function together(text: string, group: readonly Fragment[]): Stretch {
  const start = (group[0]?.start ?? 1) - 1;
  const end = (group.at(-1)?.end ?? 0) + 1;
  const source = text.slice(start, end);
  const gaps: Patch[] = [];
  let at = 0;
  for (const one of group) {
    gaps.push({ start: at, end: one.start - start, text: '' });
    at = one.end - start;
  }
  gaps.push({ start: at, end: source.length, text: '' });
  const { text: joined, spanOf } = splice(source, gaps);
  return {
    kind: 'assembled',
    start,
    end,
    text: joined,
    spanOf: (first, last) => {
      const span = spanOf(first, last);
      return { start: start + span.start, end: start + span.end };
    },
  };
}

const QUOTE = /["'`“]/g;
const isBlank = (code: number): boolean => code === 32 || code === 9;
const isWordly = (code: number): boolean =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95;
const EQUALS = 61;
const COLON = 58;

/** The first strings that names are given. Looked for from their quotes, which are rarer than names. */
function* assignments(text: string): Generator<RegExpExecArray> {
  let done = 0;
  let count = 0;
  for (const { index } of text.matchAll(QUOTE)) {
    const name = index < done ? -1 : nameBefore(text, index);
    if (name < 0) continue;
    // It may have a sign before it: $name, @name.
    for (const start of [name - 1, name]) {
      ASSIGNED.lastIndex = start;
      const match = start < done ? null : ASSIGNED.exec(text);
      if (match === null) continue;
      done = ASSIGNED.lastIndex;
      yield match;
      if (++count >= MOST) return;
      break;
    }
  }
}

/** Where the name begins that stands before a quote and a sign of assignment; -1 without one. */
function nameBefore(text: string, quote: number): number {
  let at = quote;
  const skip = (isOne: (code: number) => boolean): boolean => {
    const end = at;
    while (at > 0 && isOne(text.charCodeAt(at - 1))) at--;
    return at < end;
  };
  skip(isBlank);
  const sign = text.charCodeAt(at - 1);
  if (sign === EQUALS) at -= text.charCodeAt(at - 2) === COLON ? 2 : 1;
  else if (sign === COLON) at--;
  else if (text.endsWith('is', at) || text.endsWith('be', at)) at -= 2;
  else return -1;
  skip(isBlank);
  return skip(isWordly) ? at : -1;
}

/** Names that were given strings, and sums of such names. */
function summed(text: string): Stretch[] {
  const values = new Map<string, Fragment>();
  for (const match of assignments(text)) {
    const [whole, name = '', ...quoted] = match;
    const value = quoted.find((one) => one !== undefined) ?? '';
    const start = match.index + whole.length - 1 - value.length;
    values.set(name, { start, end: start + value.length, text: value });
    if (values.size >= NAMES_MOST) break;
  }
  if (values.size < 2) return [];
  const found: Stretch[] = [];
  const names = [...values.keys()];
  for (const match of matches(text, SUM)) {
    if (!names.some((name) => match[0].includes(name))) continue;
    const patches: Patch[] = [];
    let resolved = 0;
    let end = 0;
    for (const piece of match[0].matchAll(/"([^"\n]*)"|'([^'\n]*)'|[$@]?[A-Za-z_]\w*|[^"'A-Za-z_$@]+/g)) {
      const literal = piece[1] ?? piece[2];
      const value = literal === undefined ? values.get(piece[0]) : undefined;
      if (value !== undefined) resolved++;
      const isGlue = /^[^A-Za-z_"']/.test(piece[0]) && value === undefined;
      const isSpace = isGlue && /\}[ \t]+\$?\{/.test(piece[0]);
      const start = match.index + piece.index;
      end = start + piece[0].length;
      patches.push({
        start,
        end,
        text: literal ?? value?.text ?? (isSpace ? ' ' : isGlue ? '' : piece[0]),
        ...(value === undefined ? {} : { spanOf: from(value.start) }),
      });
    }
    if (resolved < 2) continue;
    const made = splice(text.slice(0, end), [{ start: 0, end: match.index, text: '' }, ...patches]);
    const sum = made.text;
    if (resolved >= 2)
      found.push({ kind: 'assembled', start: match.index, end, text: sum, spanOf: made.spanOf });
  }
  return found;
}
