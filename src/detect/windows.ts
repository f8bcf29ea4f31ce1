import type { Event, Fact } from './facts.ts';
import type { Measure, Sight } from './measure.ts';
import type { MeasureSpec } from './rule.ts';
import type { Test } from './selection.ts';

/** Something seen: when, and in which entry. */
type Mark = [time: number, seq: number];

type Spec<Type extends MeasureSpec['type']> = Extract<MeasureSpec, { type: Type }>;

/** So many events within a time. Of a group only the newest are remembered, as many as it takes: so it is exact. */
export function eventCount({ least, timespan }: Spec<'event_count'>): Measure<{ marks: Mark[] }> {
  return {
    fresh: () => ({ marks: [] }),
    see({ marks }, { time, seq }) {
      marks.push([time, seq]);
      if (marks.length > least) marks.shift();
      return sightOf(marks, least, timespan);
    },
  };
}

/** So many values of a field within a time: each value's newest event, of the newest values as many as it takes. Exact, too. */
export function valueCount({
  field,
  least,
  timespan,
}: Spec<'value_count'>): Measure<{ values: [string, Mark][] }> {
  return {
    fresh: () => ({ values: [] }),
    see({ values }, { time, seq, facts }) {
      for (const value of valuesOf(facts[field])) {
        const at = values.findIndex(([known]) => known === value);
        if (at >= 0) values.splice(at, 1);
        values.push([value, [time, seq]]);
        if (values.length > least) values.shift();
      }
      return sightOf(
        values.map(([, mark]) => mark),
        least,
        timespan,
      );
    },
  };
}

/** Slots that the time of a sum is divided into: what it adds up is at most a slot too much. */
const SLOTS = 64;

/** A number added up within a time, slot by slot. */
export function valueSum({
  field,
  least,
  timespan,
}: Spec<'value_sum'>): Measure<{ slots: [slot: number, sum: number, ...Mark][] }> {
  const length = timespan / SLOTS;
  return {
    fresh: () => ({ slots: [] }),
    see({ slots }, { time, seq, facts }) {
      const value = Number(facts[field] ?? 0);
      const slot = Math.floor(time / length);
      const last = slots.at(-1);
      if (last?.[0] === slot) last[1] += value;
      else slots.push([slot, value, time, seq]);
      while ((slots[0]?.[0] ?? slot) < slot - SLOTS) slots.shift();
      const count = slots.reduce((sum, one) => sum + one[1], 0);
      const first = slots[0];
      if (first === undefined || count < least) return undefined;
      return { count, limit: least, first: first[3], last: seq, since: first[2], until: time };
    },
  };
}

/** Each of some tests within a time, whatever the order. */
export function temporal({ parts, timespan }: Spec<'temporal'>): Measure<{ marks: (Mark | null)[] }> {
  return {
    fresh: () => ({ marks: parts.map(() => null) }),
    see({ marks }, { time, seq, facts }) {
      for (const [index, part] of parts.entries()) if (part(facts)) marks[index] = [time, seq];
      const seen = marks.filter((mark) => mark !== null);
      if (seen.length < parts.length) return undefined;
      seen.sort((a, b) => a[1] - b[1]);
      return sightOf(seen, parts.length, timespan);
    },
  };
}

/**
 * Each of some tests one after the other, within a time: of each step, the latest beginning of a run that has come so far. A later
 * beginning is never worse, so this is exact.
 */
export function temporalOrdered({
  parts,
  timespan,
}: Spec<'temporal_ordered'>): Measure<{ runs: (Mark | null)[] }> {
  return {
    fresh: () => ({ runs: parts.map(() => null) }),
    see({ runs }, { time, seq, facts }) {
      const done = stepped(runs, parts, facts, [time, seq]);
      if (done === undefined || time - done[0] > timespan) return undefined;
      const [since, first] = done;
      return { count: parts.length, limit: parts.length, first, last: seq, since, until: time };
    },
  };
}

/** From the last step to the first, so that no event is two steps. The run that it completes, if it does. */
function stepped(
  runs: (Mark | null)[],
  parts: readonly Test[],
  facts: Event['facts'],
  now: Mark,
): Mark | undefined {
  let done: Mark | undefined;
  for (let index = parts.length - 1; index >= 0; index--) {
    if (parts[index]?.(facts) !== true) continue;
    const run = index === 0 ? now : runs[index - 1];
    if (run === null || run === undefined) continue;
    runs[index] = run;
    if (index === parts.length - 1) done = run;
  }
  return done;
}

/** Values of a group that “new” remembers. */
const REMEMBERED = 64;

/** A value that a group never had, once the group has been known for a while; what has not been seen for long is new again. */
export function newValue({
  field,
  timespan,
  learn,
}: Spec<'new'>): Measure<{ since: number; values: [string, number][] }> {
  return {
    fresh: (time) => ({ since: time, values: [] }),
    see(state, { time, seq, facts }) {
      let isNew = false;
      for (const value of valuesOf(facts[field])) {
        const at = state.values.findIndex(([known]) => known === value);
        const [known] = at < 0 ? [] : state.values.splice(at, 1);
        if (known === undefined || time - known[1] > timespan) isNew = true;
        state.values.push([value, time]);
        if (state.values.length > REMEMBERED) state.values.shift();
      }
      if (!isNew || time - state.since < learn) return undefined;
      return { count: 1, limit: 1, first: seq, last: seq, since: time, until: time };
    },
  };
}

/** Marks in order; a sight where there are enough, close enough. */
function sightOf(marks: readonly Mark[], least: number, timespan: number): Sight | undefined {
  const [first] = marks;
  const last = marks.at(-1);
  if (marks.length < least || first === undefined || last === undefined) return undefined;
  if (last[0] - first[0] > timespan) return undefined;
  return {
    count: marks.length,
    limit: least,
    first: first[1],
    last: last[1],
    since: first[0],
    until: last[0],
  };
}

export function valuesOf(fact: Fact | undefined): readonly string[] {
  if (fact === undefined) return [];
  return Array.isArray(fact) ? fact : [String(fact)];
}

/** The measure of a correlation, or of what is new. */
export function windowOf(spec: Exclude<MeasureSpec, { z: number }>): Measure {
  switch (spec.type) {
    case 'event_count':
      return eventCount(spec) as unknown as Measure;
    case 'value_count':
      return valueCount(spec) as unknown as Measure;
    case 'value_sum':
      return valueSum(spec) as unknown as Measure;
    case 'temporal':
      return temporal(spec) as unknown as Measure;
    case 'temporal_ordered':
      return temporalOrdered(spec) as unknown as Measure;
    case 'new':
      return newValue(spec) as unknown as Measure;
  }
}
