import type { Endpoint } from './endpoint.ts';
import { watcherOf } from './exchanges.ts';
import { Query } from './query.ts';
import { time } from './time.ts';

/** Alerts of a page. */
const MOST = 1000;

/** What is looked for over time, and what was found. */
export const detectionEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    action: 'audit.read',
    changes: false,
    path: '/admin/v1/detections',
    name: 'detections.list',
    query: ['rule', 'since', 'before', 'limit'],
    async act({ ask, gate }) {
      const query = new Query(ask.query);
      const { rules, page } = await watcherOf(gate).ask('detections', {
        rule: query.text('rule'),
        since: query.moment('since', gate.clock.now()),
        before: query.count('before', Number.MAX_SAFE_INTEGER),
        limit: query.count('limit', MOST) ?? 50,
      });
      return {
        rules: [...rules],
        alerts: page.rows.map(({ seq, time: at, alert }) => ({ seq, time: time(at), ...alert })),
        next: page.next ?? null,
      };
    },
  },
];
