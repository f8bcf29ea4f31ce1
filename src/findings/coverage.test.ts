import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Coverage } from './coverage.ts';

describe('coverage', () => {
  it('tells what nobody claimed, and the better of two readings', () => {
    const coverage = new Coverage(100);
    coverage.claim('data', 10, 60);
    coverage.claim('parsed', 50, 70);
    coverage.claim('unread', 60, 80, 'it is sealed');
    assert.deepEqual(
      coverage.ranges.map(({ as, start, end, why }) => [as, start, end, why]),
      [
        ['unread', 0, 10, 'no reader knows what this is'],
        ['data', 10, 50, undefined],
        ['parsed', 50, 70, undefined],
        ['unread', 70, 80, 'it is sealed'],
        ['unread', 80, 100, 'no reader knows what this is'],
      ],
    );
    assert.deepEqual(coverage.bytes, { parsed: 20, data: 40, unread: 40 });
  });

  for (const pieces of [3_000, 30_000])
    it(`forgets no claim of ${pieces} pieces, whatever their order`, () => {
      const coverage = new Coverage(4 * pieces);
      for (let i = 0; i < pieces; i++) coverage.claim('parsed', 4 * i, 4 * i + 1);
      for (let i = 0; i < pieces; i++) coverage.claim('data', 4 * i + 1, 4 * i + 4);
      assert.equal(coverage.bytes.unread, 0);
      assert.ok(coverage.ranges.length <= 513);
    });

  it('never says that a gap was read, however many there are', () => {
    const coverage = new Coverage(400_000);
    for (let i = 0; i < 400_000; i += 2) coverage.claim('parsed', i, i + 1);
    assert.ok(coverage.bytes.unread >= 200_000);
  });

  it('leaves nothing unread out where there is very much', () => {
    const coverage = new Coverage(4_000);
    for (let i = 0; i < 4_000; i += 2) coverage.claim('parsed', i, i + 1);
    assert.ok(coverage.ranges.every(({ as }) => as === 'unread'));
    assert.equal(coverage.bytes.unread, 2_000);
  });
});
