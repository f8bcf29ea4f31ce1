import Type, { type Static } from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import {
  challengeOf,
  checkAssertion,
  credentialId,
  readPasskey,
  requestOptions,
  userHandle,
} from '../../factors/passkey.ts';
import type { Factor } from '../../store/factors.ts';
import type { PersonView } from '../../store/people.ts';
import { fields } from '../admin/parameters.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint, signedOf } from './endpoint.ts';
import { factorOf, passkeysOf } from './passkey-factor.ts';
import { ownParty } from './place.ts';
import { beginAttempt, refuseSignIn } from './refused.ts';
import { freshen, openSession, placeOf, SignedIn } from './session.ts';
import { finishSignIn, halfSignedIn } from './sign-in.ts';
import { Credential, RequestOptions } from './webauthn.ts';

/** What a challenge was made for: an answer to one question is none to another. */
const PURPOSE = {
  second: (pending: string) => `passkey second ${pending}`,
  fresh: (session: string) => `passkey fresh ${session}`,
  alone: 'passkey alone',
} as const;

const Shown = fields({ credential: Credential });
/** A browser has answered with a passkey. */
type Answered = AuthCall<Static<typeof Shown>>;

/** Signing in with passkeys, and showing one again. */
export const passkeyEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    // Whoever is at the door may ask; so it is a GET, which strangers cannot fill the ledger with.
    method: 'GET',
    path: '/auth/v1/sign-in/passkey',
    name: 'auth.sign_in_passkey_options',
    summary: 'What the browser is to be asked to sign in with a passkey alone',
    session: 'none',
    answer: RequestOptions,
    act(call) {
      const challenge = call.gate.people.challenges.make(PURPOSE.alone);
      return { options: requestOptions(ownParty(call), challenge, [], 'required') };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sign-in/passkey/begin',
    name: 'auth.sign_in_passkey_begin',
    summary: 'The same, for a passkey as the second step',
    session: 'none',
    body: fields({ pending: Type.String() }),
    answer: RequestOptions,
    act(call) {
      const { pending } = call.body;
      const known = passkeysOf(call, halfSignedIn(call, pending).person);
      const challenge = call.gate.people.challenges.make(PURPOSE.second(pending));
      return { options: requestOptions(ownParty(call), challenge, known, 'preferred') };
    },
  }),
  // A passkey whose authenticator has made sure of its person is something they have and something they know or are, so two
  // factors in one (NIST SP 800-63B, section 3.1.6).
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sign-in/passkey',
    name: 'auth.sign_in_passkey',
    summary: 'A passkey, as the only step or the second',
    session: 'none',
    body: fields({
      pending: Type.Optional(Type.String({ description: 'Of the first step, where there was one.' })),
      ...Shown.properties,
    }),
    answer: SignedIn,
    act: (call) =>
      call.body.pending === undefined ? signInAlone(call) : signInSecond(call, call.body.pending),
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/fresh/passkey/begin',
    name: 'auth.fresh_passkey_begin',
    summary: 'What the browser is to be asked to show a passkey again',
    session: 'open',
    answer: RequestOptions,
    act(call) {
      const { person, session } = signedOf(call);
      const challenge = call.gate.people.challenges.make(PURPOSE.fresh(session.id));
      return { options: requestOptions(ownParty(call), challenge, passkeysOf(call, person), 'preferred') };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/fresh/passkey',
    name: 'auth.fresh_passkey',
    summary: 'Shows a factor again, by a passkey, for dangerous acts',
    session: 'open',
    body: Shown,
    answer: SignedIn,
    async act(call) {
      const signed = signedOf(call);
      await takePasskey(call, PURPOSE.fresh(signed.session.id), { owner: signed.person, alone: false });
      return freshen(call, signed, 'passkey');
    },
  }),
];

async function signInAlone(call: Answered): Promise<JsonObject> {
  const person = await takePasskey(call, PURPOSE.alone, { owner: undefined, alone: true });
  return openSession(call, person, ['passkey']);
}

async function signInSecond(call: Answered, pending: string): Promise<JsonObject> {
  const { person, factors } = halfSignedIn(call, pending);
  await takePasskey(call, PURPOSE.second(pending), { owner: person, alone: false });
  return finishSignIn(call, pending, person, [...factors, 'passkey']);
}

/**
 * Whose passkey has answered; the challenge is used up. Throws `sign_in_refused`, which never says why.
 * @param owner whose it must be; undefined: whose it is
 * @param alone no other factor was shown, so the authenticator must have made sure of its person
 */
async function takePasskey(
  call: Answered,
  purpose: string,
  { owner, alone }: { readonly owner: PersonView | undefined; readonly alone: boolean },
): Promise<PersonView> {
  const { gate, body } = call;
  const { challenges } = gate.people;
  const { factors, people } = gate.store;
  const answer = body.credential;
  const id = credentialId(answer);
  const factor = id === undefined ? undefined : factors.get(factorOf(id));
  const person = factor === undefined ? undefined : people.get(factor.person);
  // Nobody guesses a signature: neither what was guessed of their passphrase keeps people from their passkeys, nor what others
  // send from elsewhere.
  const network = placeOf(call);
  const attempt = { account: `passkey ${factor?.id ?? ''} ${network}`, network };
  beginAttempt(call, attempt);
  const challenge = challengeOf(answer);
  const handle = userHandle(answer);
  const rightful =
    factor?.kind === 'passkey' &&
    person !== undefined &&
    person.disabled === null &&
    (owner === undefined || owner.id === person.id) &&
    (handle === undefined || handle === person.id);
  if (!rightful || challenge === undefined || !challenges.holds(challenge, purpose))
    throw await refuseSignIn(call, attempt, 'passkey', person);
  const shown = await checkAssertion(
    answer,
    challenge,
    ownParty(call),
    readPasskey(factor.held),
    factor.counter,
  );
  if (shown === undefined || (alone && !shown.userVerified) || !challenges.use(challenge, purpose))
    throw await refuseSignIn(call, attempt, 'passkey', person);
  if (shown.cloned || !markUsed(call, factor, shown.counter))
    throw await refuseSignIn(call, attempt, 'passkey_cloned', person);
  gate.people.throttle.right(attempt);
  return person;
}

/** Of two uses with the same counter one is true; passkeys that count nothing stay at 0. */
const markUsed = ({ gate }: AuthCall, { id, held }: Factor, counter: number): boolean =>
  counter === 0 ? gate.store.factors.exchange(id, held, held) : gate.store.factors.advance(id, counter);
