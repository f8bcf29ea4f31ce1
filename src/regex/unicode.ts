import { type CharSet, complement, LAST_CODE_POINT, setOf, union } from './char-set.ts';

/** `\d`, `\w`, `\s` and the line ends as ECMA-262 (22.2.1) has them. */
export const DIGIT = setOf([0x30, 0x39]);
export const WORD = setOf([0x30, 0x39], [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]);
export const LINE_END = setOf([0x0a, 0x0a], [0x0d, 0x0d], [0x2028, 0x2029]);
export const SPACE = setOf(
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
);
export const ANY: CharSet = [[0, LAST_CODE_POINT]];
export const NOT_LINE_END = complement(LINE_END);

/** Code points turned into one string at a time while a property is derived. */
const BLOCK = 0x1000;
/** Stretches in which all code points have the same properties: none is assigned, or all are for private use… */
const ALIKE: ReadonlyMap<number, number> = new Map([
  [0x40000, 0xdffff],
  [0xf0000, 0xfefff],
  [0x100000, 0x10efff],
]);
/** …but for this one, which names the last two of each plane. */
const SCATTERED = 'Noncharacter_Code_Point';
const properties = new Map<string, CharSet>();

/**
 * The code points with a Unicode property (`L`, `Lu`, `Script=Greek`, `Emoji`…), asked of the runtime's own tables,
 * so that no table is kept here. Undefined where the runtime knows no such property.
 */
export function property(name: string): CharSet | undefined {
  return formOf(name) === undefined ? undefined : anyProperty([name]);
}

/** The code points with any of some Unicode properties. Those that the runtime does not know are left out. */
export function anyProperty(names: readonly string[]): CharSet {
  const forms = names.flatMap((name) => formOf(name) ?? []).join('');
  if (forms === '') return [];
  const known = properties.get(forms);
  if (known !== undefined) return known;
  const matcher = new RegExp(`[${forms}]+`, 'gu');
  const ranges: [number, number][] = [];
  for (let base = 0; base <= LAST_CODE_POINT; base += BLOCK) {
    const end = names.includes(SCATTERED) ? undefined : ALIKE.get(base);
    if (end !== undefined) {
      if (matcher.test(String.fromCodePoint(base))) ranges.push([base, end]);
      matcher.lastIndex = 0;
      base = end + 1 - BLOCK;
      // A string of lone surrogates would pair up, so these are asked one by one.
    } else if (base === 0xd000) askEach(matcher, base, ranges);
    else askBlock(matcher, base, ranges);
  }
  const set = union(ranges);
  properties.set(forms, set);
  return set;
}

/** As a pattern names it. */
function formOf(name: string): string | undefined {
  if (!/^[A-Za-z_]+(=[A-Za-z_]+)?$/.test(name)) return undefined;
  for (const form of [`\\p{${name}}`, `\\p{Script=${name}}`]) {
    try {
      new RegExp(form, 'u');
      return form;
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}

function askBlock(matcher: RegExp, base: number, into: [number, number][]): void {
  const width = base < 0x10000 ? 1 : 2;
  const text = blockOf(base, width);
  for (const { index, 0: run } of text.matchAll(matcher)) {
    into.push([base + index / width, base + (index + run.length) / width - 1]);
  }
}

/** All code points of a block as one string. */
function blockOf(base: number, width: number): string {
  const units = new Uint16Array(BLOCK * width);
  for (let offset = 0; offset < BLOCK; offset++) {
    const point = base + offset;
    if (width === 1) {
      units[offset] = point;
    } else {
      units[2 * offset] = 0xd7c0 + (point >> 10);
      units[2 * offset + 1] = 0xdc00 | (point & 0x3ff);
    }
  }
  return Buffer.from(units.buffer).toString('utf16le');
}

function askEach(matcher: RegExp, base: number, into: [number, number][]): void {
  for (let point = base; point < base + BLOCK; point++) {
    if (matcher.test(String.fromCodePoint(point))) into.push([point, point]);
    matcher.lastIndex = 0;
  }
}

let variants: ReadonlyMap<number, readonly number[]> | undefined;

/** The set with every letter that differs from one of its own by case only (simple folding, as the flags `iu`). */
export function ignoreCase(set: CharSet): CharSet {
  variants ??= caseVariants();
  const ranges = [...set];
  for (const [from, to] of set) {
    // The shorter way: point by point through the range, or through all letters with case.
    if (to - from < variants.size) {
      for (let point = from; point <= to; point++) ranges.push(...(variants.get(point) ?? []).map(alone));
    } else {
      for (const [point, others] of variants)
        if (point >= from && point <= to) ranges.push(...others.map(alone));
    }
  }
  return union(ranges);
}

const alone = (point: number): readonly [number, number] => [point, point];

/** For every code point with case, the others of its kind: `k` has `K` and the Kelvin sign. */
function caseVariants(): ReadonlyMap<number, readonly number[]> {
  const classes = new Map<number, Set<number>>();
  const classOf = (point: number): Set<number> => classes.get(point) ?? new Set([point]);
  for (const [from, to] of property('Changes_When_Casemapped') ?? []) {
    for (let point = from; point <= to; point++) {
      const char = String.fromCodePoint(point);
      for (const mapped of [char.toLowerCase(), char.toUpperCase(), char.toUpperCase().toLowerCase()]) {
        const other = mapped.codePointAt(0) ?? point;
        if (other === point || classOf(point).has(other) || !sameButForCase(char, mapped)) continue;
        const joined = new Set([...classOf(point), ...classOf(other)]);
        for (const member of joined) classes.set(member, joined);
      }
    }
  }
  return new Map([...classes].map(([point, members]) => [point, [...members].filter((m) => m !== point)]));
}

/** The runtime decides: `ß` and `SS` differ by more than case here, `İ` and `i` too. */
const sameButForCase = (char: string, mapped: string): boolean =>
  [...mapped].length === 1 && new RegExp(`^\\u{${char.codePointAt(0)?.toString(16)}}$`, 'iu').test(mapped);
