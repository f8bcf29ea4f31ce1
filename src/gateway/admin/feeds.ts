import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Feeds } from '../feeds/feeds.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields } from './fields.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'config.read', changes: false } as const;
const change = { method: 'POST', action: 'config.reload', changes: true } as const;

/** Where alerts and entries go, and how that goes. Addresses and secrets are not shown. */
export const feedEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/feeds',
    name: 'feeds.list',
    act: ({ gate }) => ({ feeds: feedsOf(gate.feeds).list().map(shown) }),
  },
  {
    ...read,
    path: '/admin/v1/feeds/:id/dead',
    name: 'feeds.dead',
    async act(call) {
      const dead = await named(call).dead(call.id);
      return { dead: dead.map((one) => ({ ...one, time: time(one.time) })) };
    },
  },
  {
    ...change,
    path: '/admin/v1/feeds/:id/test',
    name: 'feeds.test',
    async act(call) {
      new Fields(call.body, []);
      const feeds = named(call);
      // It has an entry, as everything that is sent has.
      const { seq } = await call.gate.ledger.append({ kind: 'feed.test', id: call.ask.id, feed: call.id });
      return { seq, ...(await feeds.try(call.id, seq)) };
    },
  },
  {
    ...change,
    path: '/admin/v1/feeds/:id/replay',
    name: 'feeds.replay',
    async act(call) {
      new Fields(call.body, []);
      return { ...(await named(call).replay(call.id)) };
    },
  },
];

function feedsOf(feeds: Feeds | undefined): Feeds {
  if (feeds === undefined) throw new Refusal('conflict', { hint: 'This process has no ledger.' });
  return feeds;
}

function named({ gate, id }: AdminCall): Feeds {
  const feeds = feedsOf(gate.feeds);
  if (!feeds.list().some(({ order }) => order.name === id)) throw new Refusal('not_found');
  return feeds;
}

function shown({ order, status }: ReturnType<Feeds['list']>[number]): JsonObject {
  const { name, use, format, level, entries } = order;
  return {
    name,
    use,
    ...(['syslog', 'file', 'http'].includes(use) && { format }),
    entries: typeof entries === 'string' ? entries : [...entries],
    level,
    state: status?.state ?? 'stopped',
    next: status?.next ?? null,
    delivered: status?.delivered ?? 0,
    refused: status?.refused ?? 0,
    dead: status?.dead ?? null,
    failures: status?.failures ?? 0,
    answer: status?.answer ?? '',
    at: status === undefined || status.at === 0 ? null : time(status.at),
  };
}
