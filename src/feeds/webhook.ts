import { createHmac } from 'node:crypto';
import { cleanJson, factsOf } from './clean.ts';
import type { Format } from './format.ts';
import { idOf } from './notice.ts';

/** One notice as the payload of a webhook: `type`, `timestamp`, `data`, as Standard Webhooks has it. */
export const webhook: Format = {
  name: 'webhook',
  contentType: 'application/json',
  most: 1,
  lines: false,
  write: ([notice], { ledger }) => {
    if (notice === undefined) return { text: '{}' };
    const { seq, leaf, time, kind, level, title, alert, group, over, facts } = notice;
    return {
      text: cleanJson({
        type: `gatehouse.${kind}`,
        timestamp: time,
        data: {
          id: idOf(notice),
          level,
          title,
          alert,
          group,
          over,
          ledger: { name: ledger, seq, leaf },
          facts: Object.fromEntries(factsOf(facts)),
        },
      }),
    };
  },
};

/**
 * The headers of one attempt: the id is the same for each of them, the time is not. Signed is `id.timestamp.body` (Standard Webhooks).
 * @param now milliseconds since 1970
 */
export function signWebhook(key: Uint8Array, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
