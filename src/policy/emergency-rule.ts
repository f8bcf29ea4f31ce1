import type { Action } from '../exchange/exchange.ts';

/**
 * What is laid on top of a policy for as long as an incident asks for it. It only ever takes away: it forbids, or has a guard
 * block that would have done less. So laying it on cannot open anything, in whatever order.
 */
export type EmergencyRule = Denial | Tightening;

/** Nobody, or nobody of these callers, may do this to that. */
export interface Denial {
  readonly kind: 'deny';
  /** What decisions name: `emergency: inc_…/1`. */
  readonly id: string;
  readonly actions: readonly Action[];
  /** The model, the tool; undefined: whatever it is done to. */
  readonly resource?: string | undefined;
  /** Ids of callers; undefined: all. */
  readonly callers?: readonly string[] | undefined;
  /** Milliseconds since 1970 at which it ends by itself. */
  readonly until?: number | undefined;
}

/** A guard blocks whatever it finds. */
export interface Tightening {
  readonly kind: 'tighten';
  readonly id: string;
  /** Its name in the policy. */
  readonly guard: string;
  readonly until?: number | undefined;
}
