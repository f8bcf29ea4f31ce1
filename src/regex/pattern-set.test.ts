import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../base/problem.ts';
import { PatternSet, type PatternSource } from './pattern-set.ts';
import type { Match, Progress, Scanner } from './scanner.ts';

const compile = (...sources: string[]): PatternSet =>
  PatternSet.compile(sources.map((source, index) => ({ id: `p${index}`, source })));

const spans = (matches: readonly Omit<Match, 'held'>[]): string[] =>
  matches.map((m) => `${m.pattern}:${m.start}-${m.end}`);

/** Feeds the pieces and checks what must hold at every step; gives all matches. */
function feed(scanner: Scanner, pieces: readonly string[]): Match[] {
  const all: Match[] = [];
  let clear = 0;
  let free = 0;
  let given = 0;
  const take = (progress: Progress): void => {
    assert.ok(progress.clear >= clear && progress.clear <= given, 'clear goes neither back nor too far');
    assert.ok(progress.free >= free && progress.free >= progress.clear && progress.free <= given);
    for (const match of progress.matches) {
      assert.ok(match.held >= free, 'what was free is held back by no match');
      assert.ok(
        match.start >= clear && match.end <= progress.clear,
        'a match lies in what has just become clear',
      );
      assert.ok(match.start >= (all.at(-1)?.start ?? 0), 'matches come in order');
      all.push(match);
    }
    clear = progress.clear;
    free = progress.free;
  };
  for (const piece of pieces) {
    given += piece.length;
    take(scanner.push(piece));
  }
  take(scanner.end());
  assert.equal(clear, given);
  return all;
}

/** Leftmost-longest by trying every stretch of the text on the runtime's own engine. */
function reference({ source, flags = '' }: PatternSource, text: string): [number, number][] {
  const points = [...text];
  const offsets = [0];
  for (const point of points) offsets.push((offsets.at(-1) ?? 0) + point.length);
  const found: [number, number][] = [];
  for (let start = 0; start < points.length; start++) {
    for (let end = points.length; end > start; end--) {
      const matcher = new RegExp(`(?:${source})(?=[^]{${points.length - end}}(?![^]))`, `uy${flags}`);
      matcher.lastIndex = offsets[start] as number;
      if (!matcher.test(text)) continue;
      found.push([offsets[start] as number, offsets[end] as number]);
      start = end - 1;
      break;
    }
  }
  return found;
}

