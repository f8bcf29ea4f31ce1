import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import type { CallerView, IssuedKey } from '../../store/callers.ts';
import { mayDo } from '../authorize.ts';
import type { AdminCall, Endpoint, Owned } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { checkGrant, checkPower, knownRoles } from './grant.ts';
import { time } from './time.ts';

/** How long old keys go on after a rotation, where nothing is said. */
const OVERLAP = 24 * 3_600_000;

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

/** Callers and their keys. */
export const callerEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/callers',
    name: 'callers.list',
    about: () => [],
    act: (call) => ({ callers: call.gate.store.callers.list().filter(isFor(call)).map(shown) }),
  },
  {
    ...read,
    path: '/admin/v1/callers/:id',
    name: 'callers.show',
    about: aboutThem,
    act: ({ gate, id }) => shown(gate.store.callers.get(id)),
  },
  {
    ...write,
    path: '/admin/v1/callers',
    name: 'callers.create',
    status: 201,
    about: ({ body: { team = 'default', owner, name } }) => [ownedBy({ team, owner: owner ?? name })],
    act(call) {
      const fields = new Fields(call.body, ['name', 'owner', 'team', 'roles', 'tags', 'expires']);
      const name = required(fields.text('name'), 'name');
      const draft = {
        name,
        owner: fields.text('owner') ?? name,
        team: fields.text('team') ?? 'default',
        roles: fields.texts('roles') ?? ['app'],
        tags: fields.record('tags') ?? {},
        expires: fields.moment('expires', call.gate.clock.now()),
      };
      checkGrant(call, draft);
      return issued(call.gate.store.callers.create(draft));
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id',
    name: 'callers.update',
    // Neither out of a team of others nor into one.
    about(call) {
      const { team, owner } = call.body;
      const now = aboutThem(call);
      return [
        ...now,
        ...now.map((before) =>
          ownedBy({ ...before, ...(team !== undefined && { team }), ...(owner !== undefined && { owner }) }),
        ),
      ];
    },
    act(call) {
      const fields = new Fields(call.body, ['owner', 'team', 'roles', 'tags']);
      const [owner, team, roles, tags] = [
        fields.text('owner'),
        fields.text('team'),
        fields.texts('roles'),
        fields.record('tags'),
      ];
      const change = {
        ...(owner !== undefined && { owner }),
        ...(team !== undefined && { team }),
        ...(roles !== undefined && { roles }),
        ...(tags !== undefined && { tags }),
      };
      const before = checkPower(call);
      if (roles !== undefined || team !== undefined || tags !== undefined || owner !== undefined)
        checkGrant(call, { ...before, roles: knownRoles(call, before.roles), ...change });
      return shown(call.gate.store.callers.update(call.id, change));
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/rotate',
    name: 'callers.rotate',
    about: aboutThem,
    status: 201,
    act(call) {
      const fields = new Fields(call.body, ['overlap', 'expires']);
      checkPower(call);
      const overlap = fields.duration('overlap') ?? OVERLAP;
      const expires = fields.moment('expires', call.gate.clock.now());
      return issued(call.gate.store.callers.rotate(call.id, { overlap, expires }));
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/revoke',
    name: 'callers.revoke',
    about: aboutThem,
    act(call) {
      const key = new Fields(call.body, ['key']).text('key');
      checkPower(call);
      const { caller, revoked } = call.gate.store.callers.revoke(call.id, key);
      return { caller: shown(caller), revoked: [...revoked] };
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/disable',
    name: 'callers.disable',
    about: aboutThem,
    act: (call) => setDisabled(call, true),
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/enable',
    name: 'callers.enable',
    about: aboutThem,
    act: (call) => setDisabled(call, false),
  },
];

/** Whose the caller of the path is. One that is not there belongs to nobody. */
function aboutThem({ gate, id }: AdminCall): Owned[] {
  try {
    return [ownedBy(gate.store.callers.get(id))];
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return [{}];
    throw error;
  }
}

/** What is no text is refused when it is read as a field. */
const ownedBy = ({ team, owner }: { readonly team?: unknown; readonly owner?: unknown }): Owned => ({
  ...(typeof team === 'string' && { team }),
  ...(typeof owner === 'string' && { owner }),
});

/** Lists show what may be seen of them. */
const isFor =
  (call: AdminCall) =>
  (caller: CallerView): boolean =>
    mayDo(call, call.asker, 'callers.read', { kind: 'Admin', id: 'callers', ...ownedBy(caller) });

function setDisabled(call: AdminCall, disabled: boolean): JsonObject {
  new Fields(call.body, []);
  checkPower(call);
  return shown(call.gate.store.callers.setDisabled(call.id, disabled));
}

function shown(caller: CallerView): JsonObject {
  const { id, name, owner, team, roles, tags, created, disabled, keys } = caller;
  return {
    id,
    name,
    owner,
    team,
    roles: [...roles],
    tags: { ...tags },
    created: time(created),
    disabled: time(disabled),
    keys: keys.map((key) => ({
      id: key.id,
      state: key.state,
      created: time(key.created),
      expires: time(key.expires),
      revoked: time(key.revoked),
    })),
  };
}

/** The only answer that ever holds a key. */
const issued = ({ caller, keyId, key }: IssuedKey): JsonObject => ({
  caller: shown(caller),
  key_id: keyId,
  key,
});
