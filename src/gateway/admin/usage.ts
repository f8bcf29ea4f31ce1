import Type from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { readUsageBy, reportJson, reportUsage, USAGE_BY } from '../../ledger/usage.ts';
import type { Gate } from '../house.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { Dollars, fields, since, sinceIn } from './parameters.ts';

/** Gateways that add up a report now: one at a time, since each reads the whole ledger. */
const busy = new WeakSet<Gate>();

const sums = {
  requests: Type.Integer(),
  input: Type.Number(),
  cached: Type.Number({ description: 'Part of input.' }),
  cache_write: Type.Number({ description: 'Part of input.' }),
  output: Type.Number(),
  reasoning: Type.Number(),
  cost: Dollars,
  unpriced: Type.Integer({ description: 'Requests whose model had no price.' }),
  estimated: Type.Integer({ description: 'Requests of which nobody said what they used.' }),
} as const;

/** What a row is of: one text for each thing that was asked for. */
const of = Object.fromEntries(USAGE_BY.map((by) => [by, Type.Optional(Type.String())]));

const Report = Type.Object(
  {
    rows: Type.Array(Type.Object({ ...of, ...sums })),
    total: Type.Object(sums),
    open: Type.Integer({ description: 'Requests that have begun and not ended.' }),
    first_entry: Type.Optional(
      Type.Integer({ description: 'The first entry that was read, where older ones were archived.' }),
    ),
  },
  { $id: 'Usage' },
);

/** What was used and what it cost, from the ledger: `?by=team,month&since=2026-01-01T00:00:00Z&until=…`. */
export const usageEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/admin/v1/usage',
    name: 'usage.show',
    summary: 'What was used and what it cost',
    action: 'audit.read',
    changes: false,
    query: fields({
      by: Type.Optional(
        Type.Refine(
          Type.String({ description: `some of ${USAGE_BY.join(', ')}, with commas`, default: 'model' }),
          (text) => readUsageBy(text) !== undefined,
        ),
      ),
      since: Type.Optional(since()),
      until: Type.Optional(since()),
    }),
    answer: Report,
    async act({ gate, house, query: { by = 'model', since, until } }) {
      const now = gate.clock.now();
      const query = {
        by: readUsageBy(by) ?? [],
        since: stamp(sinceIn(since, now)),
        until: stamp(sinceIn(until, now)),
      };
      if (busy.has(gate))
        throw new Refusal('overloaded', { retryAfter: 1, hint: 'Another report is being made.' });
      busy.add(gate);
      try {
        return reportJson(await reportUsage(ledgerPaths(house.settings.data).folder, query));
      } finally {
        busy.delete(gate);
      }
    },
  }),
];

/** As it sorts. */
const stamp = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();
