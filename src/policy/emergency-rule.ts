import type { Action } from '../exchange/exchange.ts';
import type { Response } from './predictions.ts';

/**
 * What is laid on top of a policy for as long as an incident asks for it. It only ever takes away: it forbids, holds, answers less
 * usefully, or has a guard do more than it would have. So laying it on cannot open anything, in whatever order.
 */
export type EmergencyRule = Denial | Holding | Raising | Tightening;

interface Laid {
  /** What decisions name: `emergency: inc_…/1`. */
  readonly id: string;
  /** Ids of callers; undefined: all. */
  readonly callers?: readonly string[] | undefined;
  /** Milliseconds since 1970 at which it ends by itself. */
  readonly until?: number | undefined;
}

/** Nobody, or nobody of these callers, may do this to that. */
export interface Denial extends Laid {
  readonly kind: 'deny';
  readonly actions: readonly Action[];
  /** The model, the tool; undefined: whatever it is done to. */
  readonly resource?: string | undefined;
}

/** Each prompt waits for a person. What cannot be held, because it is no text, is forbidden. */
export interface Holding extends Laid {
  readonly kind: 'hold';
  /** Of callers; undefined: all. */
  readonly team?: string | undefined;
  /** Undefined: all. */
  readonly model?: string | undefined;
}

/** Callers are answered by predictions at least so hard. */
export interface Raising extends Laid {
  readonly kind: 'raise';
  readonly to: Response;
  /** Undefined: all. */
  readonly model?: string | undefined;
}

/** A guard blocks whatever it finds, or holds it for people where it would have done less. */
export interface Tightening extends Pick<Laid, 'id' | 'until'> {
  readonly kind: 'tighten';
  /** Its name in the policy. */
  readonly guard: string;
  readonly action: 'block' | 'review';
}
