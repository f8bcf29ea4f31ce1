import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLines, unifiedDiff } from './line-diff.ts';

const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

test('what is kept and taken out is the first text, what is kept and put in the second', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = diffLines(before, after);
      const side = (other: string) =>
        lines
          .filter(({ sign }) => sign !== other)
          .map(({ text }) => `${text}\n`)
          .join('');
      assert.equal(side('+'), before);
      assert.equal(side('-'), after);
    }),
  );
});

test('no way is shorter than the one found', () => {
  /** Length of the longest common subsequence, by the table. */
  const common = (a: readonly string[], b: readonly string[]): number => {
    let row = new Array<number>(b.length + 1).fill(0);
    for (const one of a) {
      const next = [0];
      for (const [index, other] of b.entries())
        next.push(one === other ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0));
      row = next;
    }
    return row.at(-1) ?? 0;
  };
  const linesOf = (text: string) => text.split('\n').slice(0, -1);
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const kept = diffLines(before, after).filter(({ sign }) => sign === ' ').length;
      assert.equal(kept, common(linesOf(before), linesOf(after)));
    }),
  );
});

test('the unified form names the lines of both sides, and is empty where nothing differs', () => {
  assert.equal(unifiedDiff('a\nb\n', 'a\nb\n', ['x', 'y']), '');
  assert.equal(
    unifiedDiff('1\n2\n3\n4\n5\n6\n7\n8\n9\n', '1\n2\n3\n4\n5\n6\n7\n8\n9\nten\n', ['old', 'new'], 1),
    '--- old\n+++ new\n@@ -9,1 +9,2 @@\n 9\n+ten\n',
  );
  assert.equal(unifiedDiff('', 'a\n', ['old', 'new']), '--- old\n+++ new\n@@ -0,0 +1,1 @@\n+a\n');
});

test('a text of very many lines is said line by line', () => {
  const whole = unifiedDiff('', '\n'.repeat(200_000), ['old', 'new']);
  assert.ok(whole.startsWith('--- old\n+++ new\n@@ -0,0 +1,200000 @@\n+\n'));
});

test('texts that have nothing in common are said one after the other', () => {
  const lines = (sign: string) => Array.from({ length: 900 }, (_, index) => `${sign}${index}\n`).join('');
  const diff = diffLines(lines('x'), lines('y'));
  assert.equal(diff.length, 1800);
  assert.ok(diff.slice(0, 900).every(({ sign }) => sign === '-'));
});
