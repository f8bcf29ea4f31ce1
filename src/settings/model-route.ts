import type { UpstreamSettings } from './model-server.ts';

/** Where a model name leads: one target or several, and what is done when one of them fails. */
export interface ModelRoute {
  /** As the settings name it; a pattern where an upstream's list has one. */
  readonly name: string;
  /** At least one. */
  readonly targets: readonly TargetSettings[];
  readonly retry: RetrySettings;
  /** Undefined: a target is asked however often it failed. */
  readonly breaker: BreakerSettings | undefined;
  /** Undefined: every answer is a new one. */
  readonly cache: CacheSettings | undefined;
}

/** A model at an upstream. */
export interface TargetSettings {
  /** Tells it from all others, and stays over reloads: what is known of its health stays with it. */
  readonly id: string;
  readonly upstream: UpstreamSettings;
  /** The model's name there. */
  readonly as: string;
  /** Its part of the requests, among those of one priority. */
  readonly weight: number;
  /** Smaller ones first; the others are fallbacks. */
  readonly priority: number;
  /** On trial for a share of those who ask; never a fallback. */
  readonly canary: { readonly share: number; readonly sticky: 'caller' | 'subject' } | undefined;
  /** Values of labels that it takes; `*` takes any. */
  readonly accepts: Readonly<Record<string, readonly string[]>>;
  readonly limits: { readonly concurrency: number | undefined; readonly requests: RateLimit | undefined };
  readonly timeouts: { readonly first_byte: number; readonly idle: number };
}

/** So many in a window of milliseconds. */
export interface RateLimit {
  readonly limit: number;
  readonly window: number;
}

export interface RetrySettings {
  /** Further attempts after the first. */
  readonly retries: number;
  /** The request may be done twice, so that one that perhaps was done may be tried again. */
  readonly idempotent: boolean;
  /** Milliseconds before the first retry of a target; doubles with each. */
  readonly backoff: number;
  /** The longest wait before a retry, a server's own wish (Retry-After) included. */
  readonly patience: number;
  /** Milliseconds for all attempts, until the answer begins. */
  readonly deadline: number;
}

export interface BreakerSettings {
  /** Share of failures that opens it, above 0 and at most 1… */
  readonly failures: number;
  /** …over so many milliseconds… */
  readonly window: number;
  /** …of at least so many attempts. */
  readonly attempts: number;
  /** Milliseconds until one attempt may try whether the target is back. */
  readonly pause: number;
}

export interface CacheSettings {
  readonly ttl: number;
  readonly max_entries: number;
  readonly max_bytes: number;
  /** Who shares answers: nobody, or a team. */
  readonly per: 'caller' | 'team';
  /** Keeps answers of chance too, not only those with a temperature of 0. */
  readonly sampled: boolean;
}

/** The route of a model that an upstream's own list names: one target, asked once. */
export const plainRoute = (upstream: UpstreamSettings, name: string, as: string): ModelRoute => ({
  name,
  targets: [
    {
      id: `${name}>${upstream.name}`,
      upstream,
      as,
      weight: 1,
      priority: 1,
      canary: undefined,
      accepts: upstream.accepts,
      limits: { concurrency: undefined, requests: undefined },
      timeouts: upstream.timeouts,
    },
  ],
  retry: { retries: 0, idempotent: false, backoff: 0, patience: 0, deadline: Number.POSITIVE_INFINITY },
  breaker: undefined,
  cache: undefined,
});
