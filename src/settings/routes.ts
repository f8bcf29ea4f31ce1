import { glob, globsOverlap, isGlob } from '../base/glob.ts';
import type { ModelRoute, ModelRoutes, Settings, UpstreamSettings } from './settings.ts';

/** Longer names are no model's: a bound on the work that a name from outside can cause. */
const MAX_NAME = 200;

/** An index of the models: exact names first, in constant time, then patterns. */
export function modelRoutes(upstreams: readonly UpstreamSettings[]): ModelRoutes {
  const exact = new Map<string, ModelRoute>();
  const patterns: { readonly fits: (name: string) => boolean; readonly upstream: UpstreamSettings }[] = [];
  for (const upstream of upstreams) {
    for (const { name, as } of upstream.models) {
      if (isGlob(name)) patterns.push({ fits: glob(name), upstream });
      else exact.set(name, { upstream, as: as ?? name });
    }
  }
  return {
    find(name) {
      const known = exact.get(name);
      if (known !== undefined || name.length > MAX_NAME) return known;
      // Patterns of different upstreams do not overlap, so the first that fits is the only one.
      const pattern = patterns.find(({ fits }) => fits(name));
      return pattern && { upstream: pattern.upstream, as: name };
    },
  };
}

/** The upstream that serves a model, and the model's name there; undefined where none does. */
export const findModel = (settings: Settings, name: string): ModelRoute | undefined =>
  settings.routes.find(name);

/** Two entries of which nobody could say where a request goes. */
export interface Ambiguity {
  readonly upstream: string;
  /** Index in the upstream's list. */
  readonly index: number;
  readonly message: string;
}

/**
 * Entries that could serve the same name. Between upstreams nothing may overlap; within one, an exact name may
 * stand beside a pattern that also fits it, since it only says how that model is called there.
 */
export function ambiguities(upstreams: readonly UpstreamSettings[]): Ambiguity[] {
  const found: Ambiguity[] = [];
  const before: { readonly name: string; readonly upstream: string }[] = [];
  for (const { name: upstream, models } of upstreams) {
    for (const [index, { name }] of models.entries()) {
      const other = before.find((earlier) =>
        earlier.upstream === upstream ? earlier.name === name : globsOverlap(earlier.name, name),
      );
      if (other !== undefined) found.push({ upstream, index, message: describe(name, upstream, other) });
      before.push({ name, upstream });
    }
  }
  return found;
}

function describe(name: string, upstream: string, other: { name: string; upstream: string }): string {
  if (other.upstream === upstream) return `“${name}” is listed twice`;
  if (other.name === name) return `“${name}” is also served by upstream “${other.upstream}”`;
  return `“${name}” overlaps “${other.name}” of upstream “${other.upstream}”: a request could go to either`;
}
