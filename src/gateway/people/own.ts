import Type from 'typebox';
import { Refusal } from '../../base/refusal.ts';
import { hashPassphrase } from '../../factors/passphrase.ts';
import { ADMIN_ACTIONS } from '../../policy/actions.ts';
import { mayAtAll } from '../../policy/decide.ts';
import { rolesWith } from '../../policy/roles.ts';
import { fields } from '../admin/parameters.ts';
import type { Passage } from '../passage.ts';
import { recoveryFactor } from './codes.ts';
import { sessionCookie } from './cookie.ts';
import { type AuthCall, type AuthEndpoint, authEndpoint, signedOf } from './endpoint.ts';
import { checkChoice } from './enrolment.ts';
import { signOutAt } from './oidc/sign-out.ts';
import { attemptOf, beginAttempt, refuseSignIn } from './refused.ts';
import { openNow, personCaller, SignedIn, shownSession } from './session.ts';
import { Ended, FactorRow, RecoveryCodes, SessionRow, sessionsOf, shownFactor } from './shown.ts';
import { knowsPassphrase } from './sign-in.ts';

/** What people see to for themselves: their session, their other ones, their factors. Nobody else's can be named. */
export const ownEndpoints: readonly AuthEndpoint[] = [
  authEndpoint({
    method: 'GET',
    path: '/auth/v1/session',
    name: 'auth.session',
    summary: 'Who has signed in, and what they may do',
    session: 'open',
    answer: Type.Object({
      ...SignedIn.properties,
      may: Type.Array(Type.String(), { description: 'Actions, on some object at least.' }),
      readers: Type.Array(Type.String(), { description: 'Roles that may read sealed content.' }),
    }),
    act(call) {
      const { person, session } = signedOf(call);
      const caller = personCaller(person, session.id);
      const may = ADMIN_ACTIONS.filter((action) => mayAtAll(call.house.policy, caller, action));
      // Who is not among them is told whom to ask.
      const readers = rolesWith(call.house.policy, 'content.read');
      return { ...shownSession(call, { person, session }), may, readers };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sign-out',
    name: 'auth.sign_out',
    summary: 'Ends the session',
    session: 'open',
    answer: Type.Object({
      ...Ended.properties,
      location: Type.Optional(Type.String({ description: 'Where to sign out of the provider, too.' })),
    }),
    async act(call) {
      const { person, session } = signedOf(call);
      await endSessions(call, person, 'signed_out', session.id);
      call.cookies.push(sessionCookie(call, '', 0));
      // What pages kept of it goes too (Clear Site Data, section 3.1).
      // Not “cookies”: those of the whole domain would go, and of every other program on this machine. Ours ends by its name.
      call.answer.add({ 'clear-site-data': '"cache", "storage"' });
      const location = await signOutAt(call, person);
      return { ended: [session.id], ...(location !== undefined && { location }) };
    },
  }),
  authEndpoint({
    method: 'GET',
    path: '/auth/v1/sessions',
    name: 'auth.sessions',
    summary: 'One’s own sessions, newest first',
    session: 'open',
    answer: Type.Object({
      sessions: Type.Array(SessionRow),
      current: Type.String({ description: 'The id of the one that asks.' }),
    }),
    act(call) {
      const { person, session } = signedOf(call);
      return { sessions: sessionsOf(call, person.id), current: session.id };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/sessions/end',
    name: 'auth.sessions_end',
    summary: 'Ends one of one’s own sessions',
    session: 'open',
    body: fields({ session: Type.String() }),
    answer: Ended,
    act: async (call) => ({
      ended: await endSessions(call, signedOf(call).person, 'ended_by_owner', call.body.session),
    }),
  }),
  authEndpoint({
    method: 'GET',
    path: '/auth/v1/factors',
    name: 'auth.factors',
    summary: 'One’s own factors',
    session: 'open',
    answer: Type.Object({ factors: Type.Array(FactorRow) }),
    act: (call) => ({ factors: call.gate.store.factors.of(signedOf(call).person.id).map(shownFactor) }),
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/passphrase',
    name: 'auth.passphrase',
    summary: 'Sets another passphrase, and ends all other sessions',
    session: 'fresh',
    body: fields({ passphrase: Type.String(), next: Type.String() }),
    answer: Ended,
    async act(call) {
      const { next } = call.body;
      const passphrase = call.body.passphrase.slice(0, 1024);
      const { person, session } = signedOf(call);
      const attempt = attemptOf(call, person.login, person);
      beginAttempt(call, attempt);
      if (!(await knowsPassphrase(call, person, passphrase)))
        throw await refuseSignIn(call, attempt, 'passphrase', person);
      call.gate.people.throttle.right(attempt);
      checkChoice(next, person);
      const held = await hashPassphrase(next, call.gate.people.passphrases);
      await tellFactor(call, 'passphrase');
      // All this has taken its time: who was reset or switched off meanwhile sets nothing.
      openNow(call, session.id);
      call.gate.store.factors.replace([{ person: person.id, kind: 'passphrase', name: 'passphrase', held }]);
      return { ended: await endOthers(call, 'new_passphrase') };
    },
  }),
  authEndpoint({
    method: 'POST',
    path: '/auth/v1/recovery-codes',
    name: 'auth.recovery_codes',
    summary: 'Makes ten recovery codes in the place of those there were',
    session: 'fresh',
    answer: RecoveryCodes,
    async act(call) {
      const { person, session } = signedOf(call);
      // To somebody whom an issuer vouches for, they would be a way around it.
      if (call.gate.store.factors.of(person.id, 'passphrase').length === 0)
        throw new Refusal('conflict', { hint: 'You have no passphrase here.' });
      const { codes, factor } = recoveryFactor(call.gate, person.id);
      await tellFactor(call, 'recovery');
      openNow(call, session.id);
      call.gate.store.factors.replace([factor]);
      return { recovery_codes: [...codes] };
    },
  }),
];

/** Ends one session of the person, or all, and says so in the ledger. Returns the ids of those it ended. */
export async function endSessions(
  { gate, ask }: Passage,
  person: { readonly id: string; readonly team: string },
  why: string,
  session?: string,
): Promise<string[]> {
  const { id, team } = person;
  const ended = gate.store.sessions.end(id, session);
  if (ended.length > 0)
    await gate.ledger.append({
      kind: 'session.ended',
      id: ask.id,
      person: { id, team },
      sessions: ended,
      why,
    });
  return ended;
}

/** The person keeps no session but the one in hand: another may be of whoever has what was just taken out of use. */
export async function endOthers(call: AuthCall, why: string): Promise<string[]> {
  const { person, session } = signedOf(call);
  const others = call.gate.store.sessions
    .of(person.id, Number.POSITIVE_INFINITY)
    .filter(({ id, open }) => open && id !== session.id);
  const ended = await Promise.all(others.map(({ id }) => endSessions(call, person, why, id)));
  return ended.flat();
}

const tellFactor = (call: AuthCall, kind: string): Promise<unknown> => {
  const { id, team } = signedOf(call).person;
  return call.gate.ledger.append({
    kind: 'person.factor_added',
    id: call.ask.id,
    person: { id, team },
    factors: [kind],
    by: id,
  });
};
