import type { Amounts, Claim, Window } from '../policy/claim.ts';
import type { BackgroundAnswer, Owed, Taken, Used } from './background.ts';

/**
 * Where requests take what quotas and budgets let them have. One desk counts for the whole gateway; workers reach the
 * one of the primary process. So everything that goes in or comes out is plain data (a refusal: its code, hint,
 * `retryAfter` and headers), and whoever asks waits: a desk in the same process answers at once, without a promise.
 */
export interface QuotaDesk {
  /**
   * Takes every claim, or none. Throws (or rejects with) a Refusal `quota_requests`, `quota_tokens`, `quota_dollars` or
   * `quota_concurrency`, with the seconds after which it can work.
   * @param request for a desk that lends to other processes: whose it is, should the process die
   */
  reserve(claims: readonly Claim[], request?: string): Reservation | Promise<Reservation>;
  /** What was reserved before this call is on disk when it resolves; rejects where it is not, and cannot be now. */
  flushed(): Promise<void>;
  /** What counters hold now, in the order asked; 0 where nothing was counted in the present window. */
  used(counters: readonly CounterName[]): readonly number[] | Promise<readonly number[]>;
  /** Takes what is owed for an answer, to settle it: once. Undefined where nothing is, or another has taken it. */
  take(key: string, by: Taken): Owed | undefined | Promise<Owed | undefined>;
  /** The settlement is in the ledger: what was used takes the place of what was charged, on disk when it resolves. */
  finish(key: string): void | Promise<void>;
  /**
   * Told of a budget that is spent so far, by a desk that does the counting itself. Resolves when it is recorded; where
   * it cannot be, the next settlement tells it again.
   */
  onAlert?: (alert: BudgetAlert) => Promise<void>;
}

/** A budget of which so much is spent: said once in each window. */
export interface BudgetAlert {
  readonly budget: string;
  readonly per: string;
  /** Id of whose budget it is. */
  readonly owner: string;
  readonly unit: string;
  readonly percent: number;
  /** Nano-dollars that are settled, and the whole limit. */
  readonly spent: number;
  readonly limit: number;
  /** The window, in milliseconds since 1970. */
  readonly start: number;
  readonly ends: number;
}

export interface CounterName {
  readonly counter: string;
  readonly window: Window;
}

/**
 * What was set aside for one request. Exactly one of {@link settle}, {@link defer} and {@link cancel} has an effect, and only the first
 * time; whoever holds a reservation calls one of them, however the request ends (a desk that lends to another process
 * does so for a process that died: what it held is settled as it was reserved).
 */
export interface Reservation {
  /**
   * The request is over: what was used takes the place of what was reserved, measure by measure; a measure that is not
   * named stays as it was reserved. What goes beyond the reservation is counted too, even over the limit.
   */
  settle(used: Amounts): void;
  /**
   * The same for an answer that is made in the background: it is on disk when it resolves, with what is owed for it until
   * its use is known. Throws (or rejects with) `upstream_invalid` where the answer's id was given before.
   */
  defer(answer: BackgroundAnswer, charged: Used, owed: Owed | undefined): void | Promise<void>;
  /** Nothing was forwarded, for no fault of the caller's: everything is given back. */
  cancel(): void;
  /** `x-ratelimit-…` headers, as OpenAI names and writes them, of whichever quota is nearest to its end. */
  headers(): Record<string, string>;
}
