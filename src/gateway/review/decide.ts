import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { ReviewRule } from '../../policy/review.ts';
import type { Review } from '../../store/reviews.ts';
import { digestOf } from '../digest.ts';
import type { Gate } from '../house.ts';

/** Who decides where nobody did in time. */
export const DEADLINE = 'deadline';

export interface Verdict {
  readonly state: 'passed' | 'blocked';
  /** Id of who decides. */
  readonly by: string;
  /** Why, in their words: sealed, with its digest in the ledger. */
  readonly reason?: string;
  /** The same findings of the same caller pass from now on, for as long as the policy says. */
  readonly always?: boolean;
  /** The request by which it is decided. */
  readonly request?: string;
}

/** Decides: first in the ledger, then where whoever waits reads it. Throws `conflict` where it is decided, or another's. */
export async function decideReview(gate: Gate, id: string, verdict: Verdict): Promise<Review> {
  const { state, by, reason, always = false, request } = verdict;
  const { reviews } = gate.store;
  const { team, subject } = reviews.get(id);
  // What is about no text may wait where nothing can be sealed; then the ledger alone has a digest of the reason.
  if (reason !== undefined && gate.vault === undefined && subject === null)
    throw new Refusal('vault_unavailable');
  const about = { request: id, kind: 'comment', tenant: team, subject: null } as const;
  const sealed = reason === undefined ? undefined : await gate.vault?.sealShort(about, reason);
  return gate.reviewTurns.take(async () => {
    const { request: held, kind, caller } = reviews.checkOpen(id, by);
    await gate.ledger.append({
      kind: 'review.decided',
      id: request ?? held,
      review: id,
      request: held,
      held: kind,
      caller: { id: caller, team },
      decision: state,
      by: { id: by },
      ...(reason !== undefined && { reason: digestOf(gate, reason) }),
      ...(always && { always }),
    });
    const until = always ? gate.clock.now() + gate.house.policy.review.remember : undefined;
    return reviews.decide(id, { state, by, reason: sealed?.sealed ?? null, until });
  });
}

/** Throws `forbidden` where the policy names others, and where it is their own request. */
export function checkReviewer({ by }: ReviewRule, caller: Caller, review: Review): void {
  const { id, owner, roles, team } = caller;
  if (id === review.caller || (owner !== '' && owner === review.owner))
    throw new Refusal('forbidden', { hint: 'Nobody decides on a request of their own.' });
  if (by === undefined || by.teams.includes(team) || by.roles.some((role) => roles.includes(role))) return;
  throw new Refusal('forbidden', { hint: 'The policy names others to decide on it.' });
}
