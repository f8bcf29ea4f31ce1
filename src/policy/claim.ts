import type { Caller } from '../exchange/caller.ts';
import type { Usage } from '../exchange/exchange.ts';
import type { Budget, Mark } from './budget.ts';
import type { Quota } from './policy.ts';
import { countOf, ownerOf } from './scope.ts';

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

/** What a request takes from every quota that fits it. */
export function quotaClaims(
  quotas: readonly Quota[],
  caller: Caller,
  model: string,
  estimate: Usage,
): Claim[] {
  const claims: Claim[] = [];
  for (const quota of quotas) {
    const scope = countOf(quota, caller, model);
    if (scope === undefined) continue;
    for (const { measure, unit, window, limit } of quota.rates) {
      const amount = measure === 'requests' ? 1 : estimate.input + estimate.output;
      const counter = `${measure} a ${unit}, ${scope}`;
      claims.push({ kind: 'count', counter, window: { ms: window }, measure, amount, limit });
    }
    if (quota.concurrency !== undefined) {
      claims.push({ kind: 'place', scope, limit: quota.concurrency, per: quota.per });
    }
  }
  return claims;
}

/**
 * What a request takes from every budget that fits it; none where no budget does.
 * @param cost the most that it may cost, in nano-dollars
 */
export function budgetClaims(
  budgets: readonly Budget[],
  caller: Caller,
  model: string,
  cost: number,
): CountClaim[] {
  return budgets.flatMap((budget) => {
    const scope = countOf(budget, caller, model);
    if (scope === undefined) return [];
    const owner = ownerOf(budget.per, caller, model);
    return budget.limits.map(({ unit, limit, alerts }): CountClaim => {
      const counter = `dollars a ${unit}, ${scope}`;
      const told = { budget: budget.id, per: budget.per, owner, unit, marks: alerts };
      return {
        kind: 'count',
        counter,
        window: { calendar: unit },
        measure: 'dollars',
        amount: cost,
        limit,
        alerts: told,
      };
    });
  });
}
