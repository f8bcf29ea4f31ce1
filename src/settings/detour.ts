import { Problem } from '../base/problem.ts';
import type { PredictionSettings } from './predictions.ts';
import type { ModelRoutes, Settings } from './settings.ts';

/** Another answers in a model's place, for as long as an incident asks for it. */
export interface Detour {
  readonly model: string;
  /** A model with a route; of a prediction another one, or `NAME` or `NAME@VERSION` of the registry. */
  readonly to: string;
}

/**
 * The settings with detours on top: one step each, so that two of them make no circle. Throws `Problem('usage')` where one leads
 * nowhere.
 */
export function withDetours(settings: Settings, detours: readonly Detour[]): Settings {
  if (detours.length === 0) return settings;
  const { predictions } = settings;
  const [ofPredictions, ofRoutes] = [true, false].map((is) =>
    detours.filter(({ model }) => Object.hasOwn(predictions, model) === is),
  ) as [Detour[], Detour[]];
  return {
    ...settings,
    routes: routesWith(settings, ofRoutes),
    predictions: predictionsWith(predictions, ofPredictions),
  };
}

function routesWith({ routes }: Settings, detours: readonly Detour[]): ModelRoutes {
  if (detours.length === 0) return routes;
  if (detours.some(({ to }) => routes.find(to) === undefined))
    throw new Problem('usage', 'an incident has a model switched to one that has no route');
  const byModel = new Map(detours.map(({ model, to }) => [model, to]));
  return { named: routes.named, find: (name) => routes.find(byModel.get(name) ?? name) };
}

type ByName = Settings['predictions'];

function predictionsWith(before: ByName, detours: readonly Detour[]): ByName {
  if (detours.length === 0) return before;
  const all = { ...before };
  for (const { model, to } of detours) {
    const [own, other] = [before[model], Object.hasOwn(before, to) ? before[to] : undefined];
    if (own === undefined) continue;
    all[model] = other === undefined ? ofRegistry(own, to) : { ...own, from: insteadOf(to) };
  }
  for (const { model } of detours)
    if (isCircle(all, model))
      throw new Problem('usage', 'an incident has a prediction switched to one that is made of it');
  return all;
}

/** A sealed model runs in another version, which need not be the active one. */
function ofRegistry(own: PredictionSettings, to: string): PredictionSettings {
  if (own.from.kind !== 'sealed' || !/^[a-z0-9][a-z0-9._-]{0,63}(?:@[1-9]\d{0,8})?$/.test(to))
    throw new Problem('usage', 'an incident has a prediction switched to one that there is not');
  return { ...own, from: { ...own.from, reference: to, approved: true } };
}

/** Whoever asks has this one. */
const insteadOf = (to: string): PredictionSettings['from'] => ({
  kind: 'canary',
  members: [{ model: to, weight: 1 }],
  by: 'caller',
});

function isCircle(all: ByName, start: string): boolean {
  const seen = new Set<string>();
  const reaches = (name: string): boolean => {
    const from = all[name]?.from;
    if (from === undefined || !('members' in from)) return false;
    return from.members.some(({ model }) => {
      if (model === start) return true;
      if (seen.has(model)) return false;
      seen.add(model);
      return reaches(model);
    });
  };
  return reaches(start);
}
