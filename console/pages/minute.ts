import type { Listed } from './listed.ts';

/** What `GET /admin/v1/live` sends. */
export interface LiveEvent {
  readonly next: number;
  readonly sums: readonly LiveSum[];
  readonly newest: readonly Listed[];
}

export interface LiveSum {
  readonly model: string;
  readonly outcome: string;
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cost: string;
  readonly ms: number;
  readonly slowest: number;
  readonly guarding: number;
}

/** One second of the minute. */
export interface Second {
  /** Seconds since 1970. */
  readonly time: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly cost: number;
  /** Milliseconds of all requests together, and those that guards were at work. */
  readonly ms: number;
  readonly guarding: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface Group {
  readonly name: string;
  /** What it is found by. */
  readonly id: string;
  requests: number;
  stopped: number;
  cost: number;
}

interface Bin {
  readonly time: number;
  readonly outcomes: Record<string, number>;
  readonly models: Map<string, Group>;
  readonly callers: Map<string, Group>;
  readonly times: number[];
  requests: number;
  cost: number;
  ms: number;
  guarding: number;
}

/** Seconds that are kept; names of a second; times of a second (those of the newest that were sent). */
const SECONDS = 60;
const NAMES = 200;
const TIMES = 160;
/** Exchanges that are listed. */
const NEWEST = 20;

/**
 * The last minute, second by second, of what arrived: bounded whatever comes. Requests, outcomes and cost are of all; latencies and
 * callers of those that were sent by themselves, the newest forty of each quarter of a second.
 */
export class Minute {
  #bins: Bin[] = [];
  #newest: readonly Listed[] = [];

  /** @param now milliseconds since 1970 */
  add({ sums, newest }: LiveEvent, now: number): void {
    const bin = this.#binAt(Math.floor(now / 1000));
    for (const sum of sums) {
      bin.requests += sum.requests;
      bin.cost += Number(sum.cost);
      bin.ms += sum.ms;
      bin.guarding += sum.guarding;
      bin.outcomes[sum.outcome] = (bin.outcomes[sum.outcome] ?? 0) + sum.requests;
      count(bin.models, sum.model, sum.model, sum.requests, sum.outcome, Number(sum.cost));
    }
    for (const { ms, caller, name, outcome, cost } of newest) {
      if (bin.times.length < TIMES) bin.times.push(ms);
      count(bin.callers, caller, name || caller || 'nobody known', 1, outcome, Number(cost));
    }
    this.#newest = [...newest.toReversed(), ...this.#newest].slice(0, NEWEST);
  }

  get newest(): readonly Listed[] {
    return this.#newest;
  }

  /** Every second of the minute, those without a request too. */
  seconds(now: number): Second[] {
    const last = Math.floor(now / 1000);
    const bins = new Map(this.#bins.map((bin) => [bin.time, bin]));
    return Array.from({ length: SECONDS }, (_, at) => {
      const time = last - SECONDS + 1 + at;
      const bin = bins.get(time);
      const times = (bin?.times ?? []).toSorted((a, b) => a - b);
      return {
        time,
        outcomes: bin?.outcomes ?? {},
        requests: bin?.requests ?? 0,
        cost: bin?.cost ?? 0,
        ms: bin?.ms ?? 0,
        guarding: bin?.guarding ?? 0,
        p50: quantile(times, 0.5),
        p95: quantile(times, 0.95),
      };
    });
  }

  models(now: number): Group[] {
    return this.#groups(now, ({ models }) => models);
  }

  callers(now: number): Group[] {
    return this.#groups(now, ({ callers }) => callers);
  }

  /** Median and 95th percentile of the whole minute. */
  latency(now: number): { readonly p50: number | null; readonly p95: number | null } {
    const times = this.#recent(now)
      .flatMap((bin) => bin.times)
      .sort((a, b) => a - b);
    return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
  }

  #recent(now: number): Bin[] {
    const from = Math.floor(now / 1000) - SECONDS;
    return this.#bins.filter(({ time }) => time > from);
  }

  #groups(now: number, of: (bin: Bin) => ReadonlyMap<string, Group>): Group[] {
    const all = new Map<string, Group>();
    for (const bin of this.#recent(now))
      for (const [id, group] of of(bin)) {
        const known = all.get(id);
        if (known === undefined) all.set(id, { ...group });
        else {
          known.requests += group.requests;
          known.stopped += group.stopped;
          known.cost += group.cost;
        }
      }
    return [...all.values()].sort((a, b) => b.requests - a.requests).slice(0, 12);
  }

  #binAt(time: number): Bin {
    const last = this.#bins.at(-1);
    if (last !== undefined && last.time >= time) return last;
    const bin: Bin = {
      time,
      outcomes: {},
      models: new Map(),
      callers: new Map(),
      times: [],
      requests: 0,
      cost: 0,
      ms: 0,
      guarding: 0,
    };
    this.#bins = [...this.#bins.slice(1 - SECONDS), bin];
    return bin;
  }
}

function count(
  groups: Map<string, Group>,
  id: string,
  name: string,
  requests: number,
  outcome: string,
  cost: number,
): void {
  let group = groups.get(id);
  if (group === undefined) {
    if (groups.size >= NAMES) return;
    group = { id, name, requests: 0, stopped: 0, cost: 0 };
    groups.set(id, group);
  }
  group.requests += requests;
  group.cost += cost;
  if (outcome !== 'completed') group.stopped += requests;
}

/** Of sorted values, by the nearest rank; null where there are none. */
export const quantile = (sorted: readonly number[], of: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * of) - 1)] ?? null;
