import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Event, Facts } from './facts.ts';
import type { Measure } from './measure.ts';
import { eventCount, newValue, temporal, temporalOrdered, valueCount, valueSum } from './windows.ts';

/** Events at any times, in order, each with one of few values. */
const events = fc
  .array(fc.tuple(fc.nat(20), fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 1, max: 9 })), {
    maxLength: 60,
  })
  .map((steps) => {
    let time = 0;
    return steps.map(([step, model, status], seq): Event => {
      time += step;
      return { seq, time, facts: { model, status } };
    });
  });

/** The numbers of the entries at which it fires. */
function firesAt(measure: unknown, all: readonly Event[]): number[] {
  const { fresh, see } = measure as Measure;
  const state = fresh(0);
  return all.filter((event) => see(state, event) !== undefined).map(({ seq }) => seq);
}

const before = (all: readonly Event[], { seq, time }: Event, timespan: number): Event[] =>
  all.filter((one) => one.seq <= seq && time - one.time <= timespan);

test('events within a time are counted as a naive count does', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 8 }), fc.nat(60), (all, least, timespan) => {
      const naive = all.filter((event) => before(all, event, timespan).length >= least);
      assert.deepEqual(
        firesAt(eventCount({ type: 'event_count', least, timespan }), all),
        naive.map(({ seq }) => seq),
      );
    }),
  );
});

test('values within a time are counted as a naive count does', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 4 }), fc.nat(60), (all, least, timespan) => {
      const naive = all.filter(
        (event) => new Set(before(all, event, timespan).map(({ facts }) => facts.model)).size >= least,
      );
      assert.deepEqual(
        firesAt(valueCount({ type: 'value_count', field: 'model', least, timespan }), all),
        naive.map(({ seq }) => seq),
      );
    }),
  );
});

test('a sum over a time is that of a naive one, give or take a slot at its beginning', () => {
  fc.assert(
    fc.property(events, fc.integer({ min: 1, max: 60 }), (all, least) => {
      const timespan = 640;
      const sum = (event: Event, span: number): number =>
        before(all, event, span).reduce((total, { facts }) => total + Number(facts.status), 0);
      const fires = new Set(firesAt(valueSum({ type: 'value_sum', field: 'status', least, timespan }), all));
      for (const event of all) {
        if (sum(event, timespan) >= least) assert.ok(fires.has(event.seq));
        if (sum(event, timespan + timespan / 64) < least) assert.ok(!fires.has(event.seq));
      }
    }),
  );
});

const part = (model: string) => (facts: Facts) => facts.model === model;
const parts = ['a', 'b', 'c'].map(part);

test('all of some within a time, as a naive look finds them', () => {
  fc.assert(
    fc.property(events, fc.nat(60), (all, timespan) => {
      const concerned = all.filter(({ facts }) => facts.model !== 'd');
      const naive = concerned.filter((event) => {
        const window = before(all, event, timespan);
        return parts.every((one) => window.some(({ facts }) => one(facts)));
      });
      assert.deepEqual(
        firesAt(temporal({ type: 'temporal', parts, timespan }), concerned),
        naive.map(({ seq }) => seq),
      );
    }),
  );
});

test('one after the other within a time, as a naive look finds them', () => {
  const runs = (window: readonly Event[], steps: readonly string[]): boolean => {
    let step = steps.length - 1;
    for (const { facts } of window.toReversed()) if (facts.model === steps[step]) step -= 1;
    return step < 0;
  };
  fc.assert(
    fc.property(events, fc.nat(60), (all, timespan) => {
      const naive = all.filter(
        (event) => event.facts.model === 'c' && runs(before(all, event, timespan), ['a', 'b', 'c']),
      );
      assert.deepEqual(
        firesAt(temporalOrdered({ type: 'temporal_ordered', parts, timespan }), all),
        naive.map(({ seq }) => seq),
      );
    }),
  );
});

test('a value is new once, after a group has been known for a while, and again when it was long ago', () => {
  const at = (seq: number, time: number, model: string): Event => ({ seq, time, facts: { model } });
  const measure = newValue({ type: 'new', field: 'model', timespan: 100, learn: 10 });
  const all = [
    at(0, 0, 'a'),
    at(1, 5, 'b'),
    at(2, 20, 'a'),
    at(3, 21, 'c'),
    at(4, 22, 'c'),
    at(5, 90, 'b'),
    at(6, 200, 'b'),
  ];
  assert.deepEqual(firesAt(measure, all), [3, 6]);
});

test('of a group no more is remembered than it takes', () => {
  const count = eventCount({ type: 'event_count', least: 5, timespan: 10 });
  const values = valueCount({ type: 'value_count', field: 'model', least: 5, timespan: 10 });
  const sum = valueSum({ type: 'value_sum', field: 'status', least: 1e9, timespan: 64 });
  const seen = newValue({ type: 'new', field: 'model', timespan: 1e9, learn: 1 });
  const states = [count.fresh(0), values.fresh(0), sum.fresh(0), seen.fresh(0)] as const;
  for (let i = 0; i < 5000; i++) {
    const event = { seq: i, time: i, facts: { model: `m${i}`, status: 1 } };
    count.see(states[0], event);
    values.see(states[1], event);
    sum.see(states[2], event);
    seen.see(states[3], event);
  }
  assert.ok(JSON.stringify(states).length < 5000);
});
