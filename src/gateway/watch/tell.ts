import { type Alert, alertEntry } from '../../detect/alert.ts';
import type { Gate } from '../house.ts';
import { nameOf } from '../log.ts';

/** Alerts whose entries were written or are on their way; the ledger knows of older ones. */
const REMEMBERED = 10_000;

/** Writes alerts into the ledger, each once: they come again until their entry was read. */
export function alertTeller(gate: () => Gate): (alerts: readonly Alert[]) => void {
  const done = new Set<string>();
  const tell = async (alert: Alert): Promise<void> => {
    const { ledger, log, metrics } = gate();
    try {
      const { seq } = await ledger.append(alertEntry(alert));
      metrics.detected(alert.rule, alert.level);
      log('warn', 'a detection fired', { seq, code: alert.rule, count: alert.count });
    } catch (error) {
      done.delete(alert.id);
      log('error', 'a detection could not be recorded; it is tried again', { error: nameOf(error) });
    }
  };
  return (alerts) => {
    for (const alert of alerts) {
      if (gate().closing || done.has(alert.id)) continue;
      done.add(alert.id);
      void tell(alert);
    }
    for (const oldest of done) {
      if (done.size <= REMEMBERED) break;
      done.delete(oldest);
    }
  };
}
