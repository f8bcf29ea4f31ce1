import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { usual } from './robust.ts';
import type { SeriesSpec } from './rule.ts';
import { Series } from './series.ts';

const HOUR = 3_600_000;
const spec = (of: Partial<SeriesSpec>): SeriesSpec => ({
  type: 'spike',
  timespan: HOUR,
  field: undefined,
  days: 7,
  recent: 24,
  learn: 6,
  z: 6,
  least: 1,
  share: 1,
  of: undefined,
  ...of,
});

/** Hours with so many events each; the numbers of those in which it fires, spikes as they come and others at the end. */
function firing(
  of: Partial<SeriesSpec>,
  hours: readonly number[],
  closing = { unknown: false, among: 0 },
): number[] {
  const series = new Series(spec(of));
  const state = series.fresh(0);
  return hours.flatMap((count, hour) => {
    let fired = false;
    for (let i = 0; i < count; i++) {
      const event = { seq: hour, time: hour * HOUR + i, facts: { cost: 1 } };
      if (series.see(state, event) !== undefined) fired = true;
    }
    if (series.close(state, closing) !== undefined) fired = true;
    return fired ? [hour] : [];
  });
}
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

test('median and median absolute deviation are not moved by a few wild ones', () => {
  assert.deepEqual(usual([1, 2, 3, 4, 1000]), { median: 3, sigma: 1.4826 });
  assert.deepEqual(usual([2, 4]), { median: 3, sigma: 1.4826 });
  assert.deepEqual(usual([]), { median: 0, sigma: 0 });
});

suite('series', () => {
  test('a spike is told of once enough is known, and only above what is worth a word', () => {
    assert.deepEqual(firing({}, [...times(10, 10), 200, 10]), [10]);
    assert.deepEqual(firing({}, [...times(5, 10), 200]), []);
    assert.deepEqual(firing({ least: 500 }, [...times(10, 10), 200]), []);
    assert.deepEqual(firing({ z: 100 }, [...times(10, 10), 200]), []);
  });

  test('what comes every day at that hour is no spike after three days', () => {
    const day = [...times(23, 4), 300];
    assert.deepEqual(firing({}, [...day, ...day, ...day, ...day, ...day]), [23, 47, 71]);
  });

  test('counts scatter by their root: that alone is neither a spike nor a drop', () => {
    assert.deepEqual(firing({}, [...times(30, 100), 155]), []);
    assert.deepEqual(firing({ type: 'drop' }, [...times(30, 100), 45]), []);
  });

  test('a drop is told of at the end of its hour, where there was something to drop from', () => {
    assert.deepEqual(firing({ type: 'drop' }, [...times(30, 100), 3]), [30]);
    assert.deepEqual(firing({ type: 'drop', least: 200 }, [...times(30, 100), 3]), []);
  });

  test('silence is told of at its first hour, where it was never silent before', () => {
    assert.deepEqual(firing({ type: 'silence' }, [...times(10, 1), 0, 0, 0]), [10]);
    assert.deepEqual(firing({ type: 'silence' }, [...times(5, 1), 0, ...times(10, 1), 0]), []);
  });

  test('silence of what goes with something else counts only while that comes', () => {
    const of = () => true;
    const hours = [...times(10, 1), 0];
    assert.deepEqual(firing({ type: 'silence', of, least: 20 }, hours, { unknown: false, among: 19 }), []);
    assert.deepEqual(firing({ type: 'silence', of, least: 20 }, hours, { unknown: false, among: 20 }), [10]);
  });

  test('hours in which nobody was there to count are neither judged nor learned from', () => {
    assert.deepEqual(firing({ type: 'silence' }, [...times(10, 1), 0], { unknown: true, among: 0 }), []);
    assert.deepEqual(firing({}, [...times(10, 10), 200], { unknown: true, among: 0 }), []);
  });

  test('sums are held against sums', () => {
    assert.deepEqual(firing({ field: 'cost' }, [...times(10, 10), 40]), [10]);
    assert.deepEqual(firing({ field: 'cost' }, [...times(10, 10), 24]), []);
  });

  test('a share is of those that it is a share of', () => {
    const series = new Series(spec({ type: 'share', share: 0.5, least: 10 }));
    const state = series.fresh(0);
    const hour = (fit: number, of: number): boolean => {
      for (let i = 0; i < of; i++) series.count(state);
      for (let i = 0; i < fit; i++) series.see(state, { seq: 0, time: 0, facts: {} });
      return series.close(state, { unknown: false, among: of }) !== undefined;
    };
    assert.deepEqual([hour(5, 10), hour(4, 10), hour(5, 9), hour(0, 100)], [true, false, false, false]);
  });

  test('no more is remembered than the days that it looks back', () => {
    const series = new Series(spec({}));
    const state = series.fresh(0);
    for (let i = 0; i < 1000; i++) series.close(state, { unknown: false, among: 0 });
    assert.equal(state.values.length, 7 * 24);
  });
});
