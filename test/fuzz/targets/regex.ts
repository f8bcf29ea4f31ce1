import assert from 'node:assert/strict';
import { Problem } from '../../../src/base/problem.ts';
import { PatternSet } from '../../../src/regex/pattern-set.ts';
import type { Match, Scanner } from '../../../src/regex/scanner.ts';
import { refusedBy } from '../expect.ts';
import { pure, type Target } from '../target.ts';

/** The other engine backtracks: texts are short. */
const LONGEST_TEXT = 12;
const LONGEST_PATTERN = 60;

/** Flags, a pattern and a text, a line each. */
const patterns = pure({
  name: 'regex.match',
  words: [
    '\\b',
    '\\B',
    '\\d',
    '\\w',
    '\\s',
    '\\u{1f600}',
    '\\p{L}',
    '(?:',
    ')',
    '|',
    '[^',
    ']',
    '{2,3}',
    '*',
    '+',
    '?',
    '^',
    '$',
    '.',
    '😀',
    '\ud83d',
  ],
  seeds: () => [
    'i\n(?:sk|pk)-[a-z0-9]{2,4}\\b\nxsk-A1 pk-zz9',
    '\n\\b(?:a|ab|abc)+[^b]?$\nabcab abb',
    'ms\n^a.{1,3}z$\na\nbz\naz',
    '\n[\\w-]+(?:\\.[a-z]+)*@\\d\na.b@1 c@2',
    'is\n(a*)(b|c?)*😀\naab😀😀c',
  ],
  quick: 500,
  longest: 400,
  check(input, random) {
    const [flags = '', source = '', ...rest] = input.toString().split('\n');
    if (source.length > LONGEST_PATTERN) return;
    const set = refusedBy(() => PatternSet.compile([{ id: 'p', source, flags }]), Problem);
    if (set instanceof Problem) {
      assert.equal(set.kind, 'usage');
      return;
    }
    const text = rest.join('\n').slice(0, LONGEST_TEXT);
    const whole = feed(set.scanner(), [text]);
    assert.deepEqual(feed(set.scanner(), random.cuts(text)), whole, 'wherever it is cut');
    const expected = reference(source, flags, text);
    if (expected !== undefined)
      assert.deepEqual(whole, expected, `/${source}/${flags} on ${JSON.stringify(text)}`);
    linear(source, flags, text);
  },
});

function feed(scanner: Scanner, pieces: readonly string[]): string[] {
  const found: Match[] = pieces.flatMap((piece) => [...scanner.push(piece).matches]);
  found.push(...scanner.end().matches);
  return found.map(({ start, end }) => `${start}-${end}`);
}

/** Leftmost, then longest, by trying every stretch; undefined where the other engine has no such pattern. */
function reference(source: string, flags: string, text: string): string[] | undefined {
  const offsets = [0];
  for (const point of text) offsets.push((offsets.at(-1) ?? 0) + point.length);
  const found: string[] = [];
  for (let start = 0; start < offsets.length - 1; start++) {
    for (let end = offsets.length - 1; end > start; end--) {
      const left = offsets.length - 1 - end;
      let matcher: RegExp;
      try {
        matcher = new RegExp(`(?:${source})(?=[^]{${left}}(?![^]))`, `uy${flags}`);
      } catch {
        return undefined;
      }
      matcher.lastIndex = offsets[start] ?? 0;
      if (!matcher.test(text)) continue;
      found.push(`${offsets[start]}-${offsets[end]}`);
      start = end - 1;
      break;
    }
  }
  return found;
}

/** Beyond what a pattern counts to, a text four times as long takes four times the steps at most. */
function linear(source: string, flags: string, text: string): void {
  if (text === '' || [...source.matchAll(/\d+/g)].some(([count]) => Number(count) > 50)) return;
  const work = (length: number): number => {
    const set = PatternSet.compile([{ id: 'p', source, flags }]);
    set.scan(text.repeat(length / text.length));
    return set.work;
  };
  const [once, often] = [work(500), work(2000)];
  assert.ok(often <= 5 * once + 2000, `${once} steps, then ${often}`);
}

export const regexTargets: readonly Target[] = [patterns];
