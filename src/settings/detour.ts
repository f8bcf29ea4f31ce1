import { Problem } from '../base/problem.ts';
import type { ModelRoutes, Settings } from './settings.ts';

/** Requests for one model go where those for another go, for as long as an incident asks for it. */
export interface Detour {
  readonly model: string;
  readonly to: string;
}

/**
 * The settings with detours on top: one step each, so that two of them make no circle. Throws `Problem('usage')` where one leads
 * nowhere.
 */
export function withDetours(settings: Settings, detours: readonly Detour[]): Settings {
  if (detours.length === 0) return settings;
  const { routes } = settings;
  if (detours.some(({ to }) => routes.find(to) === undefined))
    throw new Problem('usage', 'an incident has a model switched to one that has no route');
  const byModel = new Map(detours.map(({ model, to }) => [model, to]));
  const found: ModelRoutes = {
    named: routes.named,
    find: (name) => routes.find(byModel.get(name) ?? name),
  };
  return { ...settings, routes: found };
}
