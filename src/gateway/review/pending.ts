import { Refusal } from '../../base/refusal.ts';
import type { WireError } from '../../dialects/dialect.ts';

/** Where callers ask what has become of what was held. */
export const REVIEWS = '/v1/reviews/';

/** Seconds between two questions. */
export const ASK_AGAIN = 5;

/** Nobody has decided yet. @param isAsync the caller wants to be told at once, and to come back (RFC 7240) */
export const pending = (review: string, isAsync: boolean): Refusal =>
  new Refusal('review_pending', {
    hint: `It is held as ${review}.`,
    headers: { 'x-gatehouse-review': review },
    ...(isAsync && { status: 202 }),
  });

/** The refusal is none to a client that prefers to come back: it is told where. */
export function accepted({ status, headers }: Refusal): WireError | undefined {
  const review = headers['x-gatehouse-review'];
  if (status !== 202 || review === undefined) return undefined;
  const poll = `${REVIEWS}${review}`;
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json',
      location: poll,
      'preference-applied': 'respond-async',
      'retry-after': String(ASK_AGAIN),
    },
    body: JSON.stringify({ review, state: 'open', poll }),
  };
}
