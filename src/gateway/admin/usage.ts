import { Refusal } from '../../base/refusal.ts';
import { ledgerPaths } from '../../ledger/init.ts';
import { readUsageBy, reportJson, reportUsage, USAGE_BY, type UsageBy } from '../../ledger/usage.ts';
import type { Gate } from '../house.ts';
import type { Endpoint } from './endpoint.ts';

/** Gateways that add up a report now: one at a time, since each reads the whole ledger. */
const busy = new WeakSet<Gate>();

/** What was used and what it cost, from the ledger: `?by=team,month&since=2026-01-01T00:00:00Z&until=…`. */
export const usageEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/admin/v1/usage',
    name: 'usage.show',
    action: 'audit.read',
    changes: false,
    query: ['by', 'since', 'until'],
    async act({ gate, house, ask }) {
      const query = {
        by: readBy(ask.query.get('by')),
        since: readTime(ask.query.get('since')),
        until: readTime(ask.query.get('until')),
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
  },
];

function readBy(text: string | null): UsageBy[] {
  const by = readUsageBy(text ?? 'model');
  if (by === undefined)
    throw new Refusal('query_refused', { hint: `“by” takes some of ${USAGE_BY.join(', ')}, with commas.` });
  return by;
}

/** RFC 3339, as it sorts. */
function readTime(text: string | null): string | undefined {
  if (text === null) return undefined;
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;
  const ms = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new Refusal('query_refused', { hint: 'Times are such as 2026-01-31T12:00:00Z.' });
  return new Date(ms).toISOString();
}
