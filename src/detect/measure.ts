import type { JsonObject } from '../base/json.ts';
import type { Event } from './facts.ts';

/** What speaks for an alert. */
export interface Sight {
  /** Events, values, or what was added up. */
  readonly count: number;
  /** What would still have been usual, or the number that it takes. */
  readonly limit: number;
  /** Of the first event and the last that it is made of. */
  readonly first: number;
  readonly last: number;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}

/**
 * Measures one group's events, in memory that is bounded whatever comes. Its state is plain JSON, so that it can be kept as it stands.
 */
export interface Measure<State extends JsonObject = JsonObject> {
  /** @param time milliseconds since 1970 */
  fresh(time: number): State;
  /** An event of the group that fits; times never go back. Changes the state. */
  see(state: State, event: Event): Sight | undefined;
}
