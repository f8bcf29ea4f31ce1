import { Refusal } from '../../base/refusal.ts';
import type { PersonView } from '../../store/people.ts';
import type { AuthCall } from './endpoint.ts';
import { placeOf } from './session.ts';
import type { AttemptOf } from './throttle.ts';

/** What an attempt is counted by: of an owner's own networks apart from those of strangers. */
export function attemptOf(call: AuthCall, login: string, person: PersonView | undefined): AttemptOf {
  const network = placeOf(call);
  const own = person !== undefined && call.gate.store.sessions.knows(person.id, network);
  return { account: own ? `${login} ${network}` : login, network };
}

/** An attempt begins, and counts as a wrong one until it was right. Throws `cooling_down` where it is not looked at yet. */
export function beginAttempt({ gate }: AuthCall, attempt: AttemptOf): void {
  const wait = gate.people.throttle.begin(attempt);
  if (wait > 0) throw new Refusal('cooling_down', { retryAfter: Math.max(1, Math.ceil(wait / 1000)) });
}

/**
 * Something was wrong: it stays counted, and is in the ledger as far as strangers may fill it. Whoever asks is never told what.
 * @param factor which one it was
 */
export async function refuseSignIn(
  { gate, ask }: AuthCall,
  attempt: AttemptOf,
  factor: string,
  person: PersonView | undefined,
): Promise<Refusal> {
  if (gate.strangers.admit())
    await gate.ledger.append({
      kind: 'person.sign_in_refused',
      id: ask.id,
      person: person === undefined ? null : { id: person.id, team: person.team },
      factor,
      network: attempt.network,
    });
  return new Refusal('sign_in_refused');
}
