import { Account, type Budget } from './account.ts';
import type { Calibration } from './calibration.ts';
import type { Reading } from './frame.ts';
import type { Memory } from './monitor.ts';
import { BUDGET, type Hits, type Raised, Suspicion } from './suspicion.ts';

/** How a caller, or a team, stands: the evidence, and what was learned. What must not be forgotten; about a kilobyte. */
export class Standing {
  readonly suspicion: Suspicion;
  readonly account = new Account();
  readonly memory: readonly Memory[];

  constructor(calibration: Calibration) {
    this.suspicion = new Suspicion(calibration);
    this.memory = [...this.suspicion.memory, ...this.account.memory];
  }

  /** Takes a query, and gives what is enough for an alarm for the first time. */
  take(reading: Reading, hits: Hits, alarmAt: number, budget: Budget): Raised[] {
    this.account.take(reading);
    const raised = this.suspicion.take(hits, alarmAt);
    return this.account.overspends(budget)
      ? [...raised, { subject: BUDGET, strength: this.strength }]
      : raised;
  }

  get strength(): number {
    return this.suspicion.strength;
  }

  /** What an alarm was raised about that nobody has cleared: names of subjects. */
  get alarmed(): readonly string[] {
    return [...this.suspicion.alarmed, ...(this.account.spent ? [BUDGET.name] : [])];
  }

  /** Forgets the evidence, and begins the budget anew: after a person has looked. */
  clear(): void {
    this.suspicion.clear();
    this.account.forgive();
  }
}
