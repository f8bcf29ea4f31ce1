import { Agent, type Dispatcher } from 'undici';
import type { JsonObject } from '../../base/json.ts';
import { PUBLIC, REACHES, type Reach, type ReachName, reachOf } from '../../base/reach.ts';
import { parseJson } from '../../wire/json.ts';
import { type GuardedConnectOptions, guardedConnect } from '../reach.ts';

/** Longest answer: a key set of a hundred keys is a tenth of it. */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 16;
/** Milliseconds for the whole of it. */
const PATIENCE = 5000;

export type Within = Pick<GuardedConnectOptions, 'reach' | 'ca'>;

/** What is sent to an identity provider. */
export interface Question {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** What it answered: whole, and not compressed. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * A document of an identity provider, asked for with nothing of ours in the request. A redirect is an error like every
 * status but 200, since what was checked is this address. Throws where it cannot be had.
 */
export async function fetchJson(url: URL, within: Within): Promise<JsonObject> {
  const { status, bytes } = await askProvider(url, { method: 'GET', headers: {} }, within);
  if (status !== 200) throw new Error(`status ${status}`);
  return parseJson(bytes, { maxDepth: MAX_DEPTH });
}

/** One request to an identity provider, bounded in size and time; redirects are not followed. Throws where none is had. */
export async function askProvider(
  url: URL,
  { method, headers: own, body: sent }: Question,
  within: Within,
): Promise<Answered> {
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
      method: method as Dispatcher.HttpMethod,
      headers: { accept: 'application/json', ...own, 'accept-encoding': 'identity' },
      body: sent ?? null,
      signal: AbortSignal.timeout(PATIENCE),
    });
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') throw new Error('compressed');
    return {
      status: statusCode,
      type: String(headers['content-type'] ?? ''),
      bytes: new Uint8Array(await body.arrayBuffer()),
    };
  } finally {
    await agent.destroy();
  }
}

/**
 * Hosts that the settings name may be addresses of their own; a host that only the provider names is out in the open,
 * unless the settings say otherwise, so that no provider can send us to a neighbour's port.
 * @param named addresses in the settings
 */
export function providerReach(
  url: URL,
  named: readonly (string | undefined)[],
  name: ReachName | undefined,
): Reach {
  const own = named.some((address) => address !== undefined && new URL(address).hostname === url.hostname);
  const { classes, ranges } = own ? reachOf(url.hostname) : PUBLIC;
  return { classes: name === undefined ? classes : REACHES[name], ranges };
}
