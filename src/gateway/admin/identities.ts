import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { identityId } from '../../callers/identity.ts';
import { roleNames } from '../../policy/role-names.ts';
import type { IdentityView } from '../../store/identities.ts';
import { mayDo } from '../authorize.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { checkGrant } from './grant.ts';
import { time } from './time.ts';

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

/** Callers whom an identity provider or a certificate vouches for. They have no keys here, but they can be switched off. */
export const identityEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/identities',
    name: 'identities.list',
    about: () => [],
    act: (call) => ({ identities: call.gate.store.identities.list().filter(isFor(call)).map(shown) }),
  },
  {
    ...read,
    path: '/admin/v1/identities/:id',
    name: 'identities.show',
    about: aboutThem,
    act: ({ gate, id }) => shown(gate.store.identities.get(id)),
  },
  {
    ...write,
    path: '/admin/v1/identities',
    name: 'identities.register',
    status: 201,
    act(call) {
      const fields = new Fields(call.body, ['issuer', 'subject']);
      const name = required(fields.text('issuer'), 'issuer');
      const subject = required(fields.text('subject'), 'subject');
      const { gate, house } = call;
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
  },
  {
    ...write,
    path: '/admin/v1/identities/:id/disable',
    name: 'identities.disable',
    about: aboutThem,
    act: (call) => setDisabled(call, true),
  },
  {
    ...write,
    path: '/admin/v1/identities/:id/enable',
    name: 'identities.enable',
    about: aboutThem,
    act: (call) => setDisabled(call, false),
  },
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
function setDisabled(call: AdminCall<JsonObject>, disabled: boolean): JsonObject {
  new Fields(call.body, []);
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
