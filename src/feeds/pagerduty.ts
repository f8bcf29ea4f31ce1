import { cleanJson, clipped, factsOf } from './clean.ts';
import type { Format } from './format.ts';
import { headline } from './notice.ts';

const SEVERITIES = {
  informational: 'info',
  low: 'info',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
} as const;

/** Characters that a summary, a key and a name may have. */
const [SUMMARY, KEY, NAME] = [1024, 255, 255];

/**
 * An event of PagerDuty's Events API v2: what belongs together has one `dedup_key`, and what is over resolves it
 * (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/).
 */
export const pagerduty: Format = {
  name: 'pagerduty',
  contentType: 'application/json',
  most: 1,
  lines: false,
  write: ([notice], { key, host, ledger }) => {
    if (notice === undefined) return { text: '{}' };
    const { seq, leaf, time, kind, level, group, over, facts } = notice;
    return {
      text: cleanJson({
        routing_key: key,
        event_action: over ? 'resolve' : 'trigger',
        // Of two gateways each has its own troubles.
        dedup_key: clipped(`${ledger}:${group}`, KEY),
        client: 'Gatehouse',
        payload: {
          summary: clipped(headline(notice), SUMMARY),
          source: clipped(host, NAME),
          severity: SEVERITIES[level],
          timestamp: time,
          component: clipped(ledger, NAME),
          class: clipped(kind, NAME),
          custom_details: { ...Object.fromEntries(factsOf(facts)), ledger_seq: seq, ledger_leaf: leaf },
        },
      }),
    };
  },
};