const { pattern: patternSource } = fc.letrec<{ pattern: string; item: string }>((tie) => ({
  item: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      'A',
      '.',
      '[ab]',
      '[^a]',
      '😀',
      '[😀-😂b]',
      '[^😀]',
      '\\w',
      '\\s',
      '\\ud83d',
      'ab',
    ),
    fc.constantFrom('^', '$', '\\b', '\\B').map((assertion) => `(?:${assertion})`),
    tie('pattern').map((inner) => `(${inner})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}'))
      .map(([a, q]) => `(?:${a})${q}`),
  ),
  pattern: fc.oneof(
    { maxDepth: 3 },
    fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
    fc.array(tie('item'), { minLength: 2, maxLength: 3 }).map((items) => items.join('|')),
  ),
}));
const patterns = fc
  .array(
    fc.record({
      id: fc.constant('p'),
      source: patternSource,
      flags: fc.constantFrom('', 'i', 'm', 's', 'ims'),
      isLead: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((sources) => sources.filter((pattern) => compiles(pattern)));
const texts = fc
  .array(fc.constantFrom('a', 'a', 'b', 'A', ' ', '\n', '😀', '\ud83d', '\ude00'), { maxLength: 7 })
  .map((units) => units.join(''));

function compiles(pattern: PatternSource): boolean {
  try {
    PatternSet.compile([pattern]);
    return true;
  } catch {
    return false;
  }
}

test('finds what the runtime’s own engine finds, whole and at every split', () => {
  fc.assert(
    fc.property(patterns, texts, (sources, text) => {
      const set = PatternSet.compile(sources);
      const expected = sources
        .flatMap((pattern, index) =>
          reference(pattern, text).map(([start, end]) => ({ pattern: index, start, end })),
        )
        .sort((a, b) => a.start - b.start || b.end - a.end || a.pattern - b.pattern);
      const wanted = spans(expected);
      assert.deepEqual(spans(feed(set.scanner(), [text])), wanted);
      assert.deepEqual(spans(feed(set.scanner(), text.split(''))), wanted);
      for (let cut = 0; cut <= text.length; cut++) {
        assert.deepEqual(spans(feed(set.scanner(), [text.slice(0, cut), text.slice(cut)])), wanted);
      }
    }),
    { numRuns: 400 },
  );
});

test('forgetting its states changes no result', () => {
  fc.assert(
    fc.property(patterns, texts, (sources, text) => {
      const roomy = PatternSet.compile(sources);
      const cramped = PatternSet.compile(sources, 0);
      assert.deepEqual(cramped.scan(text), roomy.scan(text));
      assert.deepEqual(feed(cramped.scanner(), text.split('')), roomy.scan(text));
    }),
    { numRuns: 200 },
  );
});

test('clears exactly what a literal cannot claim any more', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 20 });
  fc.assert(
    fc.property(word, text, (literal, whole) => {
      const scanner = compile(literal).scanner();
      let done = 0;
      for (let length = 1; length <= whole.length; length++) {
        const { clear, matches } = scanner.push(whole[length - 1] as string);
        done = matches.at(-1)?.end ?? done;
        let alive = done;
        while (alive < length && !literal.startsWith(whole.slice(alive, length))) alive++;
        assert.equal(clear, alive);
      }
    }),
  );
});

test('harmless text is clear at once, a live match is held from its start', () => {
  const scanner = compile('sk-[A-Za-z0-9]{20,48}', '\\bfoo\\b').scanner();
  const clear = ['hello ', 's', 'ki', ' sk-', 'a'.repeat(20), ' ', 'foo', 't'].map((piece) =>
    scanner.push(piece),
  );
  assert.deepEqual(
    clear.map((progress) => progress.clear),
    [6, 6, 9, 10, 10, 34, 34, 38],
  );
  assert.deepEqual(spans(clear.flatMap(({ matches }) => matches)), ['0:10-33']);
});

test('a match that cannot grow is given at once', () => {
  assert.deepEqual(compile('abc').scanner().push('abc'), {
    clear: 3,
    free: 3,
    matches: [{ pattern: 0, start: 0, end: 3, held: 0 }],
  });
});

test('a lead is not held back itself, but what follows it is from where it may have ended', () => {
  const set = PatternSet.compile([{ id: 'lead', source: 'key(?: is|=+)', isLead: true }]);
  const scanner = set.scanner();
  const read = ['the ke', 'y', '=', '=', 'x'].map((piece) => scanner.push(piece));
  assert.deepEqual(
    read.map(({ clear, free }) => [clear, free]),
    [
      [4, 6],
      [4, 7],
      [4, 8],
      [4, 8],
      [10, 10],
    ],
  );
  assert.deepEqual(read.at(-1)?.matches, [{ pattern: 0, start: 4, end: 9, held: 8 }]);
});

test('each pattern of a set matches as if it were alone', () => {
  assert.deepEqual(spans(compile('abcd|bc', 'cd', 'bc').scan('abcx abcd')), [
    '0:1-3',
    '2:1-3',
    '0:5-9',
    '2:6-8',
    '1:7-9',
  ]);
});

test('matches that overlap leave together', () => {
  const scanner = compile('a{4}', 'ab{9}').scanner();
  assert.deepEqual(scanner.push('aaaab'), { clear: 0, free: 0, matches: [] });
  assert.deepEqual(spans(scanner.push('bbbbbbbb').matches), ['0:0-4', '1:3-13']);
});

test('work stays linear on patterns that make a backtracking engine explode', () => {
  const hostile: [string, string][] = [
    ['(a+)+$', `${'a'.repeat(100_000)}!`],
    ['(a|a)*b', 'a'.repeat(100_000)],
    ['(.*)*x', 'a'.repeat(100_000)],
    ['((a*)*)*b', 'a'.repeat(100_000)],
    ['(a|b)*a(a|b){12}c', 'abbaababbb'.repeat(5_000)],
    ['a{1,50}b', 'a'.repeat(50_000)],
    ['(x+x+)+y', 'x'.repeat(100_000)],
  ];
  for (const [source, text] of hostile) {
    const instructions = 400;
    const set = compile(source);
    set.scan(text);
    assert.ok(set.work <= text.length * instructions, `${source}: ${set.work} steps`);
  }
});

test('work stays linear when every state is forgotten', () => {
  const set = PatternSet.compile([{ id: 'p', source: '(a|b)*a(a|b){10}c' }], 0);
  let seed = 1;
  const text = Array.from({ length: 5_000 }, () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed > 1073741824 ? 'a' : 'b';
  }).join('');
  set.scan(text);
  assert.ok(set.work <= text.length * 300);
});

test('knows the longest match', () => {
  const longest = (source: string): number | undefined => compile(source).patterns[0]?.maxLength;
  assert.equal(longest('ab{2,3}|c'), 4);
  assert.equal(longest('😀{3}'), 6);
  assert.equal(longest('(a|bc){2}$'), 4);
  assert.equal(longest('a+'), Number.POSITIVE_INFINITY);
  assert.equal(longest('(a*){2}b'), Number.POSITIVE_INFINITY);
});

test('refuses what would match nothing, and what grows too large, by name', () => {
  const says = (source: string): string => {
    try {
      compile(source);
    } catch (error) {
      assert.ok(error instanceof Problem && error.kind === 'usage');
      return error.message;
    }
    return '';
  };
  assert.match(says('\\b'), /"p0".*empty text/);
  assert.match(says('((a{100}){100}){100}'), /"p0" is too large/);
  assert.match(says('(((){1000}){1000}){1000}'), /empty text/);
  assert.match(says('ab(c'), /"p0", character 3: this group is not closed/);
});
