import type { Exchange } from '../../views/exchange.ts';

/** Exchanges of a moment, for whoever looks on: added up, with the newest by themselves. */
export interface Live {
  /** Number of the entry after the last one of it. */
  readonly next: number;
  readonly sums: readonly LiveSum[];
  /** The newest, at most {@link SHOWN}, oldest first. */
  readonly newest: readonly Exchange[];
}

/** Of one model and outcome. */
export interface LiveSum {
  readonly model: string;
  readonly outcome: string;
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  /** Nano-dollars. */
  readonly cost: number;
  /** Milliseconds: all together, and the slowest. */
  readonly ms: number;
  readonly slowest: number;
  /** Milliseconds that guards were at work, all together. */
  readonly guarding: number;
}

/** Exchanges that are shown by themselves; of a thousand a second nobody reads more. */
export const SHOWN = 40;

export function liveOf(exchanges: readonly Exchange[], next: number): Live {
  const sums = Map.groupBy(exchanges, ({ model, outcome }) => JSON.stringify([model, outcome]));
  const sum = (all: readonly Exchange[], of: (one: Exchange) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    next,
    sums: [...sums.values()].map((all) => ({
      model: all[0]?.model ?? '',
      outcome: all[0]?.outcome ?? '',
      requests: all.length,
      input: sum(all, ({ input }) => input),
      output: sum(all, ({ output }) => output),
      cost: sum(all, ({ cost }) => cost),
      ms: sum(all, ({ ms }) => ms),
      slowest: Math.max(...all.map(({ ms }) => ms)),
      guarding: sum(all, ({ guarding }) => guarding),
    })),
    newest: exchanges.slice(-SHOWN),
  };
}
