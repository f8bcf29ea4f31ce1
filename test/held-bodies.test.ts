import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from './harness/upstream.ts';
import { startIssuer, type TestIssuer } from './identity/issuer.ts';

/** Whoever sends a body slowly is decided on as things are when it is there, not as they were when it began. */

let upstream: ScriptedUpstream;
let issuer: TestIssuer;
let gateway: TestGateway;
before(async () => {
  [upstream, issuer] = await Promise.all([startUpstream(), startIssuer()]);
  gateway = await startGateway({
    upstream: upstream.url,
    settings: `identity:
  issuers:
    corp:
      issuer: ${issuer.url}
      audience: gatehouse
      algorithms: [RS256]
      clients: [web]
      claims: { roles: groups }
      roles: { engineers: app }
`,
    policy: `authorization:
  policies: |
    @id("cap")
    forbid (principal, action == Action::"chat", resource == Model::"gpt-capped")
    when { context.spend.tokens_today >= 10 };
`,
  });
});
after(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), issuer.close()]);
});

const chat = (model = 'm') =>
  JSON.stringify({ model, max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] });

/** A request whose body has begun to come; what it returns sends the rest, and says which status that has. */
async function hold(token: string, body = chat(), path = '/v1/chat/completions') {
  const { hostname, port } = new URL(gateway.url);
  const before = gateway.gateway.gate.open;
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const req = http.request({ hostname, port, path, method: 'POST', agent: false, headers });
  const status = new Promise<number>((resolve, reject) => {
    req.on('error', reject);
    req.on('response', (res) => resolve(res.resume().statusCode ?? 0));
  });
  req.write(body.slice(0, 5));
  while (gateway.gateway.gate.open === before) await pause(5);
  // Until it is known who asks.
  await pause(50);
  return () => {
    req.end(body.slice(5));
    return status;
  };
}

const store = () => gateway.gateway.gate.store;
const newCaller = (name: string, roles = ['app']) =>
  store().callers.create({ name, owner: 'o', team: 't', roles, tags: {} });

test('what others of the caller have used meanwhile counts', async () => {
  const held = await Promise.all(Array.from({ length: 8 }, () => hold(gateway.key, chat('gpt-capped'))));
  const statuses: number[] = [];
  for (const finish of held) statuses.push(await finish());
  assert.deepEqual(statuses, [200, ...Array.from({ length: 7 }, () => 403)]);
});

test('of requests at once each is decided with those before it', async () => {
  const { key } = newCaller('at-once');
  const held = await Promise.all(Array.from({ length: 8 }, () => hold(key, chat('gpt-capped'))));
  const statuses = await Promise.all(held.map((finish) => finish()));
  assert.equal(statuses.filter((status) => status === 200).length, 1);
});

test('a key that is revoked meanwhile opens nothing, and neither does one whose caller is switched off', async () => {
  const [revoked, disabled] = [newCaller('revoked'), newCaller('disabled')];
  const ends = [await hold(revoked.key), await hold(disabled.key)];
  store().callers.revoke('revoked');
  store().callers.setDisabled('disabled', true);
  const sent = upstream.seen.length;
  for (const finish of ends) assert.equal(await finish(), 401);
  assert.equal(upstream.seen.length, sent);
  const last = gateway.entries().at(-1) as { kind: string; code: string; caller: { name: string } };
  assert.deepEqual(
    [last.kind, last.code, last.caller.name],
    ['request.refused', 'credential_invalid', 'disabled'],
  );
});

test('roles that are taken away meanwhile give nothing', async () => {
  const { key } = newCaller('demoted');
  const finish = await hold(key);
  store().callers.update('demoted', { roles: ['admin'] });
  assert.equal(await finish(), 403);
});

test('an admin who is revoked meanwhile administers nothing', async () => {
  const { key } = newCaller('boss', ['admin']);
  const body = JSON.stringify({ name: 'late' });
  const finish = await hold(key, body, '/admin/v1/callers');
  store().callers.revoke('boss');
  assert.equal(await finish(), 401);
  assert.equal(
    store()
      .callers.list()
      .some(({ name }) => name === 'late'),
    false,
  );
});

test('a token whose caller is switched off meanwhile opens nothing', async () => {
  const token = await issuer.token('web');
  assert.equal(await (await hold(token))(), 200);
  const finish = await hold(token);
  const [identity] = store().identities.list();
  store().identities.setDisabled(identity?.id ?? '', true);
  assert.equal(await finish(), 401);
});

test('one caller alone fills no memory with halves of bodies, and keeps nobody out', async () => {
  const small = await startGateway({
    upstream: upstream.url,
    settings: 'limits: { body: 100KB, caller_bodies: 300KB, bodies: 1MB }\n',
  });
  try {
    const { hostname, port } = new URL(small.url);
    const ask = (key: string, sent: number) => {
      const headers = {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'content-length': 90_000,
      };
      const path = '/v1/chat/completions';
      const req = http.request({ hostname, port, path, method: 'POST', agent: false, headers });
      req.on('error', () => {});
      req.write(' '.repeat(sent));
      return req;
    };
    const refused: number[] = [];
    const held = Array.from({ length: 8 }, () =>
      ask(small.key, 89_000).on('response', (res) => refused.push(res.resume().statusCode ?? 0)),
    );
    while (refused.length < 5) await pause(5);
    assert.deepEqual(refused, [429, 429, 429, 429, 429]);
    const other = small.gateway.gate.store.callers.create({
      name: 'o',
      owner: 'o',
      team: 't',
      roles: ['app'],
      tags: {},
    });
    const theirs = ask(other.key, 0);
    theirs.end(chat().padEnd(90_000));
    const [answer] = (await once(theirs, 'response')) as [http.IncomingMessage];
    assert.equal(answer.resume().statusCode, 200);
    for (const req of held) req.destroy();
    while (small.gateway.gate.open > 0) await pause(5);
    assert.equal((await small.post('/v1/chat/completions', chat())).status, 200);
  } finally {
    await small.close();
  }
});

test('a key that is revoked while the guards read opens nothing', async () => {
  const { key } = newCaller('quick');
  const { quotas } = store();
  const { reserve } = quotas;
  // The last thing before the guards.
  quotas.reserve = (claims) => {
    quotas.reserve = reserve;
    store().callers.revoke('quick');
    return reserve.call(quotas, claims);
  };
  const sent = upstream.seen.length;
  assert.equal(await (await hold(key))(), 401);
  assert.equal(upstream.seen.length, sent);
});
