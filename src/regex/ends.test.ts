import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { End, Ends } from './ends.ts';
import { PatternSet } from './pattern-set.ts';

const SOURCES = ['a', 'ab*', '(?:ab){1,3}', 'a[^b]', 'b+c?', 'a\\b', 'ab$', '😀a?', '\\w{2,4}'];

/** Feeds the pieces; gives all ends in the order of the patterns. */
function feed(ends: Ends, pieces: readonly string[]): End[] {
  const all = pieces.flatMap((piece) => {
    const wasAlive = ends.alive;
    const found = ends.push(piece);
    assert.ok(wasAlive || found.length === 0, 'what is over does not begin again');
    return found;
  });
  return [...all, ...ends.end()].sort((a, b) => a.pattern - b.pattern || a.end - b.end);
}

test('tells of every end that the runtime’s own engine finds, however the text is cut', () => {
  const texts = fc
    .array(fc.constantFrom('a', 'a', 'b', 'b', 'c', ' ', '😀', '\ud83d'), { maxLength: 8 })
    .map((units) => units.join(''));
  const set = PatternSet.compile(SOURCES.map((source) => ({ id: source, source: `^(?:${source})` })));
  fc.assert(
    fc.property(texts, fc.nat(8), (text, cut) => {
      const expected = SOURCES.flatMap((source, pattern) => {
        const isAt = (end: number) =>
          new RegExp(`^(?:${source})(?<=^[^]{${[...text.slice(0, end)].length}})`, 'u').test(text);
        const places = Array.from({ length: text.length }, (_, at) => at + 1);
        return places.filter((end) => !splits(text, end) && isAt(end)).map((end) => ({ pattern, end }));
      });
      for (const pieces of [[text], text.split(''), [text.slice(0, cut), text.slice(cut)]]) {
        assert.deepEqual(feed(set.ends(), pieces), expected);
      }
    }),
    { numRuns: 500 },
  );
});

/** Whether a place is in the middle of a character. */
const splits = (text: string, at: number): boolean => (text.codePointAt(at - 1) ?? 0) > 0xffff;

test('is over where nothing more can end', () => {
  const ends = PatternSet.compile([{ id: 'key', source: '^key *=' }]).ends();
  assert.ok(ends.alive);
  assert.deepEqual(ends.push('key '), []);
  assert.ok(ends.alive);
  assert.deepEqual(ends.push(' =='), [{ pattern: 0, end: 6 }]);
  assert.ok(!ends.alive);
  assert.deepEqual([...ends.push('key='), ...ends.end()], []);
});
