import { Readable } from 'node:stream';
import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { REVIEW_KINDS, REVIEW_STATES, type Review } from '../../store/reviews.ts';
import { mayDo } from '../authorize.ts';
import { callerNow } from '../identify.ts';
import { checkReviewer, decideReview } from '../review/decide.ts';
import { placedIn } from '../review/findings.ts';
import { openHeld, openReason } from '../review/text.ts';
import { type AdminCall, type Endpoint, endpoint, type Owned } from './endpoint.ts';
import { ownersOf } from './owned.ts';
import { count, fields, orNull, words } from './parameters.ts';
import { Finding, ReviewShown, shown, shownFinding } from './review-shown.ts';
import { actOn } from './reviewed-elsewhere.ts';

const PATH = '/admin/v1/reviews';
/** Rows of a page, and characters of a reason. */
const MOST = 200;
const LONGEST = 2_000;
/** Milliseconds between looks whether the queue is another one. */
const LOOK = 1_000;

const owned = ({ gate, id }: AdminCall): readonly Owned[] =>
  ownersOf(() => {
    const { team, owner } = gate.store.reviews.get(id);
    return { team, owner };
  });
const read = { method: 'GET', action: 'reviews.read', changes: false } as const;
const decide = {
  method: 'POST',
  action: 'reviews.decide',
  changes: true,
  about: owned,
  answer: ReviewShown,
} as const;

const Content = Type.Object(
  {
    ...ReviewShown.properties,
    media: Type.String({ description: 'Content type of the text.' }),
    text: orNull(Type.String()),
    reason: orNull(Type.String({ description: 'What whoever decided said of it.' })),
    marks: Type.Array(Finding, { description: 'Those findings that stand where they were found.' }),
  },
  { $id: 'ReviewContent' },
);

/** Text, and some of it. It is sealed. */
const Reason = Type.String({
  minLength: 1,
  maxLength: LONGEST,
  pattern: '^\\s*[^\\s\\p{Cs}][^\\p{Cs}]*$',
  description: `text, ${LONGEST} characters at most`,
});

