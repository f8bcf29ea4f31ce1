import type { Path } from '../base/schema.ts';
import type { BreakerSettings, CacheSettings, ModelRoute, RateLimit, TargetSettings } from './model-route.ts';
import type { UpstreamSettings } from './model-server.ts';
import type { SettingsReader } from './reader.ts';
import type { BreakerEntry, CacheEntry, RouteEntry, TargetEntry } from './route-schema.ts';

/** A route as written, checked against the upstreams that there are; what is wrong is reported. */
export function readRoute(
  read: SettingsReader,
  name: string,
  entry: RouteEntry,
  upstreams: ReadonlyMap<string, UpstreamSettings>,
): ModelRoute {
  const at: Path = ['routes', name];
  const targets = entry.targets.flatMap((target, index) => {
    const upstream = upstreams.get(target.upstream);
    if (upstream !== undefined) return readTarget(read, [...at, 'targets', index], name, target, upstream);
    read.report([...at, 'targets', index, 'upstream'], 'is no upstream that there is');
    return [];
  });
  for (const [index, { id }] of targets.entries()) {
    if (targets.findIndex((other) => other.id === id) !== index)
      read.report([...at, 'targets', index], 'is listed twice; give one of them the weight of both');
  }
  checkCanaries(read, at, targets);
  return {
    name,
    targets,
    retry: {
      retries: entry.retries ?? Math.min(targets.length - 1, 10),
      idempotent: entry.idempotent ?? false,
      backoff: read.duration([...at, 'backoff'], entry.backoff, '250ms'),
      patience: read.duration([...at, 'patience'], entry.patience, '5s'),
      deadline: read.duration([...at, 'deadline'], entry.deadline, '300s'),
    },
    breaker: entry.breaker === false ? undefined : readBreaker(read, [...at, 'breaker'], entry.breaker ?? {}),
    cache: entry.cache && readCache(read, [...at, 'cache'], entry.cache),
  };
}

function readTarget(
  read: SettingsReader,
  at: Path,
  route: string,
  entry: TargetEntry,
  upstream: UpstreamSettings,
): TargetSettings {
  const { weight = 1, priority = 1, limits = {}, timeouts = {}, canary } = entry;
  const as = entry.model ?? route;
  if (canary !== undefined && (entry.weight !== undefined || entry.priority !== undefined)) {
    read.report(at, 'is a canary, which has a share instead of weight and priority');
  }
  return {
    id: `${route}>${upstream.name}/${as}`,
    upstream,
    as,
    weight,
    priority,
    canary: canary && { share: readShare(canary.share), sticky: canary.sticky ?? 'caller' },
    accepts: entry.accepts ?? upstream.accepts,
    limits: {
      concurrency:
        limits.concurrency === undefined
          ? undefined
          : read.count([...at, 'limits', 'concurrency'], limits.concurrency, 1),
      requests: limits.requests === undefined ? undefined : readRate(limits.requests),
    },
    timeouts: {
      first_byte: read.duration(
        [...at, 'timeouts', 'first_byte'],
        timeouts.first_byte,
        `${upstream.timeouts.first_byte}ms`,
      ),
      idle: read.duration([...at, 'timeouts', 'idle'], timeouts.idle, `${upstream.timeouts.idle}ms`),
    },
  };
}

/** Somebody must be left for those whom no canary takes. */
function checkCanaries(read: SettingsReader, at: Path, targets: readonly TargetSettings[]): void {
  const canaries = targets.flatMap(({ canary }) => canary ?? []);
  if (targets.length > 0 && canaries.length === targets.length)
    read.report([...at, 'targets'], 'must have a target that is not a canary');
  const shares = canaries.reduce((sum, canary) => sum + canary.share, 0);
  if (shares > 1 + 1e-9) read.report([...at, 'targets'], 'has canaries whose shares are over 100% together');
  if (new Set(canaries.map(({ sticky }) => sticky)).size > 1)
    read.report([...at, 'targets'], 'has canaries that stick to different things');
}

/** The schema has checked the form. */
const readShare = (text: string): number => Number.parseFloat(text) / 100;

const WINDOWS: Readonly<Record<string, number>> = { second: 1000, minute: 60_000, hour: 3_600_000 };

function readRate(text: string): RateLimit {
  const [limit = '', unit = ''] = text.split('/');
  return { limit: Number(limit), window: WINDOWS[unit] ?? 0 };
}

function readBreaker(read: SettingsReader, at: Path, entry: BreakerEntry): BreakerSettings {
  return {
    failures: readShare(entry.failures ?? '50%'),
    window: read.duration([...at, 'window'], entry.window, '30s'),
    attempts: read.count([...at, 'attempts'], entry.attempts, 10),
    pause: read.duration([...at, 'pause'], entry.pause, '15s'),
  };
}

function readCache(read: SettingsReader, at: Path, entry: CacheEntry): CacheSettings {
  return {
    ttl: read.duration([...at, 'ttl'], entry.ttl, '1m'),
    max_entries: read.count([...at, 'max_entries'], entry.max_entries, 1000),
    max_bytes: read.size([...at, 'max_bytes'], entry.max_bytes, '64MB'),
    per: entry.per ?? 'caller',
    sampled: entry.sampled ?? false,
  };
}
