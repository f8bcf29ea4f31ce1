import type { Group, Second } from './minute.ts';

/** A row of `GET /admin/v1/traffic`: of one minute or hour, one model and one outcome (and caller, by hour). */
export interface Traffic {
  readonly time: string;
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
  readonly models: readonly Group[];
  readonly latency: { readonly p50: number | null; readonly p95: number | null };
}

/**
 * Rows added up by time, and by model. Quantiles of several models cannot be added: the worst one of those that were asked is
 * shown, which is never too good.
 */
export function pointsOf(rows: readonly Traffic[], by: 'minute' | 'hour'): Sums {
  const points = [...Map.groupBy(rows, ({ time }) => Date.parse(time) / 1000)]
    .map(([time, all]) => ({ time, ...addedUp(all) }))
    .sort((a, b) => a.time - b.time);
  const models = [...Map.groupBy(rows, ({ model }) => model)]
    .map(([model, all]) => {
      const { requests, cost, outcomes } = addedUp(all);
      return { id: model, name: model, requests, cost, stopped: requests - (outcomes.completed ?? 0) };
    })
    .sort((a, b) => b.requests - a.requests)
    .slice(0, 12);
  const { p50, p95 } = addedUp(rows);
  return { points: withGaps(points, by === 'minute' ? 60 : 3600), models, latency: { p50, p95 } };
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