/** What guards held for people. Only the text of it is sealed: to read it takes the right to read content. */
export const reviewEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: PATH,
    name: 'reviews.list',
    summary: 'What was held for people, newest first',
    query: fields({
      state: Type.Optional(words(REVIEW_STATES)),
      kind: Type.Optional(words(REVIEW_KINDS)),
      before: Type.Optional(Type.String({ description: '`next` of the page before' })),
      limit: Type.Optional(count(MOST, { default: 50 })),
    }),
    answer: Type.Object({ reviews: Type.Array(ReviewShown), next: orNull(Type.String()) }),
    about: () => [],
    act(call) {
      const { limit = 50, ...wanted } = call.query;
      const page = call.gate.store.reviews.list({ ...wanted, limit });
      const next = page.length < limit ? null : (page.at(-1)?.id ?? null);
      return { reviews: readable(call, page), next };
    },
  }),
  endpoint({
    ...read,
    path: `${PATH}/live`,
    name: 'reviews.watch',
    summary: 'The queue, whenever it is another one',
    answer: 'events',
    about: () => [],
    act: queue,
  }),
  endpoint({
    ...read,
    path: `${PATH}/:id`,
    name: 'reviews.show',
    summary: 'One review, without its text',
    answer: ReviewShown,
    about: owned,
    act: (call) => shown(call, call.gate.store.reviews.get(call.id)),
  }),
  endpoint({
    method: 'GET',
    path: `${PATH}/:id/content`,
    name: 'reviews.content',
    summary: 'One review with the text that is held; that it was read is recorded',
    fresh: true,
    action: 'content.read',
    // Nothing is changed, but who reads is in the ledger before they do.
    changes: true,
    answer: Content,
    about: owned,
    async act(call) {
      const review = call.gate.store.reviews.get(call.id);
      const [text, reason] = await Promise.all([openHeld(call.gate, review), openReason(call.gate, review)]);
      return {
        ...shown(call, review),
        media: review.media,
        text: text ?? null,
        reason: reason ?? null,
        marks: text === undefined ? [] : placedIn(call.gate, review, text).map(shownFinding),
      };
    },
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/claim`,
    name: 'reviews.claim',
    summary: 'Takes a review: nobody else may decide on it for a quarter of an hour',
    act: (call) => {
      checkDecider(call);
      return shown(call, call.gate.store.reviews.claim(call.id, call.caller.id));
    },
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/release`,
    name: 'reviews.release',
    summary: 'Lets others decide on a review that one has taken',
    act: (call) => shown(call, call.gate.store.reviews.release(call.id, call.caller.id)),
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/pass`,
    name: 'reviews.pass',
    summary: 'Lets it pass',
    fresh: true,
    body: fields({
      reason: Reason,
      always: Type.Optional(
        Type.Boolean({ description: 'The same findings of the same caller pass from now on.' }),
      ),
    }),
    act: (call) => decideAs(call, 'passed', call.body.reason, call.body.always ?? false),
  }),
  endpoint({
    ...decide,
    path: `${PATH}/:id/block`,
    name: 'reviews.block',
    summary: 'Blocks it',
    fresh: true,
    body: fields({ reason: Reason }),
    act: (call) => decideAs(call, 'blocked', call.body.reason, false),
  }),
];

const readable = (call: AdminCall, reviews: readonly Review[]): JsonObject[] =>
  reviews
    .filter(({ team, owner }) =>
      mayDo(call, call.asker, 'reviews.read', { kind: 'Admin', id: 'reviews', team, owner }),
    )
    .map((review) => shown(call, review));

/** The queue, what is due first at its head, whenever it is another one. To look on is not to use the session. */
function queue(call: AdminCall): Readable {
  let before = '';
  const look = () => {
    // Whoever reads slowly is told of later queues.
    if (events.readableLength > 0) return;
    const open = call.gate.store.reviews.open(MOST + 1);
    const now = JSON.stringify(
      open.map(({ id, claimant, claimed, connection }) => [
        id,
        claimed > call.gate.clock.now() && claimant,
        connection,
      ]),
    );
    if (now === before) return;
    before = now;
    events.push({ reviews: readable(asOfNow(call), open.slice(0, MOST)), more: open.length > MOST });
  };
  const looking = setInterval(() => {
    try {
      look();
    } catch {
      // A database that is busy is looked at again.
    }
  }, LOOK).unref();
  const events = new Readable({
    objectMode: true,
    read() {},
    destroy(error, done) {
      clearInterval(looking);
      done(error);
    },
  });
  look();
  return events;
}

/** Whoever looks on may see what the policy of now lets them, in the team and with the roles that they have now. */
function asOfNow(call: AdminCall): AdminCall {
  const { asker, ask, gate } = call;
  const now = { ...call, house: gate.house };
  const caller = ask.local ? call.caller : callerNow(now, call.caller);
  const circumstances = { ...asker.circumstances, now: gate.clock.now() };
  return { ...now, caller, asker: { caller, circumstances } };
}

function checkDecider({ ask, caller, gate, house, id }: AdminCall): void {
  // Whoever owns the data folder could change the policy.
  if (!ask.local) checkReviewer(house.policy.review, caller, gate.store.reviews.get(id));
}

async function decideAs(
  call: AdminCall,
  state: 'passed' | 'blocked',
  reason: string,
  always: boolean,
): Promise<JsonObject> {
  checkDecider(call);
  const { ask, caller, gate, id } = call;
  const review = gate.store.reviews.get(id);
  if (review.subject !== null) {
    if (always) throw new Refusal('request_invalid', { field: '/always', hint: 'It is about no text.' });
    if (!(await actOn(call, review, state))) return shown(call, gate.store.reviews.get(id));
  }
  return shown(call, await decideReview(gate, id, { state, by: caller.id, reason, always, request: ask.id }));
}
