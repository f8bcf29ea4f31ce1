import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bySpan, type Span, settle } from './spans.ts';

test('settles as much as it can without cutting a span', () => {
  const span = fc
    .tuple(fc.nat(20), fc.integer({ min: 1, max: 6 }))
    .map(([start, length]): Span => ({ start, end: start + length }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 6 }), fc.nat(30), (spans, limit) => {
      const uncut = (at: number): boolean => spans.every(({ start, end }) => at <= start || at >= end);
      let expected = limit;
      while (!uncut(expected)) expected--;
      const open = [...spans].sort(bySpan);
      const { clear, settled } = settle(open, limit);
      assert.equal(clear, expected);
      assert.deepEqual([...settled, ...open], [...spans].sort(bySpan));
      assert.ok(settled.every(({ end }) => end <= clear));
      assert.ok(open.every(({ start }) => start >= clear));
    }),
  );
});
