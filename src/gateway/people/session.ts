import { createHmac, timingSafeEqual } from 'node:crypto';
import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { networkOf } from '../../base/network.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import type { PersonView } from '../../store/people.ts';
import type { SessionRules, SessionView } from '../../store/sessions.ts';
import { Time } from '../admin/parameters.ts';
import type { Passage } from '../passage.ts';
import { sessionCookie, tokenIn } from './cookie.ts';
import type { AuthCall, Signed } from './endpoint.ts';

/** The header in which a page shows with each change that it is the gateway's own. */
export const CSRF = 'x-gatehouse-csrf';

/** Prefix of a person's credential: the rest is the id of their session. */
const CREDENTIAL = 'session:';

/** The network that a request comes from; empty: this machine. */
export const placeOf = ({ ask }: Passage): string => networkOf(ask.peer, 48) ?? '';

/** A keyed digest of what the browser says it is: a stolen cookie has to come with it. */
const agentOf = ({ ask, gate }: Passage): string =>
  createHmac('sha256', gate.store.pepper)
    .update(`agent ${ask.req.headers['user-agent'] ?? ''}`)
    .digest('base64url');

const rulesOf = (passage: Passage): SessionRules => {
  const { idle, bind_network: bindNetwork } = passage.house.settings.people;
  return { idle, bindNetwork, network: placeOf(passage), agent: agentOf(passage) };
};

/** What a page must send with each change: whoever can only make the browser send the cookie does not know it. */
const csrfOf = ({ gate }: Passage, session: string): string =>
  createHmac('sha256', gate.store.pepper).update(`csrf ${session}`).digest('base64url');

/** A person as the policy decides on them: a caller whose credential is their session. */
export const personCaller = ({ id, login, name, team, roles }: PersonView, session: string): Caller => ({
  id,
  name,
  owner: login,
  team,
  roles,
  tags: {},
  credential: `${CREDENTIAL}${session}`,
});

/**
 * Opens a session for somebody who has shown all that they must: the one place where a token is made, so none that was
 * known before is ever good after it (session fixation). A session that the browser had is over. The ledger has
 * `person.signed_in` before the token leaves.
 * @param factors what they showed, in order: `passphrase`, `totp`, `recovery_code`, `passkey`, `oidc:corp`
 * @param from what their provider says of how it knows them, and the session that the browser had when it left for it
 * @returns what {@link shownSession} says of it; the cookie is in `call.cookies`
 */
export async function openSession(
  call: AuthCall,
  { id }: PersonView,
  factors: readonly string[],
  from: { readonly vouched?: JsonObject; readonly before?: string | undefined } = {},
): Promise<JsonObject> {
  // To check what they showed has taken its time.
  const person = call.gate.store.people.get(id);
  if (person.disabled !== null) throw new Refusal('sign_in_refused');
  const { longest, fresh } = call.house.settings.people;
  const { vouched, before = sessionOf(call)?.id } = from;
  return issue(call, person, 'person.signed_in', { factors, life: longest, fresh, before, vouched });
}

/**
 * The person has shown a factor again: a new token takes the place of the old one, and dangerous acts may be done for a
 * while. When the session ends does not move; one that has ended meanwhile stays so. Throws `session_ended`.
 */
export async function freshen(
  call: AuthCall,
  { person: { id }, session: { id: before } }: Signed,
  factor: string,
  vouched?: JsonObject,
): Promise<JsonObject> {
  const session = openNow(call, before);
  const person = call.gate.store.people.get(id);
  if (person.disabled !== null) throw new Refusal('session_ended');
  return issue(call, person, 'person.fresh_factor', {
    factors: [...session.factors, factor].slice(-8),
    life: session.expires - session.created,
    fresh: call.house.settings.people.fresh,
    before,
    since: session.created,
    vouched,
  });
}

interface Issue {
  readonly factors: readonly string[];
  readonly life: number;
  readonly fresh: number;
  readonly before: string | undefined;
  readonly since?: number;
  readonly vouched: JsonObject | undefined;
}

async function issue(call: AuthCall, person: PersonView, kind: string, how: Issue): Promise<JsonObject> {
  const { gate, record, ask } = call;
  const { before, vouched, ...draft } = how;
  const network = placeOf(call);
  const { session, token } = gate.store.sessions.open(
    { ...draft, person: person.id, network, agent: agentOf(call) },
    before,
  );
  const caller = personCaller(person, session.id);
  record.caller(caller);
  try {
    await gate.ledger.append({
      kind,
      id: ask.id,
      person: { id: person.id, team: person.team },
      session: session.id,
      factors: [...how.factors],
      network,
      ...(before !== undefined && { before }),
      ...(vouched !== undefined && { vouched }),
    });
  } catch (error) {
    gate.store.sessions.end(person.id, session.id);
    throw error;
  }
  const seconds = Math.ceil((session.expires - gate.clock.now()) / 1000);
  call.cookies.push(sessionCookie(call, token, seconds));
  return shownSession(call, { person, session });
}

