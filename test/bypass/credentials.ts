import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Case } from './case.ts';
import type { Lab } from './lab.ts';
import { everywhere, type Refused } from './refused.ts';

const NONE = { authorization: undefined };
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

export const credentialCases: readonly Case[] = everywhere('credentials', () => wrong);
