import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { ACTIONS } from '../../exchange/exchange.ts';
import { may } from '../../policy/may.ts';
import type { CallerView, IssuedKey } from '../../store/callers.ts';
import type { AdminCall, Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';

/** How long old keys go on after a rotation, where nothing is said. */
const OVERLAP = 24 * 3_600_000;

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true } as const;

/** Callers and their keys. */
export const callerEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/callers',
    name: 'callers.list',
    act: ({ gate }) => ({ callers: gate.store.callers.list().map(shown) }),
  },
  {
    ...read,
    path: '/admin/v1/callers/:id',
    name: 'callers.show',
    act: ({ gate, id }) => shown(gate.store.callers.get(id)),
  },
  {
    ...write,
    path: '/admin/v1/callers',
    name: 'callers.create',
    status: 201,
    act(call) {
      const fields = new Fields(call.body, ['name', 'owner', 'team', 'roles', 'tags', 'expires']);
      const name = required(fields.text('name'), 'name');
      const roles = fields.texts('roles') ?? ['app'];
      checkGrant(call, roles);
      return issued(
        call.gate.store.callers.create({
          name,
          owner: fields.text('owner') ?? name,
          team: fields.text('team') ?? 'default',
          roles,
          tags: fields.record('tags') ?? {},
          expires: fields.moment('expires', call.gate.clock.now()),
        }),
      );
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id',
    name: 'callers.update',
    act(call) {
      const fields = new Fields(call.body, ['owner', 'team', 'roles', 'tags']);
      const [owner, team, roles, tags] = [
        fields.text('owner'),
        fields.text('team'),
        fields.texts('roles'),
        fields.record('tags'),
      ];
      checkPower(call);
      if (roles !== undefined) checkGrant(call, roles);
      return shown(
        call.gate.store.callers.update(call.id, {
          ...(owner !== undefined && { owner }),
          ...(team !== undefined && { team }),
          ...(roles !== undefined && { roles }),
          ...(tags !== undefined && { tags }),
        }),
      );
    },
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/rotate',
    name: 'callers.rotate',
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
    act: (call) => setDisabled(call, true),
  },
  {
    ...write,
    path: '/admin/v1/callers/:id/enable',
    name: 'callers.enable',
    act: (call) => setDisabled(call, false),
  },
];

function setDisabled(call: AdminCall, disabled: boolean): JsonObject {
  new Fields(call.body, []);
  checkPower(call);
  return shown(call.gate.store.callers.setDisabled(call.id, disabled));
}

/**
 * Nobody hands out more than they have: a role may be given only by who may do every administrative act that it
 * allows. (A user who could set roles made themselves admin: LiteLLM, GHSA-wpfp-gwwc-vwq6.)
 */
function checkGrant({ ask, caller, house }: AdminCall, roles: readonly string[]): void {
  for (const role of roles) {
    if (!house.policy.roles.has(role)) {
      const known = [...house.policy.roles.keys()].join(', ');
      throw new Refusal('request_invalid', {
        field: '/roles',
        hint: `A role is not in the policy. Known: ${known}.`,
      });
    }
    if (ask.local) continue;
    for (const action of ACTIONS) {
      if (!action.includes('.') || action === 'models.list') continue;
      if (may(house.policy, [role], action).allowed && !may(house.policy, caller.roles, action).allowed) {
        throw new Refusal('forbidden', { hint: 'The role allows more than this caller may do.' });
      }
    }
  }
}

/** To change a caller, or to get a key of theirs, is to be able to act as them. */
function checkPower(call: AdminCall): void {
  if (call.ask.local) return;
  const { roles } = call.gate.store.callers.get(call.id);
  checkGrant(
    call,
    roles.filter((role) => call.house.policy.roles.has(role)),
  );
}

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

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
