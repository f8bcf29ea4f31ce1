import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { Cleared } from '../../exchange/cleared.ts';
import type { Action, Prompt } from '../../exchange/exchange.ts';
import { emergencyHolds } from '../../policy/emergency.ts';
import type { Review, ReviewDraft } from '../../store/reviews.ts';
import { digestOf } from '../digest.ts';
import { callerNow } from '../identify.ts';
import { blockedCode } from '../inspect/verdicts.ts';
import type { Passage, Talk } from '../passage.ts';
import { HeldFindings } from './findings.ts';
import { pending } from './pending.ts';

/** How long a prompt on which somebody has decided is held to that: asked again, it passes or is blocked at once. Milliseconds. */
export const TICKET = 60 * 60_000;

/** Why a prompt is held in which no guard found anything; that there is an incident is not told to its caller. */
const REQUIRED = 'review.required';

/** What guards find in one prompt or reply of a request, beside what people have let pass for its caller. */
export const openFindings = ({ gate, record }: Passage, { id }: Caller): HeldFindings =>
  new HeldFindings({
    caller: id,
    digest: (text) => digestOf(gate, text),
    passedBy: (digest) => gate.store.reviews.passedBy(digest),
    note: (reviews) => record.note({ reviewed: [...reviews] }),
  });

/**
 * A prompt in which a guard found something for people to decide on, or all of whose like an incident has held, goes no further before
 * they have. Throws
 * `review_pending` where nobody has in time, `prompt_blocked` where they have blocked it.
 */
export async function holdPrompt(
  passage: Passage,
  caller: Caller,
  action: Action,
  { body, model }: Prompt,
  found: HeldFindings,
): Promise<void> {
  const { gate, house, record } = passage;
  const measure = emergencyHolds(house.policy, caller, model, gate.clock.now());
  if (measure !== undefined) {
    record.note({ emergency: measure });
    found.passes('incident', REQUIRED, digestIn(passage));
  }
  if (!found.any) return;
  const { reviews } = gate.store;
  const before = reviews.ofPrompt(caller.id, digestIn(passage));
  const again = before !== undefined && isAbout(before, found) ? before : undefined;
  if (again?.decided != null && again.decided + TICKET > gate.clock.now()) {
    record.note({ review: again.id });
    if (again.state === 'blocked') throw new Refusal('prompt_blocked', { reasons: found.reasons });
    return;
  }
  const text = JSON.stringify(body);
  const id =
    again?.state === 'open'
      ? again.id
      : await enqueue(passage, caller, action, found, { kind: 'prompt', media: 'application/json', text });
  await decided(passage, caller, id, 'prompt', Buffer.byteLength(text), found);
  reviews.deliver(id);
}

/** The same for a reply, of which nothing has left. */
export async function holdReply(talk: Talk, cleared: Cleared<string>, media: string): Promise<void> {
  const { held, operation, asker, gate } = talk;
  if (held === undefined || !held.any) return;
  const { caller } = asker;
  const text = cleared.value;
  const id = await enqueue(talk, caller, operation.action, held, { kind: 'reply', media, text });
  await decided(talk, caller, id, 'reply', Buffer.byteLength(text), held);
  // Who was switched off meanwhile is given nothing.
  callerNow(talk, caller);
  if (!gate.store.reviews.deliver(id)) throw new Refusal('conflict', { hint: 'It was given out already.' });
}

/** All that was found now was there when it was decided. */
function isAbout({ findings }: Review, found: HeldFindings): boolean {
  const known = new Set(findings.map(({ digest }) => digest));
  return found.list.every(({ digest }) => known.has(digest));
}

const digestIn = ({ record }: Passage): string => {
  const request = record.fact('request') as { readonly digest: string };
  return request.digest;
};

/** Into the queue: sealed, then in the ledger, then where reviewers find it. */
async function enqueue(
  passage: Passage,
  { id: caller, owner, team }: Caller,
  action: Action,
  found: HeldFindings,
  {
    kind,
    media,
    text,
  }: Pick<ReviewDraft, 'media'> & {
    readonly kind: 'prompt' | 'reply';
    readonly text: string;
  },
): Promise<string> {
  const { ask, gate, house, record } = passage;
  const { reviews } = gate.store;
  if (gate.vault === undefined) throw new Refusal('vault_unavailable');
  if (!reviews.hasRoom(caller, Buffer.byteLength(text)))
    throw new Refusal(blockedCode(kind), { reasons: found.reasons, hint: 'Too much waits for review.' });
  const subject = record.fact('subject');
  const about = { request: ask.id, tenant: team, subject: typeof subject === 'string' ? subject : null };
  const { sealed } = await gate.vault.sealShort({ ...about, kind: 'review' }, text);
  const id = reviews.newId();
  const model = record.fact('model');
  const { deadline, keep } = house.policy.review;
  const now = gate.clock.now();
  const { reasons, list: findings } = found;
  await gate.ledger.append({
    kind: 'review.held',
    id: ask.id,
    review: id,
    held: kind,
    caller: { id: caller, team },
    operation: record.fact('operation') ?? null,
    ...(typeof model === 'string' && { model }),
    reasons,
    guards: [...new Set(findings.map(({ guard }) => guard))],
    bytes: Buffer.byteLength(text),
    deadline: now + deadline,
  });
  reviews.hold(id, {
    request: ask.id,
    kind,
    caller,
    owner,
    team,
    action,
    model: typeof model === 'string' ? model : null,
    digest: digestIn(passage),
    findings,
    media,
    sealed,
    deadline: now + deadline,
    expires: now + keep,
    holder: process.pid,
  });
  return id;
}

/** Resolves when it is decided to pass. */
async function decided(
  passage: Passage,
  { id: caller }: Caller,
  review: string,
  kind: 'prompt' | 'reply',
  bytes: number,
  { reasons }: HeldFindings,
): Promise<void> {
  const { answer, ask, gate, house, record } = passage;
  const { reviews } = gate.store;
  record.note({ review });
  const isAsync = prefersAsync(ask.req.headers.prefer);
  const how = isAsync
    ? 'late'
    : await gate.waitingRoom.wait(review, caller, house.policy.review.hold, bytes, answer);
  switch (how) {
    case 'passed':
      return;
    case 'blocked':
      reviews.connected(review, 'told');
      throw new Refusal(blockedCode(kind), { reasons });
    case 'gone':
      reviews.connected(review, 'gone');
      throw new Refusal('client_gone');
    case 'late':
      reviews.connected(review, 'told');
      throw pending(review, isAsync);
  }
}

/** RFC 7240, section 4.1. */
const prefersAsync = (header: string | string[] | undefined): boolean =>
  String(header ?? '')
    .split(',')
    .some((preference) => /^\s*respond-async\s*(?:;|$)/i.test(preference));
