import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { order } from './order.ts';

interface Named {
  readonly name: string;
  readonly weight: number;
  readonly priority: number;
  readonly canary: { readonly share: number; readonly sticky: 'caller' } | undefined;
}

const target = (name: string, weight = 1, priority = 1): Named => ({
  name,
  weight,
  priority,
  canary: undefined,
});
const canary = (name: string, share: number): Named => ({
  ...target(name),
  canary: { share, sticky: 'caller' },
});
const names = (targets: readonly Named[]) => targets.map(({ name }) => name);

/** Numbers that only look like chance, the same in each run. */
function dice(seed: string): () => number {
  let at = 0;
  return () => createHmac('sha256', seed).update(String(at++)).digest().readUIntBE(0, 6) / 2 ** 48;
}

test('every target that is no canary comes once, by priority', () => {
  const targets = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 4 }),
      weight: fc.integer({ min: 1, max: 100 }),
      priority: fc.integer({ min: 1, max: 4 }),
      canary: fc.constant(undefined),
    }),
    { minLength: 1, maxLength: 8, selector: ({ name }) => name },
  );
  fc.assert(
    fc.property(targets, fc.string(), (given, seed) => {
      const ordered = order(given, { canary: 0, random: dice(seed) });
      assert.deepEqual([...names(ordered)].sort(), names(given).sort());
      for (const [i, { priority }] of ordered.entries())
        assert.ok(priority >= (ordered[i - 1]?.priority ?? 0));
    }),
  );
});

test('weights are the chances to be first', () => {
  const targets = [target('a', 1), target('b', 3), target('fallback', 1000, 2)];
  const random = dice('weights');
  const first: Record<string, number> = { a: 0, b: 0, fallback: 0 };
  for (let i = 0; i < 4000; i++) {
    const name = order(targets, { canary: 0, random })[0]?.name ?? '';
    first[name] = (first[name] ?? 0) + 1;
  }
  assert.equal(first.fallback, 0);
  // Binomial, 4000 draws of ¼: the standard deviation is 27.
  assert.ok(Math.abs((first.a ?? 0) - 1000) < 140, `${first.a}`);
});

test('a canary is asked by its share, first, and by nobody else', () => {
  const targets = [target('steady'), canary('five', 0.05), canary('ten', 0.1)];
  const ordered = (at: number) => names(order(targets, { canary: at, random: dice('x') }));
  assert.deepEqual(ordered(0), ['five', 'steady']);
  assert.deepEqual(ordered(0.0499), ['five', 'steady']);
  assert.deepEqual(ordered(0.05), ['ten', 'steady']);
  assert.deepEqual(ordered(0.1499), ['ten', 'steady']);
  assert.deepEqual(ordered(0.1501), ['steady']);
  assert.deepEqual(ordered(0.9999), ['steady']);
});
