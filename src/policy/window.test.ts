import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { windowAt } from './window.ts';

const at = (text: string) => Date.parse(text);
const shown = (calendar: 'hour' | 'day' | 'week' | 'month', now: string) => {
  const { start, ends } = windowAt({ calendar }, at(now));
  return [start, ends].map((ms) => new Date(ms).toISOString().slice(0, 13));
};

test('windows of the calendar, in UTC', () => {
  assert.deepEqual(shown('hour', '2028-02-29T23:59:59.999Z'), ['2028-02-29T23', '2028-03-01T00']);
  assert.deepEqual(shown('day', '2028-02-29T23:59:59.999Z'), ['2028-02-29T00', '2028-03-01T00']);
  assert.deepEqual(shown('week', '2026-11-22T12:00Z'), ['2026-11-16T00', '2026-11-23T00']);
  assert.deepEqual(shown('week', '2026-11-23T00:00Z'), ['2026-11-23T00', '2026-11-30T00']);
  assert.deepEqual(shown('month', '2028-02-29T23:59Z'), ['2028-02-01T00', '2028-03-01T00']);
  assert.deepEqual(shown('month', '2026-12-31T23:59Z'), ['2026-12-01T00', '2027-01-01T00']);
});

test('a window holds its moment, and every moment in it has the same one', () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const calendar = fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const);
  fc.assert(
    fc.property(calendar, moment, (unit, now) => {
      const { start, ends } = windowAt({ calendar: unit }, now);
      assert.ok(start <= now && now < ends);
      for (const other of [start, ends - 1])
        assert.deepEqual(windowAt({ calendar: unit }, other), { start, ends });
      assert.equal(windowAt({ calendar: unit }, ends).start, ends);
    }),
  );
});
