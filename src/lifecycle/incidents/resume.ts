import { ALERT, type Alerted, alertIn } from '../../incidents/alert.ts';
import { factOf, type Recorded } from '../../incidents/fact.ts';
import { entriesHolding } from '../../ledger/search.ts';
import type { Incidents } from '../../store/incidents.ts';

/**
 * What the ledger tells of incidents and the store does not know: the process died between the two, or the database comes from a
 * backup. Measures that are undone in the ledger are undone in the store too. Throws Problem where the ledger cannot be read.
 * @param ledger its folder, how many entries it has, and where its old ones are
 */
export async function resumeIncidents(
  incidents: Incidents,
  ledger: { readonly folder: string; readonly size: number; readonly archive: string | undefined },
): Promise<void> {
  const { folder, size, archive } = ledger;
  const { applied } = incidents;
  // A ledger that is shorter than what was read of it is another one; of a new store, as far back as it goes.
  const from = applied === 0 || applied > size ? undefined : applied;
  const facts: Recorded[] = [];
  for await (const entry of entriesHolding(folder, '"kind":"incident.', { from, archive })) {
    const fact = factOf(entry);
    if (fact !== undefined) facts.push(fact);
  }
  const alerts: Alerted[] = [];
  // Of a new store, what was told of before is not news.
  if (from !== undefined)
    for await (const entry of entriesHolding(folder, `"kind":"${ALERT}"`, { from, archive })) {
      const alert = alertIn(entry);
      if (alert !== undefined) alerts.push(alert);
    }
  incidents.replay(facts, alerts, size);
}
