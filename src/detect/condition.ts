import { glob } from '../base/glob.ts';

/** What a rule's condition says, over the names of its selections. */
export type Condition =
  | { readonly op: 'selection'; readonly name: string }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  /** So many of them, at least. */
  | { readonly op: 'some'; readonly least: number; readonly of: readonly Condition[] };

/** Says what is wrong with a condition. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';
}

const TOKEN = /\s*(?:([()])|([A-Za-z0-9_*-]+))/y;
/** Words and brackets of a condition, and how deep brackets go. */
const MOST = 200;
const DEEPEST = 20;

/**
 * Reads `selection and not 1 of filter_*`, as Sigma writes it: `and`, `or`, `not`, brackets, `1 of`, `all of`, `them`; `not` binds
 * closest, then `and`, then `or`. Throws {@link ConditionError}.
 * @param names of the selections that there are
 * @see https://github.com/SigmaHQ/sigma-specification (rules, “Condition”)
 */
export function parseCondition(text: string, names: readonly string[]): Condition {
  const words = wordsOf(text);
  let at = 0;
  const next = (): string => words[at]?.toLowerCase() ?? '';
  const either = (depth: number): Condition => joined('or', () => both(depth));
  const both = (depth: number): Condition => joined('and', () => single(depth));
  const joined = (op: 'and' | 'or', read: () => Condition): Condition => {
    const of = [read()];
    while (next() === op) {
      at += 1;
      of.push(read());
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { op, of };
  };
  const single = (depth: number): Condition => {
    if (depth > DEEPEST) throw new ConditionError('has too many brackets within each other');
    const word = words[at];
    if (word === undefined) throw new ConditionError('ends too early');
    at += 1;
    if (word.toLowerCase() === 'not') return { op: 'not', of: single(depth + 1) };
    if (word === '(') {
      const inner = either(depth + 1);
      if (next() !== ')') throw new ConditionError('has a bracket that is not closed');
      at += 1;
      return inner;
    }
    if (next() === 'of' && /^(?:\d{1,3}|all|any)$/i.test(word)) return several(word.toLowerCase());
    if (!names.includes(word)) throw new ConditionError(`names “${word}”, and there is no such selection`);
    return { op: 'selection', name: word };
  };
  const several = (many: string): Condition => {
    const pattern = words[at + 1];
    at += 2;
    if (pattern === undefined) throw new ConditionError(`ends after “${many} of”`);
    const all = pattern.toLowerCase() === 'them';
    const fits = glob(pattern);
    const of = names
      .filter((name) => (all ? !name.startsWith('_') : fits(name)))
      .map((name): Condition => ({ op: 'selection', name }));
    const least = many === 'all' ? of.length : many === 'any' ? 1 : Number(many);
    if (of.length === 0) throw new ConditionError(`names “${pattern}”, and there is no such selection`);
    if (least < 1 || least > of.length) throw new ConditionError(`wants ${many} of ${of.length}`);
    return { op: 'some', least, of };
  };
  const condition = either(0);
  if (at < words.length) throw new ConditionError(`has “${words[at]}” where it could end`);
  return condition;
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(trimmed);
    if (match === null)
      throw new ConditionError(`has something else than names and words at character ${at + 1}`);
    words.push(match[1] ?? match[2] ?? '');
    if (words.length > MOST) throw new ConditionError('is too long');
  }
  return words;
}

/** @param of whether a selection fits */
export function holds(condition: Condition, of: (name: string) => boolean): boolean {
  switch (condition.op) {
    case 'selection':
      return of(condition.name);
    case 'not':
      return !holds(condition.of, of);
    case 'and':
      return condition.of.every((one) => holds(one, of));
    case 'or':
      return condition.of.some((one) => holds(one, of));
    case 'some': {
      let left = condition.least;
      return condition.of.some((one) => holds(one, of) && --left === 0);
    }
  }
}

/**
 * The kinds of entries for which a condition can hold; undefined: any.
 * @param of the same of a selection
 */
export function kindsFor(
  condition: Condition,
  of: (name: string) => ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  if (condition.op === 'selection') return of(condition.name);
  if (condition.op === 'not') return undefined;
  const all = condition.of.map((one) => kindsFor(one, of));
  const isAll =
    condition.op === 'and' || (condition.op === 'some' && condition.least === condition.of.length);
  const known = all.filter((one) => one !== undefined);
  if (isAll)
    return known.reduce<ReadonlySet<string> | undefined>((a, b) => a?.intersection(b) ?? b, undefined);
  return known.length < all.length ? undefined : known.reduce((a, b) => a.union(b));
}
