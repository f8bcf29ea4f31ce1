import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { addressOf } from '../../settings/own-address.ts';
import type { LinkPurpose } from '../../store/links.ts';
import type { PersonView } from '../../store/people.ts';
import { mayDo } from '../authorize.ts';
import { endSessions } from '../people/own.ts';
import { personCaller } from '../people/session.ts';
import { Ended, FactorRow, SessionRow, sessionsOf, shownFactor } from '../people/shown.ts';
import { type AdminCall, type Endpoint, endpoint, type Owned } from './endpoint.ts';
import { checkGrant, knownRoles } from './grant.ts';
import { ownersOf } from './owned.ts';
import { fields, Label, Labels, orNull, Time } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'people.read', changes: false } as const;
const write = { method: 'POST', action: 'people.write', changes: true, fresh: true } as const;

const person = {
  id: Type.String(),
  login: Type.String(),
  name: Type.String(),
  team: Type.String(),
  roles: Type.Array(Type.String()),
  source: Type.String({ description: '`local`, or who vouches for them: `oidc:corp`.' }),
  created: Time,
  disabled: orNull(Time),
} as const;

const Shown = Type.Object(person, { $id: 'Person' });

const Linked = Type.Object(
  {
    person: Shown,
    link: Type.String({ description: 'The path of `url`.' }),
    url: Type.String({ description: 'Where they set their factors.' }),
    token: Type.String({ description: 'Good once; it is in the link.' }),
    expires: Time,
  },
  { $id: 'PersonLink', description: 'The only answer that ever holds a link.' },
);

