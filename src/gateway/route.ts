import { createHmac } from 'node:crypto';
import { Refusal } from '../base/refusal.ts';
import { type Labels, takes } from '../exchange/labels.ts';
import type { RequestTags } from '../exchange/tags.ts';
import type { ModelRoute } from '../settings/model-route.ts';
import { findModel } from '../settings/routes.ts';
import { traceparentOf } from '../telemetry/trace.ts';
import { authorizeRoute } from './authorize.ts';
import { type Asked, type Bridge, bridgeTo } from './bridge.ts';
import type { UpstreamRequest } from './forward.ts';
import type { Gate, House } from './house.ts';
import type { Asker, Passage } from './passage.ts';
import type { Plan } from './routing/attempts.ts';
import { order } from './routing/order.ts';
import type { Target } from './routing/targets.ts';

/** A target, and how the request is put to it. */
export interface OpenTarget extends Target {
  readonly bridge: Bridge;
}

/** A route, and those of its targets that this request may use. */
export interface OpenRoute {
  readonly route: ModelRoute;
  readonly open: readonly OpenTarget[];
  /** Each of the ways to them once. */
  readonly bridges: readonly Bridge[];
}

/**
 * Where the model leads for this caller: the targets of its route that the policy lets them use and to which the
 * request can be put, in whatever dialect those speak. Throws where there is none.
 */
export function findRoute(passage: Passage, asker: Asker, asked: Asked): OpenRoute {
  const { gate, house } = passage;
  const route = findModel(house.settings, asked.prompt.model);
  if (route === undefined) throw new Refusal('model_unknown');
  const given = { assumeOutput: house.policy.assumeOutput, now: gate.clock.now() };
  // Each way is tried once, however many targets there are.
  const bridges = new Map<string, Bridge | Refusal>();
  const open: OpenTarget[] = [];
  let refused: Refusal | undefined;
  for (const settings of route.targets) {
    const upstream = house.upstreams.get(settings.upstream.name);
    if (upstream === undefined) continue;
    try {
      authorizeRoute(passage, asker, upstream.name);
      const { dialect } = upstream;
      const has = upstream.has(asked.operation);
      const way = `${dialect.name} ${has}`;
      const bridge = bridges.get(way) ?? tryBridge(() => bridgeTo(asked, dialect, given, has));
      bridges.set(way, bridge);
      if (bridge instanceof Refusal) throw bridge;
      open.push({ settings, upstream, as: settings.as, bridge });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refused = error;
    }
  }
  if (open.length === 0) throw refused ?? new Refusal('model_unknown');
  return { route, open, bridges: [...bridges.values()].filter(isBridge) };
}

const isBridge = (found: Bridge | Refusal): found is Bridge => !(found instanceof Refusal);

function tryBridge(build: () => Bridge): Bridge | Refusal {
  try {
    return build();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * The open targets in the order in which this request asks them. Labels come first: a target that does not take them is
 * no canary and no fallback either. Throws `no_target` where none is left.
 */
export function planFor(
  { gate }: Passage,
  { route, open }: OpenRoute,
  { caller }: Asker,
  tags: RequestTags,
  labels: Labels,
): Plan<OpenTarget> {
  const draw = { canary: armOf(gate, route, caller.id, tags), random: Math.random };
  // The canary's share is of all who ask, whatever else decides: so the draw is over all targets.
  const [first, ...others] = order(route.targets, draw).flatMap(
    (one) => open.find(({ settings }) => settings === one && takes(settings.accepts, labels)) ?? [],
  );
  if (first === undefined) throw new Refusal('no_target');
  return { route, targets: [first, ...others] };
}

/** From 0 to below 1: the same for the same caller (or subject) and route, and like chance over many of them. */
function armOf({ digestKey }: Gate, route: ModelRoute, callerId: string, { subject }: RequestTags): number {
  const canary = route.targets.find((target) => target.canary !== undefined)?.canary;
  if (canary === undefined) return 0;
  const who = canary.sticky === 'subject' ? (subject ?? callerId) : callerId;
  const hash = createHmac('sha256', digestKey)
    .update(JSON.stringify(['canary', route.name, who]))
    .digest();
  return hash.readUIntBE(0, 6) / 2 ** 48;
}

/** The settings name the model; it is not merely one that a pattern of theirs fits. */
export const isNamed = ({ upstreams, settings }: House, model: string): boolean =>
  Object.hasOwn(settings.predictions, model) ||
  settings.routes.named.some(({ name }) => name === model) ||
  [...upstreams.values()].some(({ names }) => names.includes(model));

/** Where the request goes, with which headers and which body. */
export const address = (
  { upstream, as, settings, bridge }: OpenTarget,
  headers: Record<string, string>,
  { trace, house }: Passage,
): UpstreamRequest => ({
  path: upstream.pathOf(bridge.operation, as),
  headers: {
    ...upstream.headers,
    ...(bridge.keepsHeaders && headers),
    ...(trace !== undefined &&
      house.settings.telemetry?.propagate === true && { traceparent: traceparentOf(trace) }),
  },
  body: (prompt) => bridge.body(prompt, as),
  timeouts: settings.timeouts,
});
