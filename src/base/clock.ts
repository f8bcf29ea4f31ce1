/** Time as an argument, so that rows below never ask the machine. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
  /** Milliseconds, never going back; for durations only. */
  readonly tick: () => number;
}

export const systemClock: Clock = { now: () => Date.now(), tick: () => performance.now() };
