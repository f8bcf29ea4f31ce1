import type { TargetSettings } from '../../settings/model-route.ts';

/** What decides between targets that could all answer. */
export interface Draw {
  /** From 0 to below 1, always the same for who sticks to their arm. */
  readonly canary: number;
  /** From 0 to below 1, new each time. */
  readonly random: () => number;
}

/**
 * The order in which targets are asked: the canary whose share the draw falls into, then the others by priority, in
 * each by weight. A canary is asked by nobody else.
 */
export function order<T extends Pick<TargetSettings, 'weight' | 'priority' | 'canary'>>(
  targets: readonly T[],
  draw: Draw,
): readonly T[] {
  if (targets.length === 1) return targets;
  const canary = canaryFor(targets, draw.canary);
  const steady = targets.filter((target) => target.canary === undefined);
  // Exponential clocks (Efraimidis and Spirakis 2006): the first to ring is drawn with a chance in line with its rate.
  const rings = new Map(steady.map((target) => [target, -Math.log(1 - draw.random()) / target.weight]));
  steady.sort((a, b) => a.priority - b.priority || (rings.get(a) ?? 0) - (rings.get(b) ?? 0));
  return canary === undefined ? steady : [canary, ...steady];
}

function canaryFor<T extends Pick<TargetSettings, 'canary'>>(
  targets: readonly T[],
  at: number,
): T | undefined {
  let from = 0;
  for (const target of targets) {
    from += target.canary?.share ?? 0;
    if (target.canary !== undefined && at < from) return target;
  }
  return undefined;
}
