import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { BudgetSpent, Meter } from './endpoints/meter.ts';
import { quantilesOf, shareOf } from './interval.ts';

suite('intervals', () => {
  // R: binom.test(x, n)$conf.int
  for (const [count, of, low, high] of [
    [0, 10, 0, 0.308498],
    [10, 10, 0.691502, 1],
    [5, 10, 0.187086, 0.812914],
    [201, 500, 0.35871, 0.446449],
    [1, 2, 0.012579, 0.987421],
  ] as const)
    test(`${count} of ${of}`, () => {
      const share = shareOf(count, of);
      assert.ok(Math.abs(share.low - low) < 1e-4, String(share.low));
      assert.ok(Math.abs(share.high - high) < 1e-4, String(share.high));
    });

  test('a share is within its interval, for many rows as well', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, part) => {
          const { low, share, high } = shareOf(Math.round(part * of), of);
          assert.ok(0 <= low && low <= share && share <= high && high <= 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('of nothing everything may be', () => {
    assert.deepEqual(shareOf(0, 0), { count: 0, of: 0, share: 0, low: 0, high: 1 });
    assert.equal(quantilesOf([]), undefined);
    assert.deepEqual(quantilesOf([4, 1, 2, 3]), { least: 1, median: 2.5, most: 4 });
  });
});

suite('a meter', () => {
  test('never lets more be asked than the budget, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.array(fc.integer({ min: 1, max: 60 })), (most, pieces) => {
        const meter = new Meter(most);
        let asked = 0;
        for (const piece of pieces)
          try {
            meter.take(piece);
            asked += piece;
          } catch (error) {
            assert.ok(error instanceof BudgetSpent);
          }
        assert.equal(meter.used, asked);
        assert.ok(asked <= most);
      }),
    );
  });

  test('says before it is spent, so that an attack can give what it has', () => {
    const meter = new Meter(100);
    const low = meter.begin();
    meter.take(20);
    meter.take(20);
    assert.ok(!low.aborted);
    meter.take(25);
    assert.ok(low.aborted);
    meter.take(25);
    assert.throws(() => meter.take(25), BudgetSpent);
  });

  test('what was set aside before a crash counts as asked', () => {
    let kept = 0;
    const reserve = (used: number) => {
      kept = used;
    };
    const meter = new Meter(1000, 0, reserve);
    meter.take(7);
    assert.ok(kept >= 7);
    const after = new Meter(1000, kept, reserve);
    assert.ok(after.used >= 7);
    meter.settle();
    assert.equal(kept, 7);
  });
});
