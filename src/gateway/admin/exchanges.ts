import { Readable } from 'node:stream';
import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { dollarsOf } from '../../base/money.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Exchange } from '../../views/exchange.ts';
import type { Listed } from '../../views/search.ts';
import type { Gate } from '../house.ts';
import { type LiveSum, SHOWN } from '../watch/live.ts';
import type { Watcher } from '../watch/watcher.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { idOf } from './names.ts';
import { count, Dollars, fields, orNull, Seq, since, sinceIn, Time, words } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'audit.read', changes: false } as const;
/** Rows of a page. */
const MOST = 1000;
/** Hours of traffic by the minute. */
const MINUTES = 48;
const DAY = 86_400_000;
/** Milliseconds that events are gathered for, and those that may wait for a slow reader. */
const GATHER = 250;
const MOST_WAITING = 8;

const text = Type.Optional(Type.String());

/** A page by time, newest first: `before` is the `next` of the page before. */
export const pages = {
  since: Type.Optional(since()),
  before: Type.Optional(count(Number.MAX_SAFE_INTEGER)),
  limit: Type.Optional(count(MOST, { default: 50 })),
} as const;

/** Where the next page begins; null: there is none. */
export const Next = orNull(Seq);

/** Of one request, as it is listed. An empty text: that is not known of it. */
const row = {
  seq: Seq,
  began: Seq,
  time: Time,
  id: Type.String(),
  caller: Type.String(),
  name: Type.String(),
  team: Type.String(),
  model: Type.String(),
  upstream: Type.String(),
  operation: Type.String(),
  outcome: Type.String(),
  code: Type.String(),
  admin: Type.Boolean(),
  status: Type.Integer(),
  ms: Type.Number(),
  guarding: Type.Number({ description: 'milliseconds of these that guards were at work' }),
  input: Type.Number(),
  output: Type.Number(),
  cost: Dollars,
};

const Row = Type.Object({ ...row, findings: Type.Integer() }, { $id: 'ListedExchange' });

/** Minutes have latencies, hours have callers. */
const Slot = Type.Object({
  time: Time,
  caller: Type.Optional(Type.String()),
  model: Type.String(),
  outcome: Type.String(),
  requests: Type.Integer(),
  input: Type.Number(),
  output: Type.Number(),
  cost: Dollars,
  ms: Type.Number({ description: 'of all of them together' }),
  guarding: Type.Number({ description: 'milliseconds of these that guards were at work' }),
  p50: Type.Optional(orNull(Type.Number())),
  p95: Type.Optional(orNull(Type.Number())),
});

