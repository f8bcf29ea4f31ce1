import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SequentialTest } from './sequential-test.ts';

/** A stream of chances that is the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const everExceeds = (chance: number, rate: number, queries: number, limit: number, random: () => number) => {
  const own = new SequentialTest(chance);
  for (let query = 1; query <= queries; query++) if (own.take(random() < rate) >= limit) return query;
  return undefined;
};

test('hits by chance exceed 1/α in at most a share of α of the streams, however long (Ville)', () => {
  const random = chances(1);
  const alarmed = Array.from({ length: 2000 }, () => everExceeds(0.02, 0.02, 1000, 100, random));
  // At most 20 are expected; 40 would be more than four standard errors above.
  assert.ok(alarmed.filter((query) => query !== undefined).length < 40);
});

test('the mean of the evidence is at most 1 under the null hypothesis', () => {
  const random = chances(2);
  let total = 0;
  for (let stream = 0; stream < 5000; stream++) {
    const own = new SequentialTest(0.1);
    for (let query = 0; query < 10; query++) own.take(random() < 0.1);
    total += own.evidence;
  }
  assert.ok(total / 5000 < 1.15, `${total / 5000}`);
});

test('an attack is found in some queries, at the start and after honest ones', () => {
  assert.ok((everExceeds(0.02, 1, 100, 1e5, () => 0) ?? 100) <= 6);
  const late = new SequentialTest(0.02);
  const random = chances(3);
  for (let query = 0; query < 1000; query++) late.take(random() < 0.02);
  let needed = 0;
  while (late.take(true) < 1e5) needed += 1;
  assert.ok(needed <= 10, `${needed}`);
  assert.ok((everExceeds(0.02, 0.5, 200, 1e5, chances(4)) ?? 200) < 60);
});

test('evidence stays a number, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 3000 }),
      fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
      (hits, chance) => {
        const own = new SequentialTest(chance);
        for (const hit of hits) own.take(hit);
        assert.ok(Number.isFinite(own.evidence) && own.evidence >= 0);
      },
    ),
  );
  const flooded = new SequentialTest(0.001);
  for (let query = 0; query < 10_000; query++) flooded.take(true);
  assert.ok(Number.isFinite(flooded.evidence));
  flooded.reset();
  assert.equal(flooded.evidence, 1);
});
