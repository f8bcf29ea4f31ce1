import type { Refusal, RefusalCode } from '../base/refusal.ts';

/** Refusals that another try may get past. For all others the clients are told not to try again by themselves. */
const PASSING: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'request_timeout',
  'cooling_down',
  'identity_unavailable',
  'quota_requests',
  'quota_tokens',
  'quota_dollars',
  'quota_concurrency',
  'guard_failed',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_cut',
  'upstream_rate_limited',
  'upstream_overloaded',
  'upstream_failed',
  'ledger_unavailable',
  'vault_unavailable',
  'shutting_down',
  'overloaded',
]);

/** Longest wait, in seconds, that the clients of OpenAI and Anthropic keep to; beyond it they retry at once. */
const LONGEST_WAIT = 60;

/**
 * Headers of an error answer. Both clients obey `x-should-retry`: without it they send again whatever is answered
 * with 408, 409, 429 or 5xx.
 */
export function errorHeaders(refusal: Refusal, idHeader: string, requestId: string): Record<string, string> {
  const { code, retryAfter } = refusal;
  // A request that is too large for a whole quota has no time after which it would pass.
  const never = code.startsWith('quota_') && retryAfter === undefined;
  const retry = PASSING.has(code) && !never && (retryAfter ?? 0) <= LONGEST_WAIT;
  return {
    ...refusal.headers,
    'content-type': 'application/json',
    [idHeader]: requestId,
    'x-should-retry': String(retry),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
  };
}

/** A machine-readable word of an upstream's error; undefined where it could be a text. */
export const shortWord = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_.[\]-]{1,64}$/.test(value) ? value : undefined;
