import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { addressOf } from '../../settings/own-address.ts';
import type { LinkPurpose } from '../../store/links.ts';
import type { PersonView } from '../../store/people.ts';
import { mayDo } from '../authorize.ts';
import { endSessions, sessionsOf, shownFactor } from '../people/own.ts';
import { personCaller } from '../people/session.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { checkGrant, knownRoles } from './grant.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'people.read', changes: false } as const;
const write = { method: 'POST', action: 'people.write', changes: true, fresh: true } as const;

/** People who sign in: who they are, what they may do, their sessions. Their factors are theirs alone to set, by a link. */
export const peopleEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/people',
    name: 'people.list',
    about: () => [],
    act: (call) => ({ people: call.gate.store.people.list().filter(isFor(call)).map(shown) }),
  },
  {
    ...read,
    path: '/admin/v1/people/:id',
    name: 'people.show',
    about: aboutThem,
    act({ gate, id }) {
      const person = gate.store.people.get(id);
      return { ...shown(person), factors: gate.store.factors.of(person.id).map(shownFactor) };
    },
  },
  {
    ...read,
    path: '/admin/v1/people/:id/sessions',
    name: 'people.sessions',
    about: aboutThem,
    act: (call) => ({ sessions: sessionsOf(call, call.gate.store.people.get(call.id).id) }),
  },
  {
    ...write,
    path: '/admin/v1/people',
    name: 'people.invite',
    status: 201,
    about: ({ body: { team = 'default' } }) => [typeof team === 'string' ? { team } : {}],
    act(call) {
      const fields = new Fields(call.body, ['login', 'name', 'team', 'roles']);
      const name = required(fields.text('name'), 'name');
      const draft = {
        name,
        login: fields.text('login') ?? name.trim().replace(/\s+/g, '.'),
        team: fields.text('team') ?? 'default',
        roles: required(fields.texts('roles'), 'roles'),
      };
      checkGrant(call, { ...draft, owner: draft.login, tags: {} });
      return linked(call, call.gate.store.people.create(draft), 'invite');
    },
  },
  {
    ...write,
    path: '/admin/v1/people/:id/update',
    name: 'people.update',
    // Neither out of a team of others nor into one.
    about: (call) => {
      const { team } = call.body;
      return [...aboutThem(call), ...(typeof team === 'string' ? [{ team }] : [])];
    },
    act(call) {
      const fields = new Fields(call.body, ['name', 'team', 'roles']);
      const [name, team, roles] = [fields.text('name'), fields.text('team'), fields.texts('roles')];
      const before = checkPowerOver(call);
      const change = {
        ...(name !== undefined && { name }),
        ...(team !== undefined && { team }),
        ...(roles !== undefined && { roles }),
      };
      const kept = { owner: before.login, tags: {}, roles: knownRoles(call, before.roles) };
      checkGrant(call, { ...before, ...kept, ...change });
      return shown(call.gate.store.people.update(before.id, change));
    },
  },
  {
    ...write,
    path: '/admin/v1/people/:id/disable',
    name: 'people.disable',
    about: aboutThem,
    async act(call) {
      new Fields(call.body, []);
      const person = call.gate.store.people.setDisabled(checkPowerOver(call).id, true);
      call.gate.store.links.revoke(person.id);
      await endSessions(call, person, 'disabled');
      return shown(person);
    },
  },
  {
    ...write,
    path: '/admin/v1/people/:id/enable',
    name: 'people.enable',
    about: aboutThem,
    act(call) {
      new Fields(call.body, []);
      return shown(call.gate.store.people.setDisabled(checkPowerOver(call).id, false));
    },
  },
  {
    ...write,
    path: '/admin/v1/people/:id/reset',
    name: 'people.reset',
    about: aboutThem,
    async act(call) {
      new Fields(call.body, []);
      const person = checkPowerOver(call);
      if (person.disabled !== null) throw new Refusal('conflict', { hint: 'They are switched off.' });
      if (person.source !== 'local')
        throw new Refusal('conflict', { hint: 'Somebody else vouches for them: they have no factors here.' });
      await closeAccount(call, person);
      return linked(call, person, 'reset');
    },
  },
  {
    ...write,
    path: '/admin/v1/people/:id/sign-out',
    name: 'people.sign_out',
    about: aboutThem,
    async act(call) {
      const session = new Fields(call.body, ['session']).text('session');
      return { ended: await endSessions(call, checkPowerOver(call), 'ended_by_admin', session) };
    },
  },
];

/** Whose the person of the path is. One who is not there belongs to nobody. */
function aboutThem({ gate, id }: AdminCall): Owned[] {
  try {
    return [ownedBy(gate.store.people.get(id))];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return [{}];
    throw error;
  }
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
