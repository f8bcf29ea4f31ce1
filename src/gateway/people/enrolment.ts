import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { base32 } from '../../factors/base32.ts';
import { hashPassphrase } from '../../factors/passphrase.ts';
import { checkCode, otpauthUri, SECRET_BYTES } from '../../factors/totp.ts';
import { weaknessOf } from '../../factors/weak.ts';
import type { FactorDraft } from '../../store/factors.ts';
import type { Link } from '../../store/links.ts';
import type { PersonView } from '../../store/people.ts';
import { heedStrangers } from '../abuse/heed.ts';
import { fields, words } from '../admin/parameters.ts';
import { recoveryFactor } from './codes.ts';
import type { Enrolling } from './desk.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint } from './endpoint.ts';
import { openSession, SignedIn } from './session.ts';
import { RecoveryCodes } from './shown.ts';
import { totpFactor } from './totp.ts';

export const Enrolled = Type.Object(
  { ...SignedIn.properties, ...RecoveryCodes.properties },
  { $id: 'Enrolled' },
);

/** Setting factors by a link: it is looked at first, and used up when all of them are there. */
export const enrolmentEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/enrolment',
    name: 'auth.enrolment',
    summary: 'Whose link it is, and an app for them to set up',
    session: 'none',
    body: fields({ link: Type.String() }),
    answer: Type.Object({
      enrolment: Type.String({ description: 'For the steps that follow.' }),
      purpose: words(['invite', 'reset']),
      person: Type.Object({ login: Type.String(), name: Type.String() }),
      totp: Type.Object({
        uri: Type.String({ description: 'For a picture to scan.' }),
        secret: Type.String({ description: 'To type in its place, base32.' }),
      }),
      expires_in: Type.Integer({ description: 'Seconds.' }),
    }),
    act(call) {
      const { gate } = call;
      const { id, person: whose, purpose } = linkOf(call, call.body.link);
      const person = gate.store.people.get(whose);
      if (person.disabled !== null) throw new Refusal('credential_invalid');
      const secret = randomBytes(SECRET_BYTES);
      const { enrolling } = gate.people;
      return {
        enrolment: enrolling.open({ link: id, person: whose, totp: secret }, id),
        purpose,
        person: { login: person.login, name: person.name },
        totp: { uri: otpauthUri({ account: person.login, secret }), secret: base32(secret) },
        expires_in: enrolling.life / 1000,
      };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/enrolment/finish',
    name: 'auth.enrolment_finish',
    summary: 'Sets passphrase and app, and signs in',
    session: 'none',
    body: fields({ enrolment: Type.String(), passphrase: Type.String(), code: Type.String() }),
    answer: Enrolled,
    async act(call) {
      const { enrolment: token, passphrase, code } = call.body;
      const { totp } = enrolmentOf(call, token, passphrase).enrolling;
      const { person, enrolling } = tryEnrolment(call, token);
      const step = checkCode(totp, code, call.gate.clock.now(), 0);
      if (step === undefined)
        throw new Refusal('request_invalid', {
          field: '/code',
          hint: 'It is not the code that the app shows now.',
        });
      const factor = totpFactor(call.gate, person.id, enrolling.totp, step);
      return finishEnrolment(call, token, passphrase, factor, 'totp');
    },
  }),
];

/** The link of a token. One that is nobody's counts as a stranger's. */
function linkOf(call: AuthCall, token: string): Link {
  try {
    return call.gate.store.links.find(token);
  } catch (error) {
    throw heedStrangers(call, error);
  }
}

interface Enrolment {
  readonly enrolling: Enrolling;
  readonly person: PersonView;
}

/** Who is choosing their factors. Throws `sign_in_refused`, and `request_invalid` where the passphrase will not do. */
export function enrolmentOf({ gate }: AuthCall, token: string, passphrase: string): Enrolment {
  const enrolling = gate.people.enrolling.get(token);
  const person = gate.store.people.get(enrolling.person);
  checkChoice(passphrase, person);
  return { enrolling, person };
}

/** The same where a second factor is now tried: so many tries are given. */
export function tryEnrolment({ gate }: AuthCall, token: string): Enrolment {
  const enrolling = gate.people.enrolling.try(token);
  return { enrolling, person: gate.store.people.get(enrolling.person) };
}

/** Throws `request_invalid` where the passphrase is too weak. */
export function checkChoice(passphrase: string, { login, name }: PersonView): void {
  const weakness = weaknessOf(passphrase, [login, name]);
  if (weakness !== undefined) throw new Refusal('request_invalid', { field: '/passphrase', hint: weakness });
}

/**
 * All factors are there: the link is used up, whatever the person had before is gone, their sessions are over, and a new
 * one is opened. The recovery codes are shown this once.
 * @param second the second factor, proved
 * @param shown what it is called among the factors of a session
 */
export async function finishEnrolment(
  call: AuthCall,
  token: string,
  passphrase: string,
  second: FactorDraft,
  shown: string,
): Promise<JsonObject> {
  const { gate, ask } = call;
  const { enrolling, person } = enrolmentOf(call, token, passphrase);
  if (person.disabled !== null) throw new Refusal('credential_invalid');
  const held = await hashPassphrase(passphrase, gate.people.passphrases);
  const recovery = recoveryFactor(gate, person.id);
  const drafts = [
    { person: person.id, kind: 'passphrase', name: 'passphrase', held } as const,
    second,
    recovery.factor,
  ];
  await gate.ledger.append({
    kind: 'person.factor_added',
    id: ask.id,
    person: { id: person.id, team: person.team },
    factors: drafts.map(({ kind }) => kind),
    by: enrolling.link,
  });
  gate.store.factors.restart(person.id, drafts, () => gate.store.links.take(enrolling.link));
  gate.people.enrolling.close(token);
  gate.store.sessions.end(person.id);
  const session = await openSession(call, person, ['passphrase', shown]);
  return { ...session, recovery_codes: [...recovery.codes] };
}
