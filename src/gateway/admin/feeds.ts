import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Feeds } from '../feeds/feeds.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { orNull, Seq, Time, words } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'config.read', changes: false } as const;
const change = { method: 'POST', action: 'config.reload', changes: true } as const;

const Feed = Type.Object(
  {
    name: Type.String(),
    use: Type.String(),
    format: Type.Optional(Type.String()),
    entries: Type.Union([Type.String(), Type.Array(Type.String())]),
    level: Type.String(),
    state: words(['delivering', 'waiting', 'stopped']),
    next: orNull(Seq),
    delivered: Type.Integer(),
    refused: Type.Integer(),
    dead: orNull(Type.Integer()),
    failures: Type.Integer(),
    answer: Type.String(),
    at: orNull(Time),
  },
  { $id: 'Feed' },
);

/** Where alerts and entries go, and how that goes. Addresses and secrets are not shown. */
export const feedEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/feeds',
    name: 'feeds.list',
    summary: 'How feeds stand',
    answer: Type.Object({ feeds: Type.Array(Feed) }),
    act: ({ gate }) => ({ feeds: feedsOf(gate.feeds).list().map(shown) }),
  }),
  endpoint({
    ...read,
    path: '/admin/v1/feeds/:id/dead',
    name: 'feeds.dead',
    summary: 'What the receiver of a feed refused',
    answer: Type.Object({
      dead: Type.Array(Type.Object({ seq: Seq, time: Time, answer: Type.String() })),
    }),
    async act(call) {
      const dead = await named(call).dead(call.id);
      return { dead: dead.map((one) => ({ ...one, time: time(one.time) })) };
    },
  }),
  endpoint({
    ...change,
    path: '/admin/v1/feeds/:id/test',
    name: 'feeds.test',
    summary: 'Sends a test to a feed',
    answer: Type.Object({
      seq: Seq,
      delivered: Type.Boolean(),
      answer: Type.String(),
      ms: Type.Number(),
    }),
    async act(call) {
      const feeds = named(call);
      // It has an entry, as everything that is sent has.
      const { seq } = await call.gate.ledger.append({ kind: 'feed.test', id: call.ask.id, feed: call.id });
      return { seq, ...(await feeds.try(call.id, seq)) };
    },
  }),
  endpoint({
    ...change,
    path: '/admin/v1/feeds/:id/replay',
    name: 'feeds.replay',
    summary: 'Sends again what the receiver of a feed refused',
    answer: Type.Object({ delivered: Type.Integer(), answer: Type.String() }),
    async act(call) {
      return { ...(await named(call).replay(call.id)) };
    },
  }),
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
