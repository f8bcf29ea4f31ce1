import { glob, globsOverlap, isGlob } from '../base/glob.ts';
import type { Path } from '../base/schema.ts';
import { type ModelRoute, plainRoute } from './model-route.ts';
import type { UpstreamSettings } from './model-server.ts';
import type { ModelRoutes, Settings } from './settings.ts';

/** Longer names are no model's: a bound on the work that a name from outside can cause. */
const MAX_NAME = 200;

/** An index of the models: exact names first, in constant time, then patterns. */
export function modelRoutes(
  upstreams: readonly UpstreamSettings[],
  named: readonly ModelRoute[],
): ModelRoutes {
  const exact = new Map(named.map((route) => [route.name, route]));
  const patterns: {
    readonly name: string;
    readonly fits: (name: string) => boolean;
    readonly upstream: UpstreamSettings;
  }[] = [];
  for (const upstream of upstreams) {
    for (const { name, as } of upstream.models) {
      if (isGlob(name)) patterns.push({ name, fits: glob(name), upstream });
      else exact.set(name, plainRoute(upstream, name, as ?? name));
    }
  }
  return {
    named,
    find(name) {
      const known = exact.get(name);
      if (known !== undefined || name.length > MAX_NAME) return known;
      // Patterns of different upstreams do not overlap, so the first that fits is the only one.
      const pattern = patterns.find(({ fits }) => fits(name));
      return pattern && plainRoute(pattern.upstream, pattern.name, name);
    },
  };
}

/** Where a model name leads; undefined where nowhere. */
export const findModel = (settings: Settings, name: string): ModelRoute | undefined =>
  settings.routes.find(name);

/** Two entries of which nobody could say where a request goes. */
export interface Ambiguity {
  readonly path: Path;
  readonly message: string;
}

/**
 * Entries that could serve the same name. Between upstreams, and between an upstream and a route, nothing may overlap;
 * within one upstream, an exact name may stand beside a pattern that also fits it, since it only says how that model is
 * called there.
 */
export function ambiguities(
  upstreams: readonly UpstreamSettings[],
  routes: readonly ModelRoute[],
): Ambiguity[] {
  const found: Ambiguity[] = [];
  const before: { readonly name: string; readonly upstream: string }[] = [];
  for (const { name: upstream, models } of upstreams) {
    for (const [index, { name }] of models.entries()) {
      const other = before.find((earlier) =>
        earlier.upstream === upstream ? earlier.name === name : globsOverlap(earlier.name, name),
      );
      if (other !== undefined)
        found.push({
          path: ['upstreams', upstream, 'models', index],
          message: describe(name, upstream, other),
        });
      before.push({ name, upstream });
    }
  }
  for (const { name } of routes) {
    const other = before.find((listed) => globsOverlap(listed.name, name));
    if (other !== undefined)
      found.push({ path: ['routes', name], message: describe(name, undefined, other) });
  }
  return found;
}

function describe(
  name: string,
  upstream: string | undefined,
  other: { name: string; upstream: string },
): string {
  if (other.upstream === upstream) return `“${name}” is listed twice`;
  if (other.name === name) return `“${name}” is also served by upstream “${other.upstream}”`;
  return `“${name}” overlaps “${other.name}” of upstream “${other.upstream}”: a request could go to either`;
}
