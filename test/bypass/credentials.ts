import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Case } from './case.ts';
import { passed, send } from './judge.ts';
import type { Got, Lab } from './lab.ts';
import { ask, CHAT, MESSAGES, type Refused, refused } from './refused.ts';

const NONE = { authorization: undefined };
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
const with_ = (
  id: string,
  origin: string,
  headers: (lab: Lab) => Record<string, string | string[] | undefined>,
): Refused => ({
  id,
  origin,
  attack: (lab) => ({ headers: headers(lab) }),
});
const key = (id: string, origin: string, change: (key: string) => string): Refused =>
  with_(id, origin, (lab) => ({ authorization: `Bearer ${change(lab.gateway.key)}` }));

const PREFIX = 'Bifrost PR 4365: any key with the right prefix passed';
const CACHE = 'LiteLLM CVE-2026-35030: identities cached by the first 20 characters';
const TWO = 'RFC 9110, section 5.3; two credentials of which another server might obey the other';
const TRUST = 'LiteLLM CVE-2026-49468: headers of a proxy that is not there';

const wrong: readonly Refused[] = [
  with_('none', 'Portkey gateway 1.15.2: no credential of the gateway’s is asked for', () => NONE),
  with_('empty', 'CWE-287', () => ({ authorization: 'Bearer ' })),
  key('prefix alone', PREFIX, () => 'ghk_'),
  key('prefix and anything', PREFIX, () => `ghk_${'a'.repeat(10)}_${'b'.repeat(43)}`),
  key('first 20 characters', CACHE, (k) => k.slice(0, 20) + 'x'.repeat(k.length - 20)),
  key('all but the last character', CACHE, (k) => k.slice(0, -1) + (k.endsWith('0') ? '1' : '0')),
  key('shortened', CACHE, (k) => k.slice(0, -1)),
  key('lengthened', CACHE, (k) => `${k}0`),
  key('other case', CACHE, (k) => k.toUpperCase()),
  key('admin’s prefix', PREFIX, (k) => k.replace('ghk_', 'gha_')),
  key('SQL', 'LiteLLM CVE-2026-42208, GHSA-r75f-5x8p-qvmc: SQL in the bearer key', () => "ghk_' OR '1'='1"),
  key('glob', 'CWE-155', () => 'ghk_*'),
  key('JSON', 'CWE-843', () => '{"$ne":null}'),
  key('SHA-256 of the key', 'LiteLLM GHSA-69x8: the hash passed for the key', (k) =>
    createHash('sha256').update(k).digest('hex'),
  ),
  with_('hash from the database', 'LiteLLM GHSA-69x8: the hash passed for the key', (lab) => ({
    authorization: `Bearer ${storedHash(lab)}`,
  })),
  key('key of the model server', 'OWASP API2:2023', () => 'upstream-key-openai'),
  with_('Basic', 'RFC 7617', (lab) => ({
    authorization: `Basic ${Buffer.from(`x:${lab.gateway.key}`).toString('base64')}`,
  })),
  with_('cookie', 'CWE-352: credentials that a browser sends by itself', (lab) => ({
    ...NONE,
    cookie: `authorization=Bearer ${lab.gateway.key}`,
  })),
  with_('Proxy-Authorization', 'RFC 9110, section 11.7', (lab) => ({
    ...NONE,
    'proxy-authorization': `Bearer ${lab.gateway.key}`,
  })),
  with_('two alike', TWO, (lab) => ({ 'x-api-key': lab.gateway.key })),
  with_('a good and a bad one', TWO, () => ({ 'x-api-key': 'ghk_' })),
  with_('the same header twice', TWO, (lab) => ({
    authorization: [`Bearer ${lab.gateway.key}`, 'Bearer x'],
  })),
  with_('two in one header', TWO, (lab) => ({ authorization: `Bearer ${lab.gateway.key}, Bearer x` })),
  with_('X-Forwarded-For', TRUST, () => ({
    ...NONE,
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1',
  })),
  with_('X-Forwarded-User', TRUST, () => ({
    ...NONE,
    'x-forwarded-user': 'admin',
    'x-remote-user': 'admin',
    'x-forwarded-client-cert': 'Subject="CN=admin"',
  })),
  with_('another’s key and name', 'BerriAI/litellm#26672', () => ({
    ...NONE,
    'x-caller': 'app',
    'openai-organization': 'org-1',
  })),
];

function storedHash({ gateway }: Lab): string {
  const database = new DatabaseSync(join(gateway.folder, 'gatehouse-data', 'gatehouse.sqlite'), {
    readOnly: true,
  });
  try {
    const { hash } = database.prepare('SELECT hash FROM keys').get() as { hash: Uint8Array };
    return Buffer.from(hash).toString('hex');
  } finally {
    database.close();
  }
}

const ROLE = 'LiteLLM CVE-2026-35029: /config/update asked for no role';
const power: readonly Refused[] = [
  ...[
    ['GET', '/admin/v1/callers'],
    ['POST', '/admin/v1/callers'],
    ['GET', '/admin/v1/config'],
    ['POST', '/admin/v1/reload'],
    ['GET', '/admin/v1/policy'],
    ['GET', '/admin/v1/ledger'],
    ['GET', '/metrics'],
  ].map(([method = '', path = '']): Refused => {
    const body = path.endsWith('/callers') ? { name: `x${Math.random()}`, roles: ['admin'] } : {};
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
const use = (lab: Lab, as: string) => send(lab, { path: CHAT, body: ask(), ...bearer(as) });

/** A key that was good, and what is done to it: from then on it must be good for nothing. */
const ended = (
  id: string,
  origin: string,
  end: (lab: Lab, caller: NewCaller) => Promise<unknown>,
  fields: object = {},
): Case => ({
  id: `keys that were good / ${id}`,
  theme: 'keys that were good',
  origin,
  async attack(lab) {
    lab.upstream.script = lab.hello;
    const caller = await newCaller(lab, fields);
    await end(lab, caller);
    return passed(await use(lab, caller.key));
  },
  async benign(lab) {
    lab.upstream.script = lab.hello;
    assert.equal((await use(lab, (await newCaller(lab)).key)).got.status, 200);
  },
});

const REVOKED = 'LiteLLM CVE-2026-35030 and its kin: caches that outlive a key';
const endings: readonly Case[] = [
  ended('revoked', REVOKED, (lab, { id }) => admin(lab, `/admin/v1/callers/${id}/revoke`)),
  ended('revoked by its own id', REVOKED, (lab, { id, keyId }) =>
    admin(lab, `/admin/v1/callers/${id}/revoke`, { key: keyId }),
  ),
  ended('disabled', REVOKED, (lab, { id }) => admin(lab, `/admin/v1/callers/${id}/disable`)),
  ended('rotated without overlap', REVOKED, (lab, { id }) =>
    admin(lab, `/admin/v1/callers/${id}/rotate`, { overlap: '0s' }),
  ),
  ended('expired', REVOKED, () => new Promise((resolve) => setTimeout(resolve, 20)), { expires: '10ms' }),
  ended('of a role without rights', REVOKED, (lab, { id }) =>
    admin(lab, `/admin/v1/callers/${id}`, { roles: ['helper'] }),
  ),
  ended('revoked while in use', REVOKED, async (lab, caller) => {
    const uses = Array.from({ length: 20 }, () => use(lab, caller.key));
    await admin(lab, `/admin/v1/callers/${caller.id}/revoke`);
    await Promise.all(uses);
  }),
];

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

export const credentialCases: readonly Case[] = [
  ...refused('credentials', wrong),
  ...refused('power', power),
  ...endings,
  grant,
];
