import { Pool } from 'undici';
import { parseRange } from '../base/addresses.ts';
import type { Clock } from '../base/clock.ts';
import { REACHES, reachOf } from '../base/reach.ts';
import type { TelemetrySettings } from '../settings/telemetry.ts';
import type { Answered, Post } from '../telemetry/delivery.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { guardedConnect } from './reach.ts';

/** Milliseconds for one export, and bytes of its answer that are read. */
const [PATIENCE, ANSWER] = [10_000, 64 * 1024];

/** The exporter of the settings; undefined where they have none. Nothing is sent until a request has ended. */
export function openTelemetry(
  settings: TelemetrySettings | undefined,
  { clock, log, metrics }: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
): Telemetry | undefined {
  if (settings === undefined) return undefined;
  const pool = poolFor(settings);
  let warned = Number.NEGATIVE_INFINITY;
  return new Telemetry({
    ...settings,
    post: postOver(pool, settings),
    onClose: () => void pool.destroy(),
    clock,
    onDrop(signal, count) {
      metrics.undelivered(signal, count);
      if (clock.tick() - warned < 60_000) return;
      warned = clock.tick();
      log('warn', 'the collector did not take all telemetry', { error: signal });
    },
  });
}

/** Connects only where the settings let it, as to upstreams. */
function poolFor({ endpoint, reach, allow_addresses, tls }: TelemetrySettings): Pool {
  const { origin, hostname } = new URL(endpoint);
  const own = reachOf(hostname);
  return new Pool(origin, {
    connections: 2,
    pipelining: 1,
    headersTimeout: PATIENCE,
    bodyTimeout: PATIENCE,
    connect: guardedConnect({
      reach: {
        classes: reach === undefined ? own.classes : REACHES[reach],
        ranges: [...own.ranges, ...allow_addresses.flatMap((text) => parseRange(text) ?? [])],
      },
      timeout: PATIENCE,
      ca: tls?.ca,
      cert: tls?.cert,
      key: tls?.key?.reveal(),
    }),
  });
}

/** Redirects are not followed: where it goes is for the settings to say. */
function postOver(pool: Pool, { endpoint, headers }: TelemetrySettings): Post {
  const base = new URL(endpoint).pathname.replace(/\/+$/, '');
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
  return async (path, body): Promise<Answered> => {
    const answer = await pool.request({
      method: 'POST',
      path: `${base}${path}`,
      headers: { ...given, 'content-type': 'application/json', 'user-agent': 'gatehouse' },
      body,
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > ANSWER) break;
      chunks.push(chunk);
    }
    const retryAfter = answer.headers['retry-after'];
    return {
      status: answer.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
      text: Buffer.concat(chunks).toString('utf8'),
    };
  };
}
