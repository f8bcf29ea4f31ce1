import { decimal } from '../base/money.ts';
import type { Path } from '../base/schema.ts';
import type { BudgetEntry } from './budget-schema.ts';
import { readScope, type Scope } from './scope.ts';

/** A bound on what requests cost, with a count of its own for each key, caller, team, organisation or model. */
export interface Budget extends Scope<BudgetEntry['per']> {
  readonly limits: readonly BudgetLimit[];
}

export interface BudgetLimit {
  /** Nano-dollars. */
  readonly limit: number;
  readonly unit: 'hour' | 'day' | 'week' | 'month';
  /** Rising. */
  readonly alerts: readonly Mark[];
}

/** A part of a limit: when so much is spent, somebody is told. */
export interface Mark {
  readonly percent: number;
  /** Nano-dollars. */
  readonly at: number;
}

/** What a window may have at most; what is spent beyond a limit must still be a number that is kept exactly. */
const MOST_DOLLARS = 5_000_000;

const DEFAULT_ALERTS = ['80%', '100%'];

type Report = (path: Path, message: string) => void;

/** The budgets of a policy. One that has no money, or bounds what another bounds already, is reported. */
export function readBudgets(report: Report, entries: readonly BudgetEntry[]): Budget[] {
  const bounded = new Set<string>();
  return entries.map((entry, index) => {
    const at = ['budgets', index];
    const budget = { ...readScope(entry), limits: readLimits(report, at, entry) };
    for (const { unit } of budget.limits) {
      const bound = `${unit}, ${budget.id}`;
      if (bounded.has(bound)) report(at, `limits dollars a ${unit} of these requests a second time`);
      bounded.add(bound);
    }
    return budget;
  });
}

function readLimits(report: Report, at: Path, { dollars, alerts }: BudgetEntry): BudgetLimit[] {
  const percents = [...new Set((alerts ?? DEFAULT_ALERTS).map((text) => Number.parseInt(text, 10)))].sort(
    (a, b) => a - b,
  );
  return [dollars].flat().map((text) => {
    // The schema has checked the form: an amount, a slash, a unit.
    const [amount = '', unit = ''] = text.split('/');
    const limit = decimal(amount, 9) ?? 0n;
    if (limit === 0n || limit > BigInt(MOST_DOLLARS) * 1_000_000_000n) {
      report([...at, 'dollars'], `must be more than 0, and at most ${MOST_DOLLARS} a window`);
    }
    return {
      limit: Number(limit),
      unit: unit as BudgetLimit['unit'],
      alerts: percents.map((percent) => ({ percent, at: Number((limit * BigInt(percent) + 99n) / 100n) })),
    };
  });
}