/** What went through, from the views: searched, added up, and as it happens. */
export const exchangeEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/exchanges',
    name: 'exchanges.list',
    summary: 'Requests that have ended, newest first',
    query: fields({
      ...pages,
      until: Type.Optional(since()),
      caller: text,
      outcome: text,
      team: text,
      model: text,
      upstream: text,
      operation: text,
      code: text,
      reason: text,
      admin: Type.Optional(Type.Boolean()),
    }),
    answer: Type.Object({ exchanges: Type.Array(Row), next: Next }),
    async act(call) {
      const { caller, since, until, limit = 50, ...others } = call.query;
      const now = call.gate.clock.now();
      const page = await watcherOf(call.gate).ask('exchanges', {
        ...others,
        caller: caller && idOf(call.gate, caller),
        since: sinceIn(since, now),
        until: sinceIn(until, now),
        limit,
      });
      return { exchanges: page.rows.map(shown), next: page.next ?? null };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/exchanges/:id',
    name: 'exchanges.show',
    summary: 'One request that has ended',
    answer: Row,
    async act({ gate, id }) {
      const found = await watcherOf(gate).ask('exchange', { id });
      if (found === undefined) throw new Refusal('not_found', { hint: 'It may not have ended yet.' });
      return shown(found);
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/events',
    name: 'events.list',
    summary: 'Entries of the ledger that are no requests, newest first',
    query: fields({ ...pages, until: Type.Optional(since()), kind: text }),
    answer: Type.Object({
      events: Type.Array(Type.Object({ seq: Seq, time: Time, kind: Type.String(), caller: Type.String() })),
      next: Next,
    }),
    async act({ gate, query: { since, until, kind, before, limit = 50 } }) {
      const now = gate.clock.now();
      const page = await watcherOf(gate).ask('events', {
        since: sinceIn(since, now),
        until: sinceIn(until, now),
        kind,
        before,
        limit,
      });
      return { events: page.rows.map((row) => ({ ...row, time: time(row.time) })), next: page.next ?? null };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/traffic',
    name: 'traffic.show',
    summary: 'Requests, tokens and cost over time',
    query: fields({
      since: Type.Optional(since()),
      until: Type.Optional(since()),
      by: Type.Optional(words(['minute', 'hour'], { default: 'minute' })),
    }),
    answer: Type.Object({ by: words(['minute', 'hour']), rows: Type.Array(Slot) }),
    async act({ gate, query }) {
      const now = gate.clock.now();
      const { by = 'minute' } = query;
      const since = sinceIn(query.since, now) ?? now - (by === 'minute' ? 60 * 60_000 : 7 * DAY);
      const until = sinceIn(query.until, now) ?? now + 60_000;
      if (by === 'minute' && now - since > MINUTES * 3_600_000)
        throw new Refusal('query_refused', { hint: `Minutes are kept for ${MINUTES} hours; ask by=hour.` });
      const rows = await watcherOf(gate).ask('traffic', { since, until, by });
      return {
        by,
        rows: rows.map(({ cost, p50, p95, ...row }) => ({
          ...row,
          time: time(row.time),
          cost: dollarsOf(cost),
          ...(by === 'minute' && { p50: p50 ?? null, p95: p95 ?? null }),
        })),
      };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/live',
    name: 'live.watch',
    summary: 'Requests as they end, gathered four times a second',
    answer: 'events',
    act: ({ gate }) => live(watcherOf(gate)),
  }),
];

export function watcherOf({ watcher }: Gate): Watcher {
  if (watcher === undefined) throw new Refusal('conflict', { hint: 'This process has no ledger.' });
  return watcher;
}

function shown({ cost, time: at, ...exchange }: Listed | Exchange): JsonObject {
  const row = { ...exchange, time: time(at), cost: dollarsOf(cost) };
  return 'reasons' in row ? { ...row, reasons: [...row.reasons] } : row;
}

/** What happens, gathered four times a second. Whoever reads slowly is told of later things, and not of all. */
function live(watcher: Watcher): Readable {
  let sums: LiveSum[] = [];
  let newest: Exchange[] = [];
  let next = watcher.next;
  const off = watcher.onLive((seen) => {
    sums = merged([...sums, ...seen.sums]);
    newest = [...newest, ...seen.newest].slice(-SHOWN);
    next = seen.next;
  });
  const gathering = setInterval(() => {
    if (sums.length === 0 || events.readableLength >= MOST_WAITING) return;
    events.push({
      next,
      sums: sums.map(({ cost, ...sum }) => ({ ...sum, cost: dollarsOf(cost) })),
      newest: newest.map(shown),
    });
    [sums, newest] = [[], []];
  }, GATHER);
  const events = new Readable({
    objectMode: true,
    read() {},
    destroy(error, done) {
      clearInterval(gathering);
      off();
      done(error);
    },
  });
  events.push({ next, sums: [], newest: [] });
  return events;
}

function merged(sums: readonly LiveSum[]): LiveSum[] {
  const groups = Map.groupBy(sums, ({ model, outcome }) => JSON.stringify([model, outcome]));
  return [...groups.values()].map((group) =>
    group.reduce((a, b) => ({
      model: a.model,
      outcome: a.outcome,
      requests: a.requests + b.requests,
      input: a.input + b.input,
      output: a.output + b.output,
      cost: a.cost + b.cost,
      ms: a.ms + b.ms,
      guarding: a.guarding + b.guarding,
      slowest: Math.max(a.slowest, b.slowest),
    })),
  );
}
