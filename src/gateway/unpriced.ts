import { isGlob } from '../base/glob.ts';
import type { Policy } from '../policy/policy.ts';
import { findModel } from '../settings/routes.ts';
import type { Settings } from '../settings/settings.ts';

/**
 * Models that the settings name, by upstream or route, and the price table does not, as `model at upstream`: where a
 * budget fits a request for them, or the policy says so, it is refused. None where neither can be.
 */
export function unpricedModels(settings: Settings, { prices, budgets, unpriced }: Policy): string[] {
  if (budgets.length === 0 && unpriced === 'allow') return [];
  const names = Object.values(settings.upstreams).flatMap(({ models }) => models.map(({ name }) => name));
  const routes = names.filter((name) => !isGlob(name)).map((name) => findModel(settings, name));
  const missing = [...routes, ...settings.routes.named]
    .flatMap((route) => route?.targets ?? [])
    .filter(({ as, upstream }) => prices.find(as, upstream.name) === undefined)
    .map(({ as, upstream }) => `${as} at ${upstream.name}`);
  return [...new Set(missing)].sort();
}

/** The same for people; undefined where there is nothing to say. */
export function unpricedNote(models: readonly string[]): string | undefined {
  if (models.length === 0) return undefined;
  const named = models.slice(0, 10).join(', ') + (models.length > 10 ? ', …' : '');
  return `No price is known of ${named}: requests that a budget fits are refused. Name them in the policy’s “prices” file.`;
}
