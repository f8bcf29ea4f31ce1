import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { identityId } from '../../callers/identity.ts';
import { roleNames } from '../../policy/role-names.ts';
import type { IdentityView } from '../../store/identities.ts';
import { mayDo } from '../authorize.ts';
import { type AdminCall, type Endpoint, endpoint } from './endpoint.ts';
import { checkGrant } from './grant.ts';
import { fields, orNull, Time } from './parameters.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

const Shown = Type.Object(
  {
    id: Type.String(),
    source: Type.String({ description: '`oidc:` and the name of the issuer, or `cert`' }),
    name: Type.String(),
    team: Type.String(),
    roles: Type.Array(Type.String()),
    created: Time,
    registered: orNull(Time),
    disabled: orNull(Time),
  },
  { $id: 'Identity' },
);

/** Callers whom an identity provider or a certificate vouches for. They have no keys here, but they can be switched off. */
export const identityEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/identities',
    name: 'identities.list',
    summary: 'Callers whom others vouch for',
    answer: Type.Object({ identities: Type.Array(Shown) }),
    about: () => [],
    act: (call) => ({ identities: call.gate.store.identities.list().filter(isFor(call)).map(shown) }),
  }),
  endpoint({
    ...read,
    path: '/admin/v1/identities/:id',
    name: 'identities.show',
    summary: 'One of them, by id',
    answer: Shown,
    about: aboutThem,
    act: ({ gate, id }) => shown(gate.store.identities.get(id)),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/identities',
    name: 'identities.register',
    summary: 'Lets somebody of an issuer in',
    body: fields({ issuer: Type.String(), subject: Type.String() }),
    answer: Shown,
    status: 201,
    act(call) {
      const { gate, house } = call;
      const { issuer: name, subject } = call.body;
      const issuer = house.settings.identity.issuers.find((one) => one.name === name);
      if (issuer === undefined)
        throw new Refusal('request_invalid', {
          field: '/issuer',
          hint: 'No issuer of the settings has this name.',
        });
      const id = identityId('oidc', [issuer.issuer, subject], gate.store.pepper);
      checkLetIn(call, id, [...issuer.everyone, ...Object.values(issuer.roles).flat()]);
      return shown(gate.store.identities.register(id, `oidc:${name}`, `${name}/${id}`));
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/identities/:id/disable',
    name: 'identities.disable',
    summary: 'Switches one off',
    answer: Shown,
    about: aboutThem,
    act: (call) => setDisabled(call, true),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/identities/:id/enable',
    name: 'identities.enable',
    summary: 'Switches one on again',
    answer: Shown,
    about: aboutThem,
    act: (call) => setDisabled(call, false),
  }),
];

/** Whose the identity of the path is. One that is not there belongs to nobody. */
function aboutThem({ gate, id }: AdminCall) {
  const found = gate.store.identities.list().find((identity) => identity.id === id);
  return [found === undefined ? {} : { team: found.team }];
}

const isFor =
  (call: AdminCall) =>
  ({ team }: IdentityView): boolean =>
    mayDo(call, call.asker, 'callers.read', { kind: 'Admin', id: 'callers', team });

/** Who may not have made such a caller may not switch it off either. */
function setDisabled(call: AdminCall, disabled: boolean): JsonObject {
  const { identities } = call.gate.store;
  checkPower(call, identities.get(call.id));
  return shown(identities.setDisabled(call.id, disabled));
}

/** Nor let it in. Of somebody who was not seen yet it is only known what their issuer may give. */
function checkLetIn(call: AdminCall, id: string, givable: readonly string[]): void {
  const seen = call.gate.store.identities.list().find((identity) => identity.id === id);
  const roles = [...givable, ...(seen?.roles ?? [])];
  checkPower(call, { id, name: seen?.name ?? '', team: seen?.team ?? '', roles });
}

/** Roles that the policy no longer knows give nothing. */
function checkPower(
  call: AdminCall,
  { id, name, team, roles }: Pick<IdentityView, 'id' | 'name' | 'team' | 'roles'>,
): void {
  const known = roleNames(call.house.policy);
  checkGrant(call, { name, owner: id, team, tags: {}, roles: roles.filter((role) => known.includes(role)) });
}

const shown = ({
  id,
  source,
  name,
  team,
  roles,
  created,
  registered,
  disabled,
}: IdentityView): JsonObject => ({
  id,
  source,
  name,
  team,
  roles: [...roles],
  created: time(created),
  registered: time(registered),
  disabled: time(disabled),
});
