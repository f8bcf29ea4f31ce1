import type { Caller } from '../exchange/caller.ts';
import type { Claim, Measure, Window } from './claim.ts';
import type { Spend } from './query.ts';

/** Nano-dollars in a cent: what counters of dollars hold. */
const CENT = 10_000_000;

/** The counters that the circumstance `spend` is read from, in the order of its fields. */
const COUNTED = [
  ['tokens', 'day'],
  ['tokens', 'month'],
  ['dollars', 'day'],
  ['dollars', 'month'],
] as const satisfies readonly (readonly [Measure, 'day' | 'month'])[];

const nameOf = (measure: Measure, calendar: string, caller: Caller): string =>
  `authorization: ${measure} of the ${calendar}, caller: ${caller.id}`;

/** Where to look up what a caller has used. */
export const spendCounters = (caller: Caller): { readonly counter: string; readonly window: Window }[] =>
  COUNTED.map(([measure, calendar]) => ({
    counter: nameOf(measure, calendar, caller),
    window: { calendar },
  }));

/** What {@link spendCounters} hold, as policies see it. */
export function spendFrom([
  tokensDay = 0,
  tokensMonth = 0,
  dollarsDay = 0,
  dollarsMonth = 0,
]: readonly number[]): Spend {
  return {
    tokens_today: Math.ceil(tokensDay),
    tokens_this_month: Math.ceil(tokensMonth),
    cents_today: Math.ceil(dollarsDay / CENT),
    cents_this_month: Math.ceil(dollarsMonth / CENT),
  };
}

/** Counts what a request takes, so that later ones can be decided by it; never refuses. */
export const spendClaims = (
  caller: Caller,
  amounts: { readonly tokens: number; readonly dollars: number },
): Claim[] =>
  COUNTED.map(([measure, calendar]) => ({
    kind: 'count',
    counter: nameOf(measure, calendar, caller),
    window: { calendar },
    measure,
    amount: amounts[measure],
  }));
