import { Readable } from 'node:stream';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { HeldFinding, Review } from '../../store/reviews.ts';
import { mayDo } from '../authorize.ts';
import { checkReviewer, decideReview } from '../review/decide.ts';
import { placedIn } from '../review/findings.ts';
import { onTimeout } from '../review/others.ts';
import { openHeld, openReason } from '../review/text.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { nameOf } from './names.ts';
import { Query } from './query.ts';
import { aboutOf, actOn } from './reviewed-elsewhere.ts';
import { time } from './time.ts';

const PATH = '/admin/v1/reviews';
/** Rows of a page, and characters of a reason. */
const MOST = 200;
const LONGEST = 2_000;
/** Milliseconds between looks whether the queue is another one. */
const LOOK = 1_000;

const owned = ({ gate, id }: AdminCall): readonly Owned[] => {
  const { team, owner } = gate.store.reviews.get(id);
  return [{ team, owner }];
};
const decide = { method: 'POST', action: 'reviews.decide', changes: true, about: owned } as const;

/** What guards held for people. Only the text of it is sealed: to read it takes the right to read content. */
export const reviewEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: PATH,
    name: 'reviews.list',
    action: 'reviews.read',
    changes: false,
    query: ['state', 'kind', 'before', 'limit'],
    about: () => [],
    act(call) {
      const query = new Query(call.ask.query);
      const limit = query.count('limit', MOST) ?? 50;
      const page = call.gate.store.reviews.list({
        state: query.oneOf('state', ['open', 'passed', 'blocked']),
        kind: query.oneOf('kind', ['prompt', 'reply', 'deployment', 'containment']),
        before: query.text('before'),
        limit,
      });
      const next = page.length < limit ? null : (page.at(-1)?.id ?? null);
      return { reviews: readable(call, page), next };
    },
  },
  {
    method: 'GET',
    path: `${PATH}/live`,
    name: 'reviews.watch',
    action: 'reviews.read',
    changes: false,
    about: () => [],
    act: queue,
  },
  {
    method: 'GET',
    path: `${PATH}/:id`,
    name: 'reviews.show',
    action: 'reviews.read',
    changes: false,
    about: owned,
    act: (call) => shown(call, call.gate.store.reviews.get(call.id)),
  },
  {
    method: 'GET',
    path: `${PATH}/:id/content`,
    name: 'reviews.content',
    fresh: true,
    action: 'content.read',
    // Nothing is changed, but who reads is in the ledger before they do.
    changes: true,
    about: owned,
    async act(call) {
      const review = call.gate.store.reviews.get(call.id);
      const [text, reason] = await Promise.all([openHeld(call.gate, review), openReason(call.gate, review)]);
      return {
        ...shown(call, review),
        media: review.media,
        text: text ?? null,
        reason: reason ?? null,
        // Those findings that stand where they were found.
        marks: text === undefined ? [] : placedIn(call.gate, review, text).map(shownFinding),
      };
    },
  },
  {
    ...decide,
    path: `${PATH}/:id/claim`,
    name: 'reviews.claim',
    act: (call) => {
      new Fields(call.body, []);
      checkDecider(call);
      return shown(call, call.gate.store.reviews.claim(call.id, call.caller.id));
    },
  },
  {
    ...decide,
    path: `${PATH}/:id/release`,
    name: 'reviews.release',
    act: (call) => {
      new Fields(call.body, []);
      return shown(call, call.gate.store.reviews.release(call.id, call.caller.id));
    },
  },
  {
    ...decide,
    path: `${PATH}/:id/pass`,
    name: 'reviews.pass',
    fresh: true,
    act: (call) => {
      const fields = new Fields(call.body, ['reason', 'always']);
      const always = fields.text('always') === 'true';
      return decideAs(call, 'passed', reasonIn(fields), always);
    },
  },
  {
    ...decide,
    path: `${PATH}/:id/block`,
    name: 'reviews.block',
    fresh: true,
    act: (call) => decideAs(call, 'blocked', reasonIn(new Fields(call.body, ['reason'])), false),
  },
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
    events.push({ reviews: readable(call, open.slice(0, MOST)), more: open.length > MOST });
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

function reasonIn(fields: Fields): string {
  const reason = required(fields.text('reason'), 'reason');
  if (reason.trim() === '' || reason.length > LONGEST || !reason.isWellFormed())
    throw new Refusal('request_invalid', {
      field: '/reason',
      hint: `It must be text, ${LONGEST} characters at most.`,
    });
  return reason;
}

const shownFinding = ({ guard, reason, at }: HeldFinding): JsonObject => ({ guard, reason, ...at });

/** Without the text, and without what was said of it. */
function shown(call: AdminCall, review: Review): JsonObject {
  const { gate, house } = call;
  const { id, request, kind, state, caller, team, action, model, findings, connection } = review;
  const { created, deadline, expires, claimant, claimed, decided, decider } = review;
  const isClaimed = state === 'open' && claimant !== null && claimed > gate.clock.now();
  return {
    id,
    request,
    kind,
    state,
    caller,
    name: nameOf(gate, caller),
    team,
    action,
    model,
    findings: findings.map(shownFinding),
    connection,
    about: aboutOf(call, review),
    created: time(created),
    deadline: time(deadline),
    // What is decided then, where nobody has.
    on_timeout: onTimeout(house.policy.review, review),
    expires: time(expires),
    claimed: isClaimed ? { by: claimant, name: nameOf(gate, claimant), until: time(claimed) } : null,
    decided:
      decided === null ? null : { by: decider, name: nameOf(gate, decider ?? ''), time: time(decided) },
  };
}
