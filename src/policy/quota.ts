import type { Path } from '../base/schema.ts';
import type { Quota, Rate } from './policy.ts';
import type { QuotaEntry } from './schema.ts';
import { readScope } from './scope.ts';

const WINDOWS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const FACTORS: Readonly<Record<string, number>> = { k: 1000, M: 1_000_000 };

type Report = (path: Path, message: string) => void;

/** The quotas of a policy. One that bounds nothing, or what another bounds already, is reported. */
export function readQuotas(report: Report, entries: readonly QuotaEntry[]): Quota[] {
  const bounded = new Set<string>();
  return entries.map((entry, index) => {
    const quota = readQuota(entry);
    const bounds = quota.rates.map(({ measure, unit }) => `${measure} a ${unit}`);
    if (quota.concurrency !== undefined) bounds.push('concurrency');
    if (bounds.length === 0) report(['quotas', index], 'must have requests, tokens or concurrency');
    for (const bound of bounds) {
      const what = `${bound}, ${quota.id}`;
      if (bounded.has(what)) report(['quotas', index], `limits ${bound} of these requests a second time`);
      bounded.add(what);
    }
    return quota;
  });
}

const readQuota = (entry: QuotaEntry): Quota => ({
  ...readScope(entry),
  rates: [...readRates('requests', entry.requests), ...readRates('tokens', entry.tokens)],
  concurrency: entry.concurrency,
});

/** The schema has checked the form: digits, perhaps k or M, a slash, a unit. */
function readRates(measure: Rate['measure'], written: string | readonly string[] = []): Rate[] {
  return [written].flat().map((text) => {
    const [amount = '', word = ''] = text.split('/');
    const unit = word as Rate['unit'];
    const limit = Number.parseInt(amount, 10) * (FACTORS[amount.slice(-1)] ?? 1);
    return { measure, limit, unit, window: WINDOWS[unit] };
  });
}
