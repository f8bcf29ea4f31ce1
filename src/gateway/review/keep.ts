import { ITSELF } from '../../incidents/fact.ts';
import type { Review } from '../../store/reviews.ts';
import type { Gate } from '../house.ts';
import { undo } from '../incidents/contain.ts';
import { nameOf } from '../log.ts';
import { DEADLINE, decideReview } from './decide.ts';
import { measureOf, onTimeout, takeUpOthers } from './others.ts';

/** How often it is looked whether a deadline has passed, and how many are decided in one go. */
const LOOK = 1_000;
const BATCH = 100;
/** Every so many looks, what has been kept for long enough is removed. */
const SWEEP = 600;

/** Decides where nobody did in time, and removes what has been kept for long enough. */
export function keepReviews(gate: Gate): NodeJS.Timeout {
  // Whoever waited before this start does so no more.
  gate.store.reviews.lost();
  let looking = false;
  let looks = 0;
  const look = async () => {
    await takeUpOthers(gate);
    for (const review of gate.store.reviews.due(BATCH)) await decideLate(gate, review);
    if (looks++ % SWEEP > 0) return;
    const reviews = gate.store.reviews.expire();
    if (reviews > 0) await gate.ledger.append({ kind: 'review.expired', reviews });
  };
  return setInterval(() => {
    if (looking || gate.closing) return;
    looking = true;
    look()
      .catch((error) => gate.log('error', 'reviews could not be looked after', { error: nameOf(error) }))
      .finally(() => {
        looking = false;
      });
  }, LOOK).unref();
}

/** A claim does not stop the deadline. */
async function decideLate(gate: Gate, review: Review): Promise<void> {
  const { id, claimant } = review;
  const { reviews } = gate.store;
  if (claimant !== null) reviews.release(id, claimant);
  const state = onTimeout(gate.house.policy.review, review) === 'pass' ? 'passed' : 'blocked';
  const measure = measureOf(gate, review);
  if (measure !== undefined && state === 'blocked')
    await undo(gate, measure.incident, { by: ITSELF }, measure.taken.number, 'expired');
  await decideReview(gate, id, { state, by: DEADLINE });
}
