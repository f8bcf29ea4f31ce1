import { glob, isGlob } from '../base/glob.ts';
import { isObject, type Json } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import type { Path } from '../base/schema.ts';
import { didYouMean } from '../base/suggest.ts';
import { PatternSet } from '../regex/pattern-set.ts';
import { CLOSING, type Fact, type Facts, FIELD_NAMES, FIELDS, isField } from './facts.ts';

export type Test = (facts: Facts) => boolean;

/** One selection of a rule, ready to be asked. */
export interface Selection {
  readonly fits: Test;
  /** The kinds of entries that it can fit; undefined: any. */
  readonly kinds: ReadonlySet<string> | undefined;
}

/** Notes what is wrong, and where. */
export type Report = (path: Path, message: string, at?: 'key' | 'value') => void;

const MODIFIERS = [
  'contains',
  'startswith',
  'endswith',
  're',
  'i',
  'gt',
  'gte',
  'lt',
  'lte',
  'exists',
  'all',
  'cased',
];
const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
};
/** How a text is looked at; one of them at most. */
const WAYS = ['contains', 'startswith', 'endswith', 're', 'exists', ...Object.keys(COMPARE)];

const never: Test = () => false;

/**
 * Reads a selection: a mapping, all of which must hold, or a list of mappings, one of which must. As in Sigma, texts are compared
 * without regard to case and `*` stands for any run of characters.
 */
export function readSelection(value: Json | undefined, path: Path, report: Report): Selection {
  if (Array.isArray(value)) {
    const choices = value.map((one, index) => readMapping(one, [...path, index], report));
    if (choices.length === 0) report(path, 'is empty');
    const kinds = choices.every((one) => one.kinds !== undefined)
      ? choices.reduce((all, one) => all.union(one.kinds ?? new Set()), new Set<string>())
      : undefined;
    return { fits: (facts) => choices.some((one) => one.fits(facts)), kinds };
  }
  return readMapping(value, path, report);
}

function readMapping(value: Json | undefined, path: Path, report: Report): Selection {
  if (!isObject(value) || Object.keys(value).length === 0) {
    report(path, 'must be a mapping of fields, or a list of them');
    return { fits: never, kinds: undefined };
  }
  const tests = Object.entries(value).map(([key, wanted]) => readField(key, wanted, [...path, key], report));
  const [only] = tests;
  const fits: Test =
    tests.length === 1 && only !== undefined ? only : (facts) => tests.every((one) => one(facts));
  return { fits, kinds: kindsOf(value.kind) ?? (value.closed === true ? CLOSING : undefined) };
}

function kindsOf(wanted: Json | undefined): ReadonlySet<string> | undefined {
  const kinds = [wanted ?? []].flat();
  const plain = kinds.filter((one) => typeof one === 'string' && !isGlob(one)) as string[];
  return kinds.length > 0 && plain.length === kinds.length
    ? new Set(plain.map((one) => one.toLowerCase()))
    : undefined;
}

function readField(key: string, wanted: Json, path: Path, report: Report): Test {
  const [name = '', ...modifiers] = key.split('|');
  if (!isField(name)) {
    report(path, `is not a field of events.${didYouMean(name, FIELD_NAMES)}`, 'key');
    return never;
  }
  const unknown = modifiers.find((one) => !MODIFIERS.includes(one));
  if (unknown !== undefined) {
    report(path, `has an unknown modifier, “${unknown}”.${didYouMean(unknown, MODIFIERS)}`, 'key');
    return never;
  }
  const ways = modifiers.filter((one) => WAYS.includes(one));
  const [way] = ways;
  if (
    ways.length > 1 ||
    new Set(modifiers).size < modifiers.length ||
    (modifiers.includes('i') && way !== 're')
  ) {
    report(path, 'has modifiers that do not go together', 'key');
    return never;
  }
  if (way === 'exists') {
    if (typeof wanted !== 'boolean') report(path, 'must be true or false');
    return (facts) => (facts[name] !== undefined) === wanted;
  }
  if (wanted === null && modifiers.length === 0) return (facts) => facts[name] === undefined;
  const values = Array.isArray(wanted) ? wanted : [wanted];
  if (values.length === 0) report(path, 'is empty');
  const { type } = FIELDS[name];
  if (type === 'number') return numberTest(name, way, modifiers, values, path, report);
  if (type === 'flag') {
    if (modifiers.length > 0 || typeof wanted !== 'boolean') report(path, 'must be true or false');
    return (facts) => (facts[name] ?? false) === wanted;
  }
  if (way !== undefined && Object.hasOwn(COMPARE, way)) {
    report(path, `“${way}” is for numbers, and ${name} is text`, 'key');
    return never;
  }
  return textTest(name, { way, modifiers, values }, path, report);
}

function numberTest(
  name: string,
  way: string | undefined,
  modifiers: readonly string[],
  values: readonly Json[],
  path: Path,
  report: Report,
): Test {
  const compare = way === undefined ? (a: number, b: number) => a === b : COMPARE[way];
  if (compare === undefined || modifiers.length > 1) {
    report(path, `${name} is a number: gt, gte, lt, lte or nothing`, 'key');
    return never;
  }
  if (!values.every((one) => typeof one === 'number')) report(path, 'must be a number');
  return (facts) => {
    const fact = facts[name];
    return typeof fact === 'number' && values.some((one) => compare(fact, Number(one)));
  };
}

interface Wanted {
  readonly way: string | undefined;
  readonly modifiers: readonly string[];
  readonly values: readonly Json[];
}

function textTest(name: string, { way, modifiers, values }: Wanted, path: Path, report: Report): Test {
  if (!values.every((one) => typeof one === 'string' && one !== '')) {
    report(path, 'must be text, or a list of texts');
    return never;
  }
  const cased = modifiers.includes('cased') || way === 're';
  const fold = (one: string): string => (cased ? one : one.toLowerCase());
  const wanted = (values as string[]).map((one) => (way === 're' ? one : fold(one)));
  const all = modifiers.includes('all');
  const plain = way === undefined && !wanted.some(isGlob) ? new Set(wanted) : undefined;
  const fitters =
    plain === undefined || all ? wanted.map((one) => fitter(one, way, modifiers, path, report)) : [];
  /** Whether a field, of one text or several, has what is wanted. */
  const each = (fact: Fact, fits: (one: string) => boolean): boolean =>
    typeof fact === 'string' ? fits(fold(fact)) : Array.isArray(fact) && fact.some((one) => fits(fold(one)));
  return (facts) => {
    const fact = facts[name];
    if (fact === undefined) return false;
    if (all) return fitters.every((fits) => each(fact, fits));
    if (plain !== undefined) return each(fact, (one) => plain.has(one));
    return each(fact, (one) => fitters.some((fits) => fits(one)));
  };
}

function fitter(
  wanted: string,
  way: string | undefined,
  modifiers: readonly string[],
  path: Path,
  report: Report,
): (text: string) => boolean {
  if (way === 're') return patternFitter(wanted, modifiers.includes('i') ? 'i' : '', path, report);
  if (way === 'contains') return glob(`*${wanted}*`);
  if (way === 'startswith') return glob(`${wanted}*`);
  if (way === 'endswith') return glob(`*${wanted}`);
  return glob(wanted);
}

/** A pattern that is found anywhere in a text, in time linear in its length. */
function patternFitter(source: string, flags: string, path: Path, report: Report): (text: string) => boolean {
  try {
    const patterns = PatternSet.compile([{ id: 're', source, flags }]);
    return (text) => patterns.scan(text).length > 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    report(path, error.message);
    return () => false;
  }
}
