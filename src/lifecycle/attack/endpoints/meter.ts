import type { Victim } from '../../../attacks/attack.ts';

/** The next question would cost more than is left. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

/**
 * Counts rows as they are sent, tries again included: what a server was asked counts, whether it answered or not. Never more
 * than the budget.
 */
export class Meter {
  readonly #most: number;
  readonly #reserve: ((used: number) => void) | undefined;
  readonly #block: number;
  #used: number;
  #reserved: number;
  #largest = 0;
  #low = new AbortController();

  /**
   * @param used what earlier runs have used up
   * @param reserve told, before they are asked, of rows that may be asked: kept on disk, no crash lets a budget be exceeded
   */
  constructor(most = Number.POSITIVE_INFINITY, used = 0, reserve?: (used: number) => void) {
    this.#most = most;
    this.#used = used;
    this.#reserved = used;
    this.#reserve = reserve;
    this.#block = Math.max(1, Math.floor(most / 100));
  }

  get used(): number {
    return this.#used;
  }

  get spent(): boolean {
    return this.#low.signal.aborted;
  }

  /** Aborted when the budget will soon be used up: an attack that is stopped gives what it has, one that throws gives nothing. */
  begin(): AbortSignal {
    this.#largest = 0;
    return this.#low.signal;
  }

  /** Before rows are asked. Throws {@link BudgetSpent} where the budget does not pay for them. */
  take(rows: number): void {
    const after = this.#used + rows;
    if (after > this.#most) {
      this.#low.abort();
      throw new BudgetSpent();
    }
    if (this.#reserve !== undefined && after > this.#reserved) {
      this.#reserved = Math.min(this.#most, Math.max(after, this.#used + this.#block));
      this.#reserve(this.#reserved);
    }
    this.#used = after;
    this.#largest = Math.max(this.#largest, rows);
    if (this.#most - after < 2 * this.#largest) this.#low.abort();
  }

  /** Nothing more will be asked: what was set aside and not used is given back. */
  settle(): void {
    this.#reserved = this.#used;
    this.#reserve?.(this.#used);
  }
}

/** A victim in this process, whose rows are counted. A gradient is asked with its scores: one query a row. */
export function metered(victim: Victim, meter: Meter): Victim {
  const { gradients, oddsGradients } = victim;
  return {
    ...victim,
    scores(rows) {
      meter.take(rows.length / victim.features);
      return victim.scores(rows);
    },
    ...(gradients !== undefined && {
      gradients(rows, cotangentOf) {
        meter.take(rows.length / victim.features);
        return gradients(rows, cotangentOf);
      },
    }),
    ...(oddsGradients !== undefined && {
      oddsGradients(rows, labels) {
        meter.take(rows.length / victim.features);
        return oddsGradients(rows, labels);
      },
    }),
  };
}
