import { Refusal } from '../base/refusal.ts';
import type { UpstreamAnswer } from './forward.ts';

/** The longest wait that is passed on, in seconds. */
const LONGEST = 86_400;

/** Milliseconds that a server asks to wait; undefined where it does not say so in seconds. */
export function retryAfterOf(upstream: UpstreamAnswer): number | undefined {
  const written = upstream.header('retry-after');
  return written !== undefined && /^\d{1,9}(\.\d{1,3})?$/.test(written)
    ? Math.min(Number(written), LONGEST) * 1000
    : undefined;
}

/** What an answer that is no success becomes: a refusal of ours. @param words what the upstream says, as cleared */
export function refusalOfStatus(upstream: UpstreamAnswer, words?: string): Refusal {
  const { status } = upstream;
  const after = retryAfterOf(upstream);
  const wait = after === undefined ? {} : { retryAfter: after / 1000 };
  if (status === 401 || status === 403) return new Refusal('upstream_auth');
  if (status === 429) return new Refusal('upstream_rate_limited', wait);
  if (status === 503 || status === 529) return new Refusal('upstream_overloaded', { ...wait, status });
  if (status >= 500) return new Refusal('upstream_failed');
  if (status >= 400)
    return new Refusal('upstream_rejected', { status, ...(words === undefined ? {} : { hint: words }) });
  return new Refusal('upstream_invalid', { hint: 'It answered with a redirect or an unknown status.' });
}
