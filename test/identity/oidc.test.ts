import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';

let upstream: ScriptedUpstream;
let issuer: TestIssuer;
let gateway: TestGateway;
/** Milliseconds by which the gateway's clock is ahead. */
const ahead = { ms: 0 };

const settings = (url: string, more = '') => `identity:
  issuers:
    corp:
      issuer: ${url}
      audience: gatehouse
      algorithms: [RS256]
      clients: [web, ops, guest]
      claims: { name: email, roles: groups }
      roles: { engineers: app, admins: [admin] }
${more}`;

before(async () => {
  [upstream, issuer] = await Promise.all([startUpstream(), startIssuer()]);
  gateway = await startGateway({
    upstream: upstream.url,
    settings: settings(issuer.url),
    replace: (options) => ({
      ...options,
      clock: { now: () => Date.now() + ahead.ms, tick: () => systemClock.tick() + ahead.ms },
    }),
  });
});
after(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), issuer.close()]);
});

const chat = (token: string, headers: Record<string, string> = {}) =>
  gateway.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
    { authorization: `Bearer ${token}`, ...headers },
  );
const admin = (token: string, path: string, body?: object) =>
  fetch(`${gateway.url}/admin/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const codeOf = async (answer: Response) => {
  const { error, code } = (await answer.json()) as { error?: { code: string }; code?: string };
  return error?.code ?? code;
};

test('a token of a real provider opens the door; the ledger has issuer and hash, never the token', async () => {
  const token = await issuer.token('web');
  assert.equal((await chat(token)).status, 200);
  const entry = gateway.entries().findLast(({ kind }) => kind === 'request.begin') as {
    caller: { id: string; name: string; credential: string };
  };
  assert.match(entry.caller.id, /^oidc_[0-9a-f]{32}$/);
  assert.equal(entry.caller.name, 'corp/web@example.com');
  assert.equal(entry.caller.credential, 'oidc:corp');
  const written = JSON.stringify(gateway.allEntries()) + gateway.log.join('');
  for (const part of token.split('.')) assert.ok(!written.includes(part));
  assert.equal(JSON.stringify(upstream.seen).includes(token), false, 'the token goes nowhere');
});

test('roles are those of the table: admins administer, a group that is not mapped gives nothing', async () => {
  const [web, ops, guest] = await Promise.all([
    issuer.token('web'),
    issuer.token('ops'),
    issuer.token('guest'),
  ]);
  assert.equal((await admin(ops, 'callers')).status, 200);
  assert.equal(await codeOf(await chat(ops)), 'forbidden', 'admins cannot talk to models');
  assert.equal(await codeOf(await admin(web, 'callers')), 'forbidden');
  assert.equal(await codeOf(await chat(guest)), 'forbidden');
});

test('other audiences, other ends: refused, and it says why to who holds a real token', async () => {
  const other = await chat(await issuer.token('web', 'elsewhere'));
  assert.equal(other.status, 401);
  assert.match(await other.text(), /another audience/);
  const claims = { client_id: 'web', groups: ['engineers'] };
  assert.equal((await chat(await issuer.sign(claims))).status, 200);
  for (const change of [
    { exp: 1 },
    { nbf: 9_999_999_999 },
    { aud: 'x' },
    { iss: 'https://x.example' },
    { client_id: 'evil' },
  ])
    assert.equal(await codeOf(await chat(await issuer.sign({ ...claims, ...change }))), 'credential_invalid');
});

test('exactly one credential: a token beside a key is ambiguous, a token in the address is refused', async () => {
  const token = await issuer.token('web');
  assert.equal(await codeOf(await chat(token, { 'x-api-key': gateway.key })), 'credential_ambiguous');
  const asked = await fetch(`${gateway.url}/v1/models?access=${token}`);
  assert.equal(await codeOf(asked), 'credential_in_query');
  const asKey = await chat('', { authorization: '', 'x-api-key': token });
  assert.notEqual(asKey.status, 200, 'headers for keys hold keys only');
});

test('CVE-2026-35030: a token that begins like a known one is not that one', async () => {
  const token = await issuer.token('web');
  assert.equal((await chat(token)).status, 200);
  const at = token.length - 30;
  const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  assert.equal(await codeOf(await chat(forged)), 'credential_invalid');
  assert.equal(await codeOf(await chat(token.slice(0, 20))), 'credential_invalid');
});

test('CVE-2026-49468 and its kin: no header of a request says who is asking', async () => {
  for (const headers of [
    { 'x-forwarded-user': 'admin', 'x-auth-request-groups': 'admins' },
    { 'x-forwarded-client-cert': 'URI=spiffe://example.org/admin', 'x-amzn-oidc-data': 'x.y.z' },
    { 'x-jwt-payload': btoa(JSON.stringify({ sub: 'admin', groups: ['admins'] })) },
  ]) {
    const answer = await fetch(`${gateway.url}/admin/v1/callers`, {
      headers: headers as Record<string, string>,
    });
    assert.equal(await codeOf(answer), 'credential_missing');
  }
});

test('a subject that an admin switches off is refused at once, though the token is good and known', async () => {
  const token = await issuer.token('web');
  assert.equal((await chat(token)).status, 200);
  const { identities } = (await (await admin(gateway.adminKey, 'identities')).json()) as {
    identities: { id: string; name: string; source: string }[];
  };
  const web = identities.find(({ name }) => name === 'corp/web@example.com');
  assert.equal(web?.source, 'oidc:corp');
  assert.equal((await admin(gateway.adminKey, `identities/${web?.id}/disable`, {})).status, 200);
  assert.equal(await codeOf(await chat(token)), 'credential_invalid');
  assert.equal(await codeOf(await chat(await issuer.token('web'))), 'credential_invalid');
  assert.equal((await admin(gateway.adminKey, `identities/${web?.id}/enable`, {})).status, 200);
  assert.equal((await chat(token)).status, 200);
});

test('keys change in the middle: new tokens work, and those of a key that was taken back do not', async () => {
  const old = await issuer.token('web');
  assert.equal((await chat(old)).status, 200);
  await issuer.rotate(true);
  ahead.ms += 31_000;
  const fresh = await issuer.token('web');
  assert.equal((await chat(fresh)).status, 200);
  assert.equal((await chat(old)).status, 200, 'the old key is still in the set');
  await issuer.rotate(false);
  ahead.ms += 31_000;
  assert.equal((await chat(await issuer.token('web'))).status, 200);
  assert.equal(await codeOf(await chat(old)), 'credential_invalid', 'remembered tokens go with their keys');
});

test('strangers who invent key ids do not make the gateway hammer the issuer', async () => {
  await chat(await issuer.token('web'));
  const before = issuer.asked.length;
  for (let i = 0; i < 20; i++) {
    const token = await issuer.sign({ client_id: 'web' }, { kid: `invented-${i}` });
    assert.equal(await codeOf(await chat(token)), 'credential_invalid');
  }
  assert.ok(issuer.asked.length - before <= 2, 'discovery and key set, once at most');
});

test('the issuer is down: its last keys go on; a gateway that never had any says 503, not 401', async () => {
  const token = await issuer.token('web');
  assert.equal((await chat(token)).status, 200);
  issuer.up = false;
  try {
    ahead.ms += 3_000_000;
    assert.equal(
      (await chat(await issuer.sign({ client_id: 'web', groups: ['engineers'], exp: 9_999_999_999 }))).status,
      200,
    );
    await gateway.gateway.reload();
    assert.equal(
      (await chat(await issuer.sign({ client_id: 'web', groups: ['engineers'], exp: 9_999_999_998 }))).status,
      200,
    );
    const other = await startGateway({ upstream: upstream.url, settings: settings(issuer.url) });
    try {
      const answer = await other.post('/v1/chat/completions', {}, { authorization: `Bearer ${token}` });
      assert.equal(answer.status, 503);
      assert.equal(await codeOf(answer), 'identity_unavailable');
      assert.equal(
        (await other.post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'x' }] }))
          .status,
        200,
        'keys go on',
      );
    } finally {
      await other.close();
    }
  } finally {
    issuer.up = true;
    ahead.ms = 0;
  }
});

test('a reload forgets what was verified under the old settings', async () => {
  const other = await startGateway({ upstream: upstream.url, settings: settings(issuer.url) });
  try {
    const token = await issuer.token('web');
    const ask = () =>
      other.post(
        '/v1/chat/completions',
        { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
        { authorization: `Bearer ${token}` },
      );
    assert.equal((await ask()).status, 200);
    const file = join(other.folder, 'gatehouse.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('audience: gatehouse', 'audience: elsewhere'));
    await other.gateway.reload();
    assert.equal((await ask()).status, 401);
  } finally {
    await other.close();
  }
});

test('registered only: a subject is let in when an admin has registered it, by subject or by id', async () => {
  const other = await startGateway({
    upstream: upstream.url,
    settings: settings(issuer.url, '      subjects: registered\n'),
  });
  const ask = async () =>
    other.post(
      '/v1/chat/completions',
      { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
      { authorization: `Bearer ${await issuer.token('web')}` },
    );
  try {
    assert.equal(await codeOf(await ask()), 'credential_invalid');
    const answer = await fetch(`${other.url}/admin/v1/identities`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ issuer: 'corp', subject: 'web' }),
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    assert.equal((await ask()).status, 200);
  } finally {
    await other.close();
  }
});

test('a role that is not in the policy is found when the configuration is read', async () => {
  await assert.rejects(
    startGateway({
      upstream: upstream.url,
      settings: settings(issuer.url, '      everyone: nobody-knows\n'),
    }),
    /identity\.issuers\.corp gives a role that is not in the policy: nobody-knows/,
  );
});
