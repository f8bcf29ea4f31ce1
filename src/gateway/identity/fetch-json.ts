import { Agent } from 'undici';
import type { JsonObject } from '../../base/json.ts';
import { parseJson } from '../../wire/json.ts';
import { type GuardedConnectOptions, guardedConnect } from '../reach.ts';

/** Longest answer: a key set of a hundred keys is a tenth of it. */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 16;
/** Milliseconds for the whole of it. */
const PATIENCE = 5000;

/**
 * A document of an identity provider, asked for with nothing of ours in the request. Bounded in size and time; a
 * redirect is an error like every status but 200, since what was checked is this address. Throws where it cannot be had.
 */
export async function fetchJson(
  url: URL,
  within: Pick<GuardedConnectOptions, 'reach' | 'ca'>,
): Promise<JsonObject> {
  const agent = new Agent({
    connections: 1,
    connect: guardedConnect({ ...within, timeout: PATIENCE }),
    headersTimeout: PATIENCE,
    bodyTimeout: PATIENCE,
    maxResponseSize: MAX_BYTES,
  });
  try {
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { accept: 'application/json', 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new Error('compressed');
    return parseJson(await body.bytes(), { maxDepth: MAX_DEPTH });
  } finally {
    await agent.destroy();
  }
}
