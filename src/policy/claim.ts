import type { Mark } from './budget.ts';

/** What is counted. Dollars are counted in nano-dollars (see `base/money.ts`): every amount is a whole number. */
export type Measure = 'requests' | 'tokens' | 'dollars';

/** So much of each measure. */
export type Amounts = { readonly [M in Measure]?: number };

/**
 * When a count begins anew: so many milliseconds after its first use, or with the hour, day, week (Monday) or month of
 * the calendar in UTC.
 */
export type Window = { readonly ms: number } | { readonly calendar: 'hour' | 'day' | 'week' | 'month' };

/**
 * One thing that a request takes. Claims are plain data, so that the policy can be read in one process and the
 * counting done in another: nothing in them refers to the policy, and they survive JSON.
 */
export type Claim = CountClaim | PlaceClaim;

/** An amount from a counter, which begins anew with every window. */
export interface CountClaim {
  readonly kind: 'count';
  /** Claims on the same name share a counter; the name goes with one window. */
  readonly counter: string;
  readonly window: Window;
  readonly measure: Measure;
  readonly amount: number;
  /** The most that a window has. Without it the amount is counted and never refused. */
  readonly limit?: number;
  /** Whom to name when so much of the limit is spent. */
  readonly alerts?: {
    readonly budget: string;
    readonly per: string;
    readonly owner: string;
    readonly unit: string;
    readonly marks: readonly Mark[];
  };
}

/** A place among the requests at work. */
export interface PlaceClaim {
  readonly kind: 'place';
  readonly scope: string;
  readonly limit: number;
  /** Whose places they are, for people: `caller`. */
  readonly per: string;
}
