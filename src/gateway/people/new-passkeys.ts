import Type, { type Static } from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { challengeOf, creationOptions, readRegistration, writePasskey } from '../../factors/passkey.ts';
import type { FactorDraft } from '../../store/factors.ts';
import type { PersonView } from '../../store/people.ts';
import { fields, Label } from '../admin/parameters.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint, signedOf } from './endpoint.ts';
import { Enrolled, enrolmentOf, finishEnrolment, tryEnrolment } from './enrolment.ts';
import { factorOf, passkeysOf } from './passkey-factor.ts';
import { ownParty } from './place.ts';
import { openNow } from './session.ts';
import { FactorRow, shownFactor } from './shown.ts';
import { CreationOptions, Credential } from './webauthn.ts';

/** Passkeys of one person. */
const MOST = 10;

/** What a challenge was made for. */
const PURPOSE = {
  add: (person: string) => `passkey add ${person}`,
  enrol: (enrolment: string) => `passkey enrol ${enrolment}`,
} as const;

const NewPasskey = fields({ name: Label, credential: Credential });
type Made = Static<typeof NewPasskey>;

/** Making passkeys: one more by who has signed in, or the first second factor by a link. */
export const newPasskeyEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/passkeys/begin',
    name: 'auth.passkey_begin',
    summary: 'What the browser is to be asked for a new passkey',
    session: 'fresh',
    answer: CreationOptions,
    act(call) {
      const { person } = signedOf(call);
      checkLocal(person);
      const challenge = call.gate.people.challenges.make(PURPOSE.add(person.id));
      return { options: creationOptions(ownParty(call), person, challenge, passkeysOf(call, person)) };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/passkeys',
    name: 'auth.passkey_add',
    summary: 'Adds a passkey',
    session: 'fresh',
    body: NewPasskey,
    answer: Type.Object({ factor: FactorRow }),
    act: addPasskey,
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/enrolment/passkey/begin',
    name: 'auth.enrolment_passkey_begin',
    summary: 'The same, for whoever has a link',
    session: 'none',
    body: fields({ enrolment: Type.String() }),
    answer: CreationOptions,
    act(call) {
      const token = call.body.enrolment;
      const { person } = tryEnrolment(call, token);
      const challenge = call.gate.people.challenges.make(PURPOSE.enrol(token));
      // What they had before goes with the link, so nothing of it is in the way.
      return { options: creationOptions(ownParty(call), person, challenge, []) };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/enrolment/passkey',
    name: 'auth.enrolment_passkey',
    summary: 'Sets passphrase and passkey, and signs in',
    session: 'none',
    body: fields({ enrolment: Type.String(), passphrase: Type.String(), ...NewPasskey.properties }),
    answer: Enrolled,
    async act(call) {
      const { enrolment: token, passphrase } = call.body;
      enrolmentOf(call, token, passphrase);
      const { person } = tryEnrolment(call, token);
      const factor = await readNew(call, PURPOSE.enrol(token), person);
      const known = call.gate.store.factors.get(factor.id);
      if (known !== undefined && known.person !== person.id) throw knownAlready();
      return finishEnrolment(call, token, passphrase, factor, 'passkey');
    },
  }),
];

async function addPasskey(call: AuthCall<Made>): Promise<JsonObject> {
  const { gate, ask } = call;
  const { person, session } = signedOf(call);
  checkLocal(person);
  const draft = await readNew(call, PURPOSE.add(person.id), person);
  // The look has taken its time: who was reset or switched off meanwhile adds nothing.
  openNow(call, session.id);
  const { factors } = gate.store;
  if (factors.get(draft.id) !== undefined) throw knownAlready();
  if (factors.of(person.id, 'passkey').length >= MOST)
    throw new Refusal('conflict', { hint: `A person has at most ${MOST} passkeys.` });
  const factor = factors.add(draft);
  try {
    await gate.ledger.append({
      kind: 'person.factor_added',
      id: ask.id,
      person: { id: person.id, team: person.team },
      factors: ['passkey'],
      factor: factor.id,
      by: person.id,
    });
  } catch (error) {
    factors.remove(person.id, factor.id);
    throw error;
  }
  return { factor: shownFactor(factor) };
}

/** The passkey that a browser has made; its challenge is used up. Throws `sign_in_refused`. */
async function readNew(
  call: AuthCall<Made>,
  purpose: string,
  { id: person }: PersonView,
): Promise<FactorDraft & { readonly id: string }> {
  const { credential, name } = call.body;
  const { challenges } = call.gate.people;
  const challenge = challengeOf(credential);
  const made =
    challenge !== undefined && challenges.holds(challenge, purpose)
      ? await readRegistration(credential, challenge, ownParty(call))
      : undefined;
  if (made === undefined || challenge === undefined || !challenges.use(challenge, purpose))
    throw new Refusal('sign_in_refused', { hint: 'The passkey was not made for this, or too long ago.' });
  const { passkey, counter } = made;
  return { id: factorOf(passkey.id), person, kind: 'passkey', name, held: writePasskey(passkey), counter };
}

const knownAlready = () => new Refusal('conflict', { hint: 'This passkey is known already.' });

/** Their provider says whether somebody may still sign in: a passkey of ours would be a way around it. */
function checkLocal({ source }: PersonView): void {
  if (source !== 'local')
    throw new Refusal('conflict', { hint: 'Somebody else vouches for you: you have no factors here.' });
}
