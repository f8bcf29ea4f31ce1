import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { NO_USAGE } from '../../dialects/dialect.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Review, Reviews } from '../../store/reviews.ts';
import { admit } from '../authorize.ts';
import { digestOf } from '../digest.ts';
import { clearReviewed } from '../inspect/inspect.ts';
import { OWN_MODEL } from '../inspect-texts.ts';
import { limitOwn } from '../limit.ts';
import type { Passage } from '../passage.ts';
import { noteTags } from '../tags.ts';
import { TICKET } from './hold.ts';
import { ASK_AGAIN, REVIEWS } from './pending.ts';
import { openHeld } from './text.ts';

/**
 * `GET /v1/reviews/:id`: what has become of what was held, for the caller whose it is and nobody else. A reply that was decided to
 * pass is given out, once; a prompt may be asked again.
 */
export async function pollReview(passage: Passage, caller: Caller): Promise<void> {
  const { answer, ask, gate, record } = passage;
  record.note({ operation: 'gatehouse.review', model: OWN_MODEL });
  if (ask.method !== 'GET') throw new Refusal('method_not_allowed');
  if (ask.query.size > 0) throw new Refusal('query_refused');
  noteTags(passage);
  const review = ownReview(gate.store.reviews, ask.path.slice(REVIEWS.length), caller);
  record.note({ review: review.id });
  admit(passage, caller, review.action);
  const { meter } = await limitOwn(passage, caller, OWN_MODEL);
  try {
    const isReply = review.kind === 'reply' && review.state === 'passed' && review.connection !== 'delivered';
    const text = isReply ? await openHeld(gate, review) : undefined;
    if (isReply && text === undefined) throw new Refusal('not_found', { hint: 'What was held is erased.' });
    if (isReply && !gate.store.reviews.deliver(review.id))
      throw new Refusal('conflict', { hint: 'It was given out already.' });
    meter.see(NO_USAGE);
    meter.complete = true;
    if (text === undefined) {
      await record.end('completed', { status: 200 });
      const later = review.state === 'open' ? { 'retry-after': String(ASK_AGAIN) } : {};
      return answer.say(200, JSON.stringify(shown(review)), { 'content-type': 'application/json', ...later });
    }
    const reply = { bytes: Buffer.byteLength(text), digest: digestOf(gate, text) };
    await record.end('completed', { status: 200, reply });
    const cleared = clearReviewed(review.state, text);
    if (review.media === 'text/event-stream') answer.end(cleared);
    else answer.reply(cleared);
  } catch (error) {
    meter.failed(error);
    throw error;
  } finally {
    record.settle();
  }
}

/** Another's is as unknown as one that never was. */
function ownReview(reviews: Reviews, id: string, caller: Caller): Review {
  const review = reviews.get(id);
  if (review.caller !== caller.id || review.subject !== null)
    throw new Refusal('not_found', { hint: 'No review has this id.' });
  return review;
}

/** Not who decided, and not why: that is between reviewers. */
const shown = ({ id, kind, state, deadline, decided, findings, connection }: Review): JsonObject => ({
  review: id,
  kind,
  state,
  reasons: [...new Set(findings.map(({ reason }) => reason))],
  ...(state === 'open' && { deadline: new Date(deadline).toISOString() }),
  ...(state === 'passed' &&
    (kind === 'prompt'
      ? { ask_again_until: new Date((decided ?? 0) + TICKET).toISOString() }
      : { delivered: connection === 'delivered' })),
});
