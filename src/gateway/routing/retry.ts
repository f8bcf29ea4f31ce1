import { Refusal, type RefusalCode } from '../../base/refusal.ts';
import type { RetrySettings } from '../../settings/model-route.ts';
import type { Verdict } from './breaker.ts';

/** How an attempt failed. */
export interface Failure {
  readonly refusal: Refusal;
  /** The model server answered, with this status. */
  readonly status: number | undefined;
  /** A part of the request may have left. */
  readonly sent: boolean;
}

/** Statuses with which a server says that it has not done the request (RFC 9110, 15.6.4; RFC 6585, 4; Anthropic's 529). */
const NOT_DONE: ReadonlySet<number> = new Set([429, 503, 529]);

/** The gateway's own credential is refused: another target has another one. */
const NOT_OURS: ReadonlySet<number> = new Set([401, 403]);

/**
 * Whether a request may be sent once more. It may where no server can have done it: it never left, or the answer says
 * so. Where it may have been done, only if the route calls it idempotent. What the caller got wrong stays wrong.
 */
export function mayRetry({ refusal, status, sent }: Failure, { idempotent }: RetrySettings): boolean {
  if (status !== undefined) {
    if (NOT_DONE.has(status) || NOT_OURS.has(status)) return true;
    return idempotent && (status >= 500 || status < 400);
  }
  if (!SERVERS_FAULT.has(refusal.code)) return false;
  return !sent || idempotent;
}

const SERVERS_FAULT: ReadonlySet<RefusalCode> = new Set([
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_cut',
  'upstream_invalid',
  'upstream_failed',
  'upstream_overloaded',
  'upstream_auth',
]);

/** What the end of a request says of the target that answered it. */
export const verdictOf = (error: unknown): Verdict => {
  if (error === undefined) return 'fine';
  if (!(error instanceof Refusal)) return 'neither';
  if (SERVERS_FAULT.has(error.code)) return 'failed';
  // It answered, and what is wrong is between the caller and the guards.
  return error.code === 'client_gone' || error.code === 'upstream_rate_limited' ? 'neither' : 'fine';
};

/**
 * Milliseconds to wait before a target is asked again: exponential, with full jitter (Brooker 2015, “Exponential
 * backoff and jitter”), and no less than the server wishes. Undefined where that is beyond the route's patience.
 * @param tries how often it was asked before
 */
export function pauseBefore(
  tries: number,
  wish: number | undefined,
  { backoff, patience }: RetrySettings,
  random: () => number,
): number | undefined {
  if (wish !== undefined && wish > patience) return undefined;
  const jittered = random() * Math.min(patience, backoff * 2 ** (tries - 1));
  return Math.max(jittered, wish ?? 0);
}
