import type { Group, Second } from './minute.ts';

/** A row of `GET /admin/v1/traffic`: of one minute or hour, one model and one outcome (and caller, by hour). */
export interface Traffic {
  readonly time: string;
  /** Of hours only. */
  readonly caller?: string;
  readonly model: string;
  readonly outcome: string;
  readonly requests: number;
  readonly cost: string;
  readonly ms: number;
  readonly guarding: number;
  readonly p50?: number | null;
  readonly p95?: number | null;
}

interface Sums {
  readonly points: readonly Second[];
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
}

/**
 * Rows added up by time. Quantiles of several models cannot be added: the worst one of those that were asked is
 * shown, which is never too good.
 */
export function pointsOf(rows: readonly Traffic[], by: 'minute' | 'hour'): Sums {
  const points = [...Map.groupBy(rows, ({ time }) => Date.parse(time) / 1000)]
    .map(([time, all]) => ({ time, ...addedUp(all) }))
    .sort((a, b) => a.time - b.time);
  const { p50, p95 } = addedUp(rows);
  return { points: withGaps(points, by === 'minute' ? 60 : 3600), latency: { p50, p95 } };
}

/** Those with the most requests. @param names what is not in it is called by its id */
export const groupsOf = (
  rows: readonly Traffic[],
  of: (row: Traffic) => string,
  names: ReadonlyMap<string, string> = new Map(),
): Group[] =>
  [...Map.groupBy(rows, of)]
    .map(([id, all]) => {
      const { requests, cost, outcomes } = addedUp(all);
      return { id, name: names.get(id) ?? id, requests, cost, stopped: requests - (outcomes.completed ?? 0) };
    })
    .sort((a, b) => b.requests - a.requests)
    .slice(0, 12);

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 3.6e6, d: 8.64e7 };
/** Milliseconds that the gateway keeps minutes for, less an hour for whoever looks at the page meanwhile. */
const MINUTES = 47 * 3.6e6;

/** Whether there are minutes of a time that began then: `24h`, or a date. What is neither the gateway says. */
export function hasMinutes(since: string, now: number): boolean {
  const [, length, unit = ''] = /^([\d.]+) ?([a-z]+)$/.exec(since) ?? [];
  const ago = length === undefined ? now - Date.parse(since) : Number(length) * (SPANS[unit] ?? Number.NaN);
  return ago <= MINUTES;
}

function addedUp(rows: readonly Traffic[]): Omit<Second, 'time'> {
  const outcomes: Record<string, number> = {};
  for (const { outcome, requests } of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + requests;
  const worst = (of: 'p50' | 'p95'): number | null =>
    rows.reduce<number | null>((most, row) => {
      const value = row[of] ?? null;
      return value === null || (most !== null && most >= value) ? most : value;
    }, null);
  return {
    outcomes,
    requests: rows.reduce((sum, { requests }) => sum + requests, 0),
    cost: rows.reduce((sum, { cost }) => sum + Number(cost), 0),
    ms: rows.reduce((sum, { ms }) => sum + ms, 0),
    guarding: rows.reduce((sum, { guarding }) => sum + guarding, 0),
    p50: worst('p50'),
    p95: worst('p95'),
  };
}

const NOTHING = { outcomes: {}, requests: 0, cost: 0, ms: 0, guarding: 0, p50: null, p95: null } as const;
/** Points of a picture. */
const MOST = 3000;

/** Times without a request are points too: a line over them would say otherwise. */
function withGaps(points: readonly Second[], step: number): Second[] {
  const first = points[0]?.time;
  const last = points.at(-1)?.time;
  if (first === undefined || last === undefined) return [];
  const known = new Map(points.map((point) => [point.time, point]));
  return Array.from({ length: Math.min(MOST, Math.round((last - first) / step) + 1) }, (_, at) => {
    const time = first + at * step;
    return known.get(time) ?? { time, ...NOTHING };
  });
}
