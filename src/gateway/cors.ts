import { Refusal } from '../base/refusal.ts';
import { isAdminPath } from './admin/admin.ts';
import type { Passage } from './passage.ts';
import { isAuthPath } from './people/paths.ts';

/** A list of header names. */
const NAMES = /^[a-z0-9-]+(?:, ?[a-z0-9-]+){0,63}$/i;

const EXPOSED = [
  'x-request-id',
  'request-id',
  'retry-after',
  ...['limit', 'remaining', 'reset'].flatMap((what) => [
    `x-ratelimit-${what}-requests`,
    `x-ratelimit-${what}-tokens`,
  ]),
].join(', ');

/**
 * Cross-origin requests (Fetch standard, section 3.2) from the web origins that `listen.origins` names; the edge has
 * refused every other. A preflight carries no credential, so it is answered before a caller is known, with the same
 * words whatever the path. The admin API and signing in take no request
 * from a web page but the gateway's own.
 * @returns true where the request was a preflight, which is answered now
 */
export function answerCors({ ask, answer, house }: Passage): boolean {
  const { origin, host } = ask.req.headers;
  if (origin === undefined || ask.local || house.edge.isOwn(origin, host, ask.secure)) return false;
  if (isAdminPath(ask.path) || isAuthPath(ask.path)) throw new Refusal('origin_refused');
  answer.add({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
    vary: 'origin, access-control-request-headers',
  });
  if (ask.method !== 'OPTIONS' || ask.req.headers['access-control-request-method'] === undefined)
    return false;
  // The clients send headers of their own that change from version to version; the origin is trusted to.
  const asked = ask.req.headers['access-control-request-headers'];
  answer.say(200, '', {
    'access-control-allow-methods': 'GET, POST, DELETE',
    ...(typeof asked === 'string' && NAMES.test(asked) && { 'access-control-allow-headers': asked }),
    'access-control-max-age': '600',
  });
  return true;
}
