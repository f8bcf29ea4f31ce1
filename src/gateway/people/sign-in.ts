import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { checkPassphrase, hashPassphrase } from '../../factors/passphrase.ts';
import type { Factor } from '../../store/factors.ts';
import { type PersonView, readLogin } from '../../store/people.ts';
import { fields, words } from '../admin/parameters.ts';
import { takeCode } from './codes.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint, signedOf } from './endpoint.ts';
import { attemptOf, beginAttempt, refuseSignIn } from './refused.ts';
import { freshen, openSession, SignedIn } from './session.ts';

/** In the order in which they are offered. */
const SECOND = ['passkey', 'totp', 'recovery'] as const;

/** Passphrase, then a second factor: there is no session, and no cookie, before both were shown. */
export const signInEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sign-in',
    name: 'auth.sign_in',
    summary: 'The first step: a passphrase',
    session: 'none',
    body: fields({ login: Type.String(), passphrase: Type.String() }),
    answer: Type.Object({
      pending: Type.String({ description: 'For the second step.' }),
      second: Type.Array(words(SECOND), { description: 'Kinds of second factor that there are.' }),
      expires_in: Type.Integer({ description: 'Seconds.' }),
    }),
    async act(call) {
      const passphrase = call.body.passphrase.slice(0, 1024);
      const login = readLogin(call.body.login);
      const known = login === undefined ? undefined : call.gate.store.people.findLogin(login);
      // What can be nobody's login is counted all the same: as one account.
      const attempt = attemptOf(call, login ?? '', known);
      beginAttempt(call, attempt);
      const right = await knowsPassphrase(call, known, passphrase);
      const second = known === undefined ? [] : secondOf(call, known.id);
      // One factor alone is never enough, so without a second one the first is not either.
      if (known === undefined || right === undefined || known.disabled !== null || second.length === 0)
        throw await refuseSignIn(call, attempt, 'passphrase', known);
      const { signingIn, throttle } = call.gate.people;
      throttle.right(attempt);
      const pending = signingIn.open(
        { person: known.id, factors: ['passphrase'], passphrase: right },
        known.id,
      );
      return { pending, second, expires_in: signingIn.life / 1000 };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sign-in/code',
    name: 'auth.sign_in_code',
    summary: 'The second step: a code of the app, or a recovery code',
    session: 'none',
    body: fields({ pending: Type.String(), code: Type.String() }),
    answer: SignedIn,
    async act(call) {
      const { pending, code } = call.body;
      const { person, factors } = halfSignedIn(call, pending);
      const attempt = attemptOf(call, person.login, person);
      beginAttempt(call, attempt);
      const factor = takeCode(call.gate, person.id, code);
      if (factor === undefined) throw await refuseSignIn(call, attempt, 'code', person);
      call.gate.people.throttle.right(attempt);
      return finishSignIn(call, pending, person, [...factors, factor]);
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/fresh',
    name: 'auth.fresh',
    summary: 'Shows a factor again, by a code, for dangerous acts',
    session: 'open',
    body: fields({ code: Type.String() }),
    answer: SignedIn,
    async act(call) {
      const signed = signedOf(call);
      const attempt = attemptOf(call, signed.person.login, signed.person);
      beginAttempt(call, attempt);
      const factor = takeCode(call.gate, signed.person.id, call.body.code);
      if (factor === undefined) throw await refuseSignIn(call, attempt, 'code', signed.person);
      call.gate.people.throttle.right(attempt);
      return freshen(call, signed, factor);
    },
  }),
];

/**
 * Whose second step this is. Each call is a try of the pending token. Throws `sign_in_refused`, also where the person
 * was switched off, or chose another passphrase, meanwhile.
 */
export function halfSignedIn(
  { gate }: AuthCall,
  pending: string,
): { readonly person: PersonView; readonly factors: readonly string[] } {
  const { person: id, factors, passphrase } = gate.people.signingIn.try(pending);
  const person = gate.store.people.get(id);
  if (person.disabled !== null || gate.store.factors.get(passphrase) === undefined)
    throw new Refusal('sign_in_refused');
  return { person, factors };
}

/** The second step is done: the pending token is over, and a session is opened. */
export function finishSignIn(
  call: AuthCall,
  pending: string,
  person: PersonView,
  factors: readonly string[],
): Promise<JsonObject> {
  call.gate.people.signingIn.close(pending);
  call.gate.people.throttle.passed(attemptOf(call, person.login, person));
  return openSession(call, person, factors);
}

/**
 * The id of the passphrase that is right; undefined: it is wrong, which takes as long for somebody who is not there. A hash that
 * was made at another cost is made anew.
 */
export async function knowsPassphrase(
  { gate }: AuthCall,
  person: PersonView | undefined,
  passphrase: string,
): Promise<string | undefined> {
  const kept: Factor | undefined =
    person === undefined ? undefined : gate.store.factors.of(person.id, 'passphrase')[0];
  const { passphrases } = gate.people;
  const { right, stale } = await checkPassphrase(passphrase, kept?.held, passphrases);
  if (right && stale && kept !== undefined)
    gate.store.factors.exchange(kept.id, kept.held, await hashPassphrase(passphrase, passphrases));
  return right ? kept?.id : undefined;
}

/** Kinds of second factor that the person has. */
function secondOf({ gate }: AuthCall, person: string): (typeof SECOND)[number][] {
  const kinds = new Set(gate.store.factors.of(person).map(({ kind }) => kind));
  return SECOND.filter((kind) => kinds.has(kind));
}
