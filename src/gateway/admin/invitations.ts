import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { isLabel } from '../../callers/identity.ts';
import { checkNames } from '../../policy/grant.ts';
import type { InvitationView } from '../../store/invitations.ts';
import type { Endpoint } from './endpoint.ts';
import { Fields, required } from './fields.ts';
import { checkGrant } from './grant.ts';
import { time } from './time.ts';

/** How long an invitation is good where nothing is said, and at the most: it is a key for whoever finds it. */
const EXPIRES = 24 * 3_600_000;
const LONGEST = 30 * 24 * 3_600_000;
const MOST_USES = 1000;

const KNOWN = ['roles', 'team', 'tags', 'owner', 'name_prefix', 'expires', 'uses', 'key_life'];

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

/** Invitations: whoever has one makes their own caller, at `POST /register`. */
export const invitationEndpoints: readonly Endpoint[] = [
  {
    ...read,
    path: '/admin/v1/invitations',
    name: 'invitations.list',
    act: ({ gate }) => ({ invitations: gate.store.invitations.list().map(shown) }),
  },
  {
    ...write,
    path: '/admin/v1/invitations',
    name: 'invitations.create',
    status: 201,
    about: ({ body: { team = 'default' } }) => [typeof team === 'string' ? { team } : {}],
    act(call) {
      const { gate, ask, caller } = call;
      const now = gate.clock.now();
      const fields = new Fields(call.body, KNOWN);
      const roles = fields.texts('roles') ?? ['app'];
      const team = fields.text('team') ?? 'default';
      const tags = fields.record('tags') ?? {};
      const owner = readLabel(fields, 'owner') ?? caller.name;
      const prefix = readLabel(fields, 'name_prefix') ?? '';
      const expires = fields.moment('expires', now) ?? now + EXPIRES;
      if (expires > now + LONGEST)
        throw new Refusal('request_invalid', {
          field: '/expires',
          hint: 'An invitation is good for at most 30 days.',
        });
      const uses = fields.count('uses', MOST_USES) ?? 1;
      checkGrant(call, { name: prefix, owner, team, roles, tags });
      checkNames(call.house.policy, prefix);
      const { invitation, token } = gate.store.invitations.create({
        roles,
        team,
        tags,
        owner,
        prefix,
        expires,
        uses,
        keyLife: fields.duration('key_life') ?? null,
        inviter: ask.local ? null : caller,
      });
      return { invitation: shown(invitation), token };
    },
  },
  {
    ...write,
    path: '/admin/v1/invitations/:id/revoke',
    name: 'invitations.revoke',
    act(call) {
      new Fields(call.body, []);
      const { prefix, ...rest } = call.gate.store.invitations.get(required(call.id, 'id'));
      const { owner, team, roles, tags } = rest;
      checkGrant(call, { name: prefix, owner, team, roles, tags });
      return shown(call.gate.store.invitations.revoke(call.id));
    },
  },
];

function readLabel(fields: Fields, name: string): string | undefined {
  const text = fields.text(name);
  if (text === undefined || isLabel(text)) return text;
  throw new Refusal('request_invalid', {
    field: `/${name}`,
    hint: 'It must be 1 to 100 characters without line breaks.',
  });
}

const shown = ({
  id,
  state,
  roles,
  team,
  tags,
  owner,
  prefix,
  uses,
  used,
  created,
  expires,
  revoked,
  keyLife,
  inviter,
}: InvitationView): JsonObject => ({
  id,
  state,
  roles: [...roles],
  team,
  tags: { ...tags },
  owner,
  name_prefix: prefix === '' ? null : prefix,
  uses,
  used,
  key_life_ms: keyLife,
  by: inviter?.id ?? 'local',
  created: time(created),
  expires: time(expires),
  revoked: time(revoked),
});
