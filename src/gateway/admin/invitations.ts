import Type from 'typebox';
import type { JsonObject } from '../../base/json.ts';
import { Refusal } from '../../base/refusal.ts';
import { checkNames } from '../../policy/grant.ts';
import { looksLikeId } from '../../store/callers.ts';
import type { InvitationView } from '../../store/invitations.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { checkGrant } from './grant.ts';
import {
  count,
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

/** How long an invitation is good where nothing is said, and at the most: it is a key for whoever finds it. */
const EXPIRES = 24 * 3_600_000;
const LONGEST = 30 * 24 * 3_600_000;
const MOST_USES = 1000;

const read = { method: 'GET', action: 'callers.read', changes: false } as const;
const write = { method: 'POST', action: 'callers.write', changes: true, fresh: true } as const;

const Shown = Type.Object(
  {
    id: Type.String(),
    state: words(['open', 'used', 'expired', 'revoked']),
    roles: Type.Array(Type.String()),
    team: Type.String(),
    tags: Type.Record(Type.String(), Type.String()),
    owner: Type.String({ description: 'Who answers for its callers.' }),
    name_prefix: orNull(Type.String({ description: 'What the names of its callers begin with.' })),
    uses: Type.Integer(),
    used: Type.Integer(),
    key_life_ms: orNull(Type.Integer()),
    by: Type.String({ description: 'The id of who invites; `local`: whoever owns the data folder.' }),
    created: Time,
    expires: Time,
    revoked: orNull(Time),
  },
  { $id: 'Invitation' },
);

/** Invitations: whoever has one makes their own caller, at `POST /register`. */
export const invitationEndpoints: readonly Endpoint[] = [
  endpoint({
    ...read,
    path: '/admin/v1/invitations',
    name: 'invitations.list',
    summary: 'All invitations, without their tokens',
    answer: Type.Object({ invitations: Type.Array(Shown) }),
    act: ({ gate }) => ({ invitations: gate.store.invitations.list().map(shown) }),
  }),
  endpoint({
    ...write,
    path: '/admin/v1/invitations',
    name: 'invitations.create',
    summary: 'Makes an invitation, with its token',
    status: 201,
    body: fields({
      roles: Type.Optional(Type.Array(Label, { minItems: 1, default: ['app'] })),
      team: Type.Optional(Type.String({ ...Label, default: 'default' })),
      tags: Type.Optional(Tags),
      owner: Type.Optional(Label),
      name_prefix: Type.Optional(Label),
      expires: Type.Optional(until()),
      uses: Type.Optional(count(MOST_USES, { default: 1 })),
      key_life: Type.Optional(duration()),
    }),
    answer: Type.Object({ invitation: Shown, token: Type.String() }),
    about: ({ body: { team = 'default' } }) => [{ team }],
    act(call) {
      const { gate, ask, caller, body } = call;
      const { roles = ['app'], team = 'default', tags = {}, owner = caller.name } = body;
      const { name_prefix: prefix = '', uses = 1, key_life: life } = body;
      const now = gate.clock.now();
      const expires = untilIn(body.expires, now) ?? now + EXPIRES;
      if (expires > now + LONGEST)
        throw new Refusal('request_invalid', {
          field: '/expires',
          hint: 'An invitation is good for at most 30 days.',
        });
      if (looksLikeId(prefix))
        throw new Refusal('request_invalid', {
          field: '/name_prefix',
          hint: 'It looks like an id. Ids are no names.',
        });
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
        keyLife: life === undefined ? null : durationIn(life),
        inviter: ask.local ? null : caller,
      });
      return { invitation: shown(invitation), token };
    },
  }),
  endpoint({
    ...write,
    path: '/admin/v1/invitations/:id/revoke',
    name: 'invitations.revoke',
    summary: 'Ends an invitation',
    answer: Shown,
    act(call) {
      const { prefix, ...rest } = call.gate.store.invitations.get(call.id);
      const { owner, team, roles, tags } = rest;
      checkGrant(call, { name: prefix, owner, team, roles, tags });
      return shown(call.gate.store.invitations.revoke(call.id));
    },
  }),
];

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
