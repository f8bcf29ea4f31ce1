import { isGlob } from '../base/glob.ts';
import type { Policy } from '../policy/policy.ts';
import { findModel } from '../settings/routes.ts';
import type { Settings } from '../settings/settings.ts';

/** Models that the settings name, by upstream or route, and the price table does not, as `model at upstream`. */
export function unpricedModels(settings: Settings, { prices }: Policy): string[] {
  const names = Object.values(settings.upstreams).flatMap(({ models }) => models.map(({ name }) => name));
  const routes = names.filter((name) => !isGlob(name)).map((name) => findModel(settings, name));
  const missing = [...routes, ...settings.routes.named]
    .flatMap((route) => route?.targets ?? [])
    .filter(({ as, upstream }) => prices.find(as, upstream.name) === undefined)
    .map(({ as, upstream }) => `${as} at ${upstream.name}`);
  return [...new Set(missing)].sort();
}
