import { Readable } from 'node:stream';
import type { JsonObject } from '../../base/json.ts';
import { dollarsOf } from '../../base/money.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Exchange } from '../../views/exchange.ts';
import type { Listed } from '../../views/search.ts';
import type { Gate } from '../house.ts';
import { type LiveSum, SHOWN } from '../watch/live.ts';
import type { Watcher } from '../watch/watcher.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Query } from './query.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'audit.read', changes: false } as const;
const TEXTS = ['caller', 'outcome', 'team', 'model', 'upstream', 'operation', 'code', 'reason'] as const;
/** Rows of a page. */
const MOST = 1000;
/** Hours of traffic by the minute. */
const MINUTES = 48;
const DAY = 86_400_000;
/** Milliseconds that events are gathered for, and those that may wait for a slow reader. */
const GATHER = 250;
const MOST_WAITING = 8;

/** What went through, from the views: searched, added up, and as it happens. */
export const exchangeEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/exchanges',
    name: 'exchanges.list',
    query: ['since', 'until', ...TEXTS, 'admin', 'before', 'limit'],
    async act(call) {
      const query = new Query(call.ask.query);
      const now = call.gate.clock.now();
      const { caller, ...texts } = Object.fromEntries(TEXTS.map((name) => [name, query.text(name)]));
      const page = await watcherOf(call.gate).ask('exchanges', {
        ...texts,
        caller: caller && idOf(call, caller),
        since: query.moment('since', now),
        until: query.moment('until', now),
        admin: query.flag('admin'),
        before: query.count('before', Number.MAX_SAFE_INTEGER),
        limit: query.count('limit', MOST) ?? 50,
      });
      return { exchanges: page.rows.map(shown), next: page.next ?? null };
    },
  },
  {
    ...read,
    path: '/admin/v1/exchanges/:id',
    name: 'exchanges.show',
    async act({ gate, id }) {
      const found = await watcherOf(gate).ask('exchange', { id });
      if (found === undefined) throw new Refusal('not_found', { hint: 'It may not have ended yet.' });
      return shown(found);
    },
  },
  {
    ...read,
    path: '/admin/v1/events',
    name: 'events.list',
    query: ['since', 'until', 'kind', 'before', 'limit'],
    async act({ ask, gate }) {
      const query = new Query(ask.query);
      const now = gate.clock.now();
      const page = await watcherOf(gate).ask('events', {
        since: query.moment('since', now),
        until: query.moment('until', now),
        kind: query.text('kind'),
        before: query.count('before', Number.MAX_SAFE_INTEGER),
        limit: query.count('limit', MOST) ?? 50,
      });
      return { events: page.rows.map((row) => ({ ...row, time: time(row.time) })), next: page.next ?? null };
    },
  },
  {
    ...read,
    path: '/admin/v1/traffic',
    name: 'traffic.show',
    query: ['since', 'until', 'by'],
    async act({ ask, gate }) {
      const query = new Query(ask.query);
      const now = gate.clock.now();
      const by = query.oneOf('by', ['minute', 'hour']) ?? 'minute';
      const since = query.moment('since', now) ?? now - (by === 'minute' ? 60 * 60_000 : 7 * DAY);
      const until = query.moment('until', now) ?? now + 60_000;
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
  },
  { ...read, path: '/admin/v1/live', name: 'live.watch', act: ({ gate }) => live(watcherOf(gate)) },
];

export function watcherOf({ watcher }: Gate): Watcher {
  if (watcher === undefined) throw new Refusal('conflict', { hint: 'This process has no ledger.' });
  return watcher;
}

/** Callers are asked for by id or by name; who is not known here may be one whom an issuer vouches for. */
function idOf({ gate }: AdminCall, caller: string): string {
  try {
    return gate.store.callers.get(caller).id;
  } catch {
    return caller;
  }
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
      slowest: Math.max(a.slowest, b.slowest),
    })),
  );
}