/** The open session of a request, where it brings one that is good. */
export function sessionOf(passage: Passage): SessionView | undefined {
  try {
    const token = tokenIn(passage);
    return token === undefined ? undefined : passage.gate.store.sessions.find(token, rulesOf(passage));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/**
 * Who has signed in, by the request's cookie; undefined where it brings none. A change must come from a page of the
 * gateway's own: it brings the session's CSRF token, and the browser says that it is of the same origin. Throws
 * `credential_invalid`, `session_ended`, `origin_refused`, `csrf_refused`.
 * @param change whether it would change something
 */
export function signedIn(passage: Passage, change: boolean): Signed | undefined {
  const token = tokenIn(passage);
  if (token === undefined) return undefined;
  const { people, sessions } = passage.gate.store;
  const session = sessions.find(token, rulesOf(passage));
  const person = people.get(session.person);
  if (person.disabled !== null) throw new Refusal('session_ended');
  if (change) checkOwnPage(passage, session);
  return { person, session };
}

function checkOwnPage(passage: Passage, session: SessionView): void {
  const { req, secure } = passage.ask;
  const { headers } = req;
  // The edge has let pass only own and named origins; of a session's changes it is the own one, or none is said.
  const site = headers['sec-fetch-site'];
  const own = headers.origin !== undefined && passage.house.edge.isOwn(headers.origin, headers.host, secure);
  if (site === undefined ? !own : site !== 'same-origin') throw new Refusal('origin_refused');
  const given = headers[CSRF];
  const wanted = Buffer.from(csrfOf(passage, session.id));
  const shown = Buffer.from(typeof given === 'string' ? given : '');
  if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) throw new Refusal('csrf_refused');
}

/** A session as it is now. Throws `session_ended`. */
export const openNow = ({ gate, house }: Passage, id: string): SessionView =>
  gate.store.sessions.again(id, house.settings.people.idle);

/** The session that a person's credential names, as it is now. */
const sessionNow = (passage: Passage, { credential }: Caller): SessionView =>
  openNow(passage, credential.slice(CREDENTIAL.length));

/** The person of a session as they are now: disabled, with other roles, or without it. Throws `session_ended`. */
export function personNow(passage: Passage, caller: Caller): Caller {
  const session = sessionNow(passage, caller);
  const person = passage.gate.store.people.get(session.person);
  if (person.disabled !== null || person.id !== caller.id) throw new Refusal('session_ended');
  return personCaller(person, session.id);
}

/** Throws `factor_needed` where the person's last factor is not fresh. */
export function checkFresh(passage: Passage, caller: Caller): void {
  if (sessionNow(passage, caller).fresh <= passage.gate.clock.now()) throw new Refusal('factor_needed');
}

export const SignedIn = Type.Object(
  {
    person: Type.Object({
      id: Type.String(),
      login: Type.String(),
      name: Type.String(),
      team: Type.String(),
      roles: Type.Array(Type.String()),
      source: Type.String({ description: '`local`, or who vouches for them: `oidc:corp`.' }),
    }),
    session: Type.Object({
      id: Type.String(),
      factors: Type.Array(Type.String(), { description: 'Those that were shown, in order.' }),
      created: Time,
      expires: Time,
      fresh_until: Time,
      idle_ms: Type.Integer({ description: 'It ends when it is not used for so long.' }),
    }),
    csrf: Type.String({ description: 'Goes into `x-gatehouse-csrf` of each change.' }),
  },
  { $id: 'SignedIn' },
);

/** What a page is told of its session; the CSRF token goes into the header `x-gatehouse-csrf` of each change. */
export function shownSession(passage: Passage, { person, session }: Signed): JsonObject {
  const { id, login, name, team, roles, source } = person;
  return {
    person: { id, login, name, team, roles: [...roles], source },
    session: {
      id: session.id,
      factors: [...session.factors],
      created: new Date(session.created).toISOString(),
      expires: new Date(session.expires).toISOString(),
      fresh_until: new Date(session.fresh).toISOString(),
      idle_ms: passage.house.settings.people.idle,
    },
    csrf: csrfOf(passage, session.id),
  };
}
