import { dollarsOf } from '../base/money.ts';
import type { BudgetAlert } from '../store/desk.ts';
import type { Gate } from './house.ts';

/** A budget is spent so far: an entry in the ledger, then a line in the log and a count for whoever watches. */
export async function recordAlert(gate: Gate, alert: BudgetAlert): Promise<void> {
  const { budget, per, owner, unit, percent, spent, limit, start, ends } = alert;
  const times = { since: new Date(start).toISOString(), until: new Date(ends).toISOString() };
  const amounts = { spent: dollarsOf(spent), limit: dollarsOf(limit) };
  const { seq } = await gate.ledger.append({
    kind: 'budget.alert',
    budget,
    per,
    owner,
    unit,
    percent,
    ...amounts,
    ...times,
  });
  gate.metrics.budgetSpent(per, percent);
  // Whose it is stands in the entry: the name of a model may be whatever a caller wrote.
  gate.log('warn', 'a budget is spent to one of its alerts', { seq, percent });
}
