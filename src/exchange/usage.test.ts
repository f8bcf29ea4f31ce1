import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { largerUsage, tokensIn, usageOf } from './usage.ts';

test('what is no number of tokens counts for none', () => {
  for (const wrong of [-1, 1.5, Number.NaN, 1e10, '5', null, undefined, {}])
    assert.equal(tokensIn(wrong as number), undefined);
  assert.equal(tokensIn(0), 0);
});

test('parts are parts: never more than their whole, and left out where there is none', () => {
  assert.deepEqual(usageOf(10, 5), { input: 10, output: 5 });
  assert.deepEqual(usageOf(10, 5, { cached: 8, cacheWrite: 8, reasoning: 9 }), {
    input: 10,
    output: 5,
    cached: 8,
    cacheWrite: 2,
    reasoning: 5,
  });
});

test('the larger of two is the larger of each number, in either order', () => {
  const n = fc.nat(100);
  const usage = fc
    .tuple(n, n, n, n, n)
    .map(([input, output, cached, cacheWrite, reasoning]) =>
      usageOf(input, output, { cached, cacheWrite, reasoning }),
    );
  fc.assert(
    fc.property(usage, usage, (a, b) => {
      const larger = largerUsage(a, b);
      assert.deepEqual(larger, largerUsage(b, a));
      assert.deepEqual(
        [larger.input, larger.output],
        [Math.max(a.input, b.input), Math.max(a.output, b.output)],
      );
      assert.deepEqual(largerUsage(a, a), a);
    }),
  );
});
