import assert from 'node:assert/strict';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import type { Got, Lab } from './lab.ts';
import { MESSAGES, type Refused, refused } from './refused.ts';
import { answerOf, type Door, MAIN_DOORS } from './surfaces.ts';

const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

const ROLE = 'LiteLLM CVE-2026-35029: /config/update asked for no role';
const power: readonly Refused[] = [
  ...[
    ['GET', '/admin/v1/callers'],
    ['POST', '/admin/v1/callers'],
    ['GET', '/admin/v1/config'],
    ['POST', '/admin/v1/reload'],
    ['GET', '/admin/v1/policy'],
    ['GET', '/admin/v1/ledger'],
    ['GET', '/admin/v1/usage'],
    ['GET', '/admin/v1/policy/matrix'],
    ['GET', '/admin/v1/identities'],
    ['POST', '/admin/v1/invitations'],
    ['GET', '/admin/v1/invitations'],
    ['GET', '/admin/v1/vault'],
    ['POST', '/admin/v1/vault/rotate'],
    ['POST', '/admin/v1/vault/erase'],
    ['POST', '/admin/v1/callers/admin'],
    ['POST', '/admin/v1/callers/admin/rotate'],
    ['POST', '/admin/v1/callers/app'],
    ['GET', '/admin/v1/../v1/callers'],
    ['GET', '/admin/v1/callers/'],
    ['GET', '//admin/v1/callers'],
    ['GET', '/Admin/v1/callers'],
    ['GET', '/admin%2fv1/callers'],
    ['GET', '/v1/../admin/v1/callers'],
    ['GET', '/metrics'],
  ].map(([method = '', path = '']): Refused => {
    const name = path.endsWith('/callers') && { name: `x${Math.random()}` };
    const body = path.includes('/callers') ? { ...name, roles: ['admin'] } : {};
    const request = { method, path, body: method === 'GET' ? undefined : body };
    return {
      id: `app’s key for ${method} ${path}`,
      origin: ROLE,
      attack: () => request,
      benign: (lab) => ({
        method: 'GET',
        path: '/admin/v1/callers',
        body: undefined,
        ...bearer(lab.gateway.adminKey),
      }),
    };
  }),
  {
    id: 'admin’s key for a chat',
    origin: 'NIST SP 800-53 AC-6: least privilege',
    attack: (lab) => bearer(lab.gateway.adminKey),
  },
  {
    id: 'admin’s key for messages',
    origin: 'NIST SP 800-53 AC-6: least privilege',
    attack: (lab) => ({ path: MESSAGES, ...bearer(lab.gateway.adminKey) }),
  },
];

interface NewCaller {
  readonly id: string;
  readonly key: string;
  readonly keyId: string;
}

/** A caller of its own, by way of the admin API. */
async function newCaller(lab: Lab, fields: object = {}): Promise<NewCaller> {
  const got = await admin(lab, '/admin/v1/callers', {
    name: `c-${Math.random().toString(36).slice(2)}`,
    ...fields,
  });
  const { caller, key, key_id } = JSON.parse(got.text) as {
    caller: { id: string };
    key: string;
    key_id: string;
  };
  return { id: caller.id, key, keyId: key_id };
}
const admin = (lab: Lab, path: string, body: object = {}, as = lab.gateway.adminKey): Promise<Got> =>
  lab.send({ path, body, ...bearer(as) });
const use = (lab: Lab, { path, body }: Door, as: string) => send(lab, { path, body, ...bearer(as) });

interface Ending {
  readonly id: string;
  readonly fields?: object;
  end(lab: Lab, caller: NewCaller, door: Door): Promise<unknown>;
}
const ended = (id: string, end: Ending['end'], fields: object = {}): Ending => ({ id, end, fields });
const by = (id: string, verb: string, body: (caller: NewCaller) => object = () => ({})) =>
  ended(id, (lab, caller) => admin(lab, `/admin/v1/callers/${caller.id}${verb}`, body(caller)));

const ENDINGS: readonly Ending[] = [
  by('revoked', '/revoke'),
  by('revoked by its own id', '/revoke', ({ keyId }) => ({ key: keyId })),
  by('disabled', '/disable'),
  by('rotated without overlap', '/rotate', () => ({ overlap: '0s' })),
  by('of a role without rights', '', () => ({ roles: ['helper'] })),
  // Long enough to be made on a busy machine.
  ended('expired', () => new Promise((resolve) => setTimeout(resolve, 120)), { expires: '100ms' }),
  ended('revoked while in use', async (lab, caller, door) => {
    const uses = Array.from({ length: 8 }, () => use(lab, door, caller.key));
    await admin(lab, `/admin/v1/callers/${caller.id}/revoke`);
    await Promise.all(uses);
  }),
  ended('disabled while in use', async (lab, caller, door) => {
    const uses = Array.from({ length: 8 }, () => use(lab, door, caller.key));
    await admin(lab, `/admin/v1/callers/${caller.id}/disable`);
    await Promise.all(uses);
  }),
];

const OUTLIVED =
  'LiteLLM CVE-2026-35030 and its kin: caches that outlive a key; BerriAI/litellm#35541 (CVE-2026-12772, CVE-2026-12796): sessions that outlive their end';
/** A key that was good, and what is done to it: from then on it must be good for nothing. */
const endings: readonly Case[] = MAIN_DOORS.flatMap((door) => {
  const benign = async (lab: Lab) => {
    lab.upstream.script = answerOf(door.surface, lab);
    assert.equal((await use(lab, door, (await newCaller(lab)).key)).got.status, 200);
  };
  return ENDINGS.map(
    ({ id, end, fields }): Case => ({
      id: `keys that were good / ${door.name} / ${id}`,
      theme: 'keys that were good',
      door: door.name,
      origin: OUTLIVED,
      async attack(lab) {
        lab.upstream.script = answerOf(door.surface, lab);
        const caller = await newCaller(lab, fields);
        await end(lab, caller, door);
        return passed(await use(lab, door, caller.key));
      },
      benign,
    }),
  );
});

/** Who may write callers, but nothing else, hands themselves the rest. */
const grant: Case = {
  id: 'power / a role that allows more than oneself has',
  theme: 'power',
  origin: 'LiteLLM GHSA-wpfp-gwwc-vwq6: users set their own role',
  async attack(lab) {
    const helper = await newCaller(lab, { roles: ['helper'] });
    const tries = [
      admin(lab, `/admin/v1/callers/${helper.id}`, { roles: ['admin'] }, helper.key),
      admin(lab, '/admin/v1/callers', { name: `x-${helper.id}`, roles: ['admin'] }, helper.key),
    ];
    const answers = await Promise.all(tries);
    return answers.flatMap(({ status }) => (status < 400 ? ['a role was handed out'] : []));
  },
  async benign(lab) {
    const helper = await newCaller(lab, { roles: ['helper'] });
    const got = await admin(lab, '/admin/v1/callers', { name: `y-${helper.id}`, roles: ['app'] }, helper.key);
    assert.equal(got.status, 201, got.text);
  },
};

export const powerCases: readonly Case[] = [...refused('power', power), ...endings, grant];
