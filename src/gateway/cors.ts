import { Refusal } from '../base/refusal.ts';
import { isAdminPath } from './admin/admin.ts';
import type { Passage } from './passage.ts';

/** Request headers that web pages on allowed origins may send. */
const ALLOWED = 'authorization, content-type, x-api-key, api-key, anthropic-version, anthropic-beta';
const EXPOSED =
  'x-request-id, request-id, retry-after, x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens';

/**
 * Cross-origin requests (Fetch standard, section 3.2) from the web origins that `listen.origins` names; the edge has
 * refused every other. A preflight carries no credential, so it is answered before a caller is known, with the same
 * words whatever the path. The admin API takes no request from a web page.
 * @returns true where the request was a preflight, which is answered now
 */
export function answerCors({ ask, answer }: Passage): boolean {
  const { origin } = ask.req.headers;
  if (origin === undefined || ask.local) return false;
  if (isAdminPath(ask.path)) throw new Refusal('origin_refused');
  answer.add({
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
    vary: 'origin',
  });
  if (ask.method !== 'OPTIONS' || ask.req.headers['access-control-request-method'] === undefined)
    return false;
  answer.say(204, '', {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED,
    'access-control-max-age': '600',
  });
  return true;
}