/** People who sign in: who they are, what they may do, their sessions. Their factors are theirs alone to set, by a link. */
export const peopleEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/people',
    name: 'people.list',
    summary: 'Everybody who signs in and may be seen',
    answer: Type.Object({ people: Type.Array(Shown) }),
    about: () => [],
    act: (call) => ({ people: call.gate.store.people.list().filter(isFor(call)).map(shown) }),
  }),
  endpoint({
    ...read,
    path: '/admin/v1/people/:id',
    name: 'people.show',
    summary: 'One person, by id or login, and which factors they have',
    answer: Type.Object({ ...person, factors: Type.Array(FactorRow) }),
    about: aboutThem,
    act({ gate, id }) {
      const person = gate.store.people.get(id);
      return { ...shown(person), factors: gate.store.factors.of(person.id).map(shownFactor) };
    },
  }),
  endpoint({
    ...read,
    path: '/admin/v1/people/:id/sessions',
    name: 'people.sessions',
    summary: 'Sessions of a person, newest first',
    answer: Type.Object({ sessions: Type.Array(SessionRow) }),
    about: aboutThem,
    act: (call) => ({ sessions: sessionsOf(call, call.gate.store.people.get(call.id).id) }),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people',
    name: 'people.invite',
    summary: 'Makes a person, with a link to set their factors',
    status: 201,
    body: fields({
      name: Label,
      login: Type.Optional(
        Type.String({ description: 'What they sign in with; else their name with dots.' }),
      ),
      team: Type.Optional(Type.String({ ...Label, default: 'default' })),
      roles: Labels,
    }),
    answer: Linked,
    about: ({ body: { team = 'default' } }) => [{ team }],
    act(call) {
      const { name, login = name.trim().replace(/\s+/g, '.'), team = 'default', roles } = call.body;
      const draft = { name, login, team, roles };
      checkGrant(call, { ...draft, owner: login, tags: {} });
      return linked(call, call.gate.store.people.create(draft), 'invite');
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people/:id/update',
    name: 'people.update',
    summary: 'Changes a person; what is not named stays. It holds for their open sessions at once',
    body: fields({
      name: Type.Optional(Label),
      team: Type.Optional(Label),
      roles: Type.Optional(Labels),
    }),
    answer: Shown,
    // Neither out of a team of others nor into one.
    about: (call) => {
      const { team } = call.body;
      return [...aboutThem(call), ...(team === undefined ? [] : [{ team }])];
    },
    act(call) {
      const before = checkPowerOver(call);
      const kept = { owner: before.login, tags: {}, roles: knownRoles(call, before.roles) };
      checkGrant(call, { ...before, ...kept, ...call.body });
      return shown(call.gate.store.people.update(before.id, call.body));
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people/:id/disable',
    name: 'people.disable',
    summary: 'Switches a person off; their sessions end',
    answer: Shown,
    about: aboutThem,
    async act(call) {
      const person = call.gate.store.people.setDisabled(checkPowerOver(call).id, true);
      call.gate.store.links.revoke(person.id);
      await endSessions(call, person, 'disabled');
      return shown(person);
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people/:id/enable',
    name: 'people.enable',
    summary: 'Switches a person on again',
    answer: Shown,
    about: aboutThem,
    act: (call) => shown(call.gate.store.people.setDisabled(checkPowerOver(call).id, false)),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people/:id/reset',
    name: 'people.reset',
    summary: 'Ends a person’s sessions, takes all their factors, and makes a link for others',
    answer: Linked,
    about: aboutThem,
    async act(call) {
      const person = checkPowerOver(call);
      if (person.disabled !== null) throw new Refusal('conflict', { hint: 'They are switched off.' });
      if (person.source !== 'local')
        throw new Refusal('conflict', { hint: 'Somebody else vouches for them: they have no factors here.' });
      await closeAccount(call, person);
      return linked(call, person, 'reset');
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/people/:id/sign-out',
    name: 'people.sign_out',
    summary: 'Ends a person’s sessions, or one of them',
    body: fields({ session: Type.Optional(Type.String()) }),
    answer: Ended,
    about: aboutThem,
    act: async (call) => ({
      ended: await endSessions(call, checkPowerOver(call), 'ended_by_admin', call.body.session),
    }),
  }),
];

/** Whose the person of the path is. */
function aboutThem({ gate, id }: AdminCall): [Owned] {
  return ownersOf(() => ownedBy(gate.store.people.get(id)));
}

const ownedBy = ({ team, login }: PersonView): Owned => ({ team, owner: login });

/** Lists show what may be seen of them. */
const isFor =
  (call: AdminCall) =>
  (person: PersonView): boolean =>
    mayDo(call, call.asker, 'people.read', { kind: 'Admin', id: 'people', ...ownedBy(person) });

/** To change a person, or to get a link of theirs, is to be able to act as them. */
function checkPowerOver(call: AdminCall): PersonView {
  const person = call.gate.store.people.get(call.id);
  checkGrant(call, { ...personCaller(person, ''), roles: knownRoles(call, person.roles) });
  return person;
}

/**
 * Who lost a factor cannot say in whose hands it is, and who is reset may be a thief: nothing that was shown before opens the
 * account any more, whether the new link is ever used or not.
 */
async function closeAccount(call: AdminCall, { id, team }: PersonView): Promise<void> {
  const factors = call.gate.store.factors.clear(id);
  await endSessions(call, { id, team }, 'reset');
  if (factors.length > 0)
    await call.gate.ledger.append({
      kind: 'person.factor_removed',
      id: call.ask.id,
      person: { id, team },
      factors,
      by: call.caller.id,
    });
}

/** A link is a key to the account: whoever has it chooses the factors. It stands behind a #, which no browser sends. */
function linked(call: AdminCall, person: PersonView, purpose: LinkPurpose): JsonObject {
  const { gate, house } = call;
  const { listen, people } = house.settings;
  const { link, token } = gate.store.links.make(person.id, purpose, people.link);
  const path = `/console/#enrol=${token}`;
  return {
    person: shown(person),
    link: path,
    // Where nothing is running, it will be where the settings say.
    url: `${people.origin ?? addressOf(house.settings, gate.port || listen.port)}${path}`,
    token,
    expires: time(link.expires),
  };
}

const shown = ({ id, login, name, team, roles, source, created, disabled }: PersonView): JsonObject => ({
  id,
  login,
  name,
  team,
  roles: [...roles],
  source,
  created: time(created),
  disabled: time(disabled),
});
