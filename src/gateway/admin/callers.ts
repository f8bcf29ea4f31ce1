import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import type { CallerView, IssuedKey } from '../../store/callers.ts';
import { mayDo } from '../authorize.ts';
import { type AdminCall, type Endpoint, endpoint, type Owned } from './endpoint.ts';
import { checkGrant, checkPower, knownRoles } from './grant.ts';
import { ownersOf } from './owned.ts';
import {
  duration,
  durationIn,
  fields,
  Label,
  orNull,
  Tags,
  Time,
  until,
  untilIn,
  words,
} from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

const Key = Type.Object({
  id: Type.String(),
  state: words(['active', 'expired', 'revoked']),
  created: Time,
  expires: orNull(Time),
  revoked: orNull(Time),
});

const Shown = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    owner: Type.String(),
    team: Type.String(),
    roles: Type.Array(Type.String()),
    tags: Type.Record(Type.String(), Type.String()),
    created: Time,
    disabled: orNull(Time),
    keys: Type.Array(Key),
  },
  { $id: 'Caller' },
);

const Issued = Type.Object(
  { caller: Shown, key_id: Type.String(), key: Type.String() },
  { $id: 'IssuedKey', description: 'The only answer that ever holds a key.' },
);

/** Callers and their keys. */
export const callerEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/callers',
    name: 'callers.list',
    summary: 'All callers that may be seen',
    answer: Type.Object({ callers: Type.Array(Shown) }),
    about: () => [],
    act: (call) => ({ callers: call.gate.store.callers.list().filter(isFor(call)).map(shown) }),
  }),
  endpoint({
    ...read,
    path: '/admin/v1/callers/:id',
    name: 'callers.show',
    summary: 'One caller, by id or name',
    answer: Shown,
    about: aboutThem,
    act: ({ gate, id }) => shown(gate.store.callers.get(id)),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers',
    name: 'callers.create',
    summary: 'Makes a caller, with a key',
    status: 201,
    body: fields({
      name: Label,
      owner: Type.Optional(Label),
      team: Type.Optional(Type.String({ ...Label, default: 'default' })),
      roles: Type.Optional(Type.Array(Label, { minItems: 1, default: ['app'] })),
      tags: Type.Optional(Tags),
      expires: Type.Optional(until()),
    }),
    answer: Issued,
    about: ({ body: { team = 'default', name, owner = name } }) => [{ team, owner }],
    act(call) {
      const { name, owner = name, team = 'default', roles = ['app'], tags = {}, expires } = call.body;
      const draft = {
        name,
        owner,
        team,
        roles,
        tags,
        expires: untilIn(expires, call.gate.clock.now()),
      };
      checkGrant(call, draft);
      return issued(call.gate.store.callers.create(draft));
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers/:id',
    name: 'callers.update',
    summary: 'Changes a caller; what is not named stays',
    body: fields({
      owner: Type.Optional(Label),
      team: Type.Optional(Label),
      roles: Type.Optional(Type.Array(Label, { minItems: 1 })),
      tags: Type.Optional(Tags),
    }),
    answer: Shown,
    // Neither out of a team of others nor into one.
    about(call) {
      const { team, owner } = call.body;
      const now = aboutThem(call);
      const after = { ...(team !== undefined && { team }), ...(owner !== undefined && { owner }) };
      return [...now, ...now.map((before) => ({ ...before, ...after }))];
    },
    act(call) {
      const change = call.body;
      const before = checkPower(call);
      if (Object.keys(change).length > 0)
        checkGrant(call, { ...before, roles: knownRoles(call, before.roles), ...change });
      return shown(call.gate.store.callers.update(call.id, change));
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers/:id/rotate',
    name: 'callers.rotate',
    summary: 'Makes a new key; the old ones go on for a while',
    status: 201,
    body: fields({
      overlap: Type.Optional(duration({ default: '24h' })),
      expires: Type.Optional(until()),
    }),
    answer: Issued,
    about: aboutThem,
    act(call) {
      const { overlap = '24h', expires } = call.body;
      checkPower(call);
      return issued(
        call.gate.store.callers.rotate(call.id, {
          overlap: durationIn(overlap),
          expires: untilIn(expires, call.gate.clock.now()),
        }),
      );
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers/:id/revoke',
    name: 'callers.revoke',
    summary: 'Ends one key of a caller, or all, at once and for good',
    body: fields({ key: Type.Optional(Type.String()) }),
    answer: Type.Object({ caller: Shown, revoked: Type.Array(Type.String()) }),
    about: aboutThem,
    act(call) {
      checkPower(call);
      const { caller, revoked } = call.gate.store.callers.revoke(call.id, call.body.key);
      return { caller: shown(caller), revoked: [...revoked] };
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers/:id/disable',
    name: 'callers.disable',
    summary: 'Switches a caller off',
    answer: Shown,
    about: aboutThem,
    act: (call) => setDisabled(call, true),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/callers/:id/enable',
    name: 'callers.enable',
    summary: 'Switches a caller on again',
    answer: Shown,
    about: aboutThem,
    act: (call) => setDisabled(call, false),
  }),
];

/** Whose the caller of the path is. */
function aboutThem({ gate, id }: AdminCall): [Owned] {
  return ownersOf(() => ownedBy(gate.store.callers.get(id)));
}

const ownedBy = ({ team, owner }: CallerView): Owned => ({ team, owner });

/** Lists show what may be seen of them. */
const isFor =
  (call: AdminCall) =>
  (caller: CallerView): boolean =>
    mayDo(call, call.asker, 'callers.read', { kind: 'Admin', id: 'callers', ...ownedBy(caller) });

function setDisabled(call: AdminCall, disabled: boolean): JsonObject {
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
