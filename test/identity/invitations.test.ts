import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';

let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

interface Body {
  readonly code: string;
  readonly token: string;
  readonly key: string;
  readonly invitation: { readonly id: string };
  readonly caller: { readonly id: string; readonly owner: string };
}
interface Answer {
  readonly status: number;
  readonly body: Body;
}
async function post(path: string, token: string | undefined, body: object = {}): Promise<Answer> {
  const answer = await fetch(gateway.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Body };
}
const admin = (path: string, body: object = {}, key = gateway.adminKey) =>
  post(`/admin/v1/${path}`, key, body);
async function invite(body: object = {}, key?: string): Promise<{ token: string; id: string }> {
  const { status, body: made } = await admin('invitations', body, key);
  assert.equal(status, 201, JSON.stringify(made));
  return { token: made.token, id: made.invitation.id };
}
const ask = (key: string) =>
  gateway.post(
    '/v1/chat/completions',
    { model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
    { authorization: `Bearer ${key}` },
  );
let serial = 0;
const someone = () => ({ name: `someone-${++serial}` });

test('an invitation makes a caller with what it says, once; the key works, the ledger knows, the token is nowhere', async () => {
  const { token, id } = await invite({
    roles: ['app'],
    team: 'web',
    tags: { env: 'dev' },
    owner: 'ann',
    key_life: '90d',
  });
  assert.match(token, /^ghi_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}$/);
  const { status, body } = await post('/register', token, { name: 'shop' });
  assert.equal(status, 201);
  assert.deepEqual(body.caller, {
    ...body.caller,
    name: 'shop',
    owner: 'ann',
    team: 'web',
    roles: ['app'],
    tags: { env: 'dev' },
  });
  assert.equal((await ask(body.key)).status, 200);
  const entries = gateway.entries();
  const end = entries.findLast(({ made }) => made !== undefined);
  assert.equal(end?.made, body.caller.id);
  const begin = entries.find(({ seq }) => seq === end?.begin) as {
    operation: string;
    caller: { id: string };
  };
  assert.deepEqual([begin.operation, begin.caller.id], ['invitations.redeem', `inv_${id}`]);
  for (const secret of [token, body.key]) assert.ok(!JSON.stringify(entries).includes(secret));
  assert.equal((await post('/register', token, someone())).body.code, 'credential_invalid', 'used up');
});

test('two who come at once with the last use: exactly one wins', async () => {
  for (const uses of [1, 3]) {
    const { token, id } = await invite({ uses });
    const answers = await Promise.all(Array.from({ length: 12 }, () => post('/register', token, someone())));
    assert.equal(answers.filter(({ status }) => status === 201).length, uses);
    assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'credential_invalid'));
    const { invitations } = (await (
      await fetch(`${gateway.url}/admin/v1/invitations`, {
        headers: { authorization: `Bearer ${gateway.adminKey}` },
      })
    ).json()) as { invitations: { id: string; state: string; used: number }[] };
    const mine = invitations.find((one) => one.id === id);
    assert.deepEqual([mine?.state, mine?.used], ['used', uses]);
  }
});

test('a name that is taken, or cannot be one, does not use it up', async () => {
  const { token } = await invite();
  assert.equal((await post('/register', token, { name: 'app' })).body.code, 'conflict');
  assert.equal((await post('/register', token, { name: 'a\nb' })).body.code, 'request_invalid');
  assert.equal((await post('/register', token, {})).body.code, 'request_invalid');
  assert.equal(
    (await post('/register', token, { ...someone(), roles: ['admin'] })).body.code,
    'request_invalid',
  );
  assert.equal((await post('/register', token, someone())).status, 201);
});

test('it is good for registering alone, and nothing else registers', async () => {
  const { token } = await invite();
  assert.equal((await ask(token)).status, 401);
  assert.equal((await admin('callers', someone(), token)).status, 401);
  for (const other of [
    gateway.key,
    gateway.adminKey,
    token.slice(0, -1),
    `${token}x`,
    'ghi_',
    token.replace('ghi_', 'gha_'),
  ])
    assert.equal((await post('/register', other, someone())).body.code, 'credential_invalid');
  assert.equal((await post('/register', undefined, someone())).body.code, 'credential_missing');
  assert.equal((await fetch(`${gateway.url}/register`)).status, 405);
  const inAddress = await post(`/register?token=${token}`, undefined, someone());
  assert.equal(inAddress.body.code, 'credential_in_query');
});

test('revoked and over', async () => {
  const { token, id } = await invite();
  assert.equal((await admin(`invitations/${id}/revoke`)).status, 200);
  assert.equal((await post('/register', token, someone())).body.code, 'credential_invalid');
  const short = await invite({ expires: '20ms' });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal((await post('/register', short.token, someone())).body.code, 'credential_invalid');
  assert.equal((await admin('invitations', { expires: '31d' })).body.code, 'request_invalid');
  assert.equal((await admin('invitations', { uses: 0 })).body.code, 'request_invalid');
  assert.equal((await admin('invitations', { roles: ['nobody'] })).body.code, 'request_invalid');
});

test('GHSA-wpfp-gwwc-vwq6 and its kin: it never gives more than its inviter has, when made and when used', async () => {
  const made = await admin('callers', { name: 'second-admin', roles: ['admin'] });
  const { key } = made.body;
  const { id } = made.body.caller;
  const power = await invite({ roles: ['admin'] }, key);
  const plain = await invite({ roles: ['app'] }, key);
  assert.equal((await admin('invitations', { roles: ['admin'] }, gateway.key)).body.code, 'forbidden');
  assert.equal((await admin(`callers/${id}`, { roles: ['app'] })).status, 200);
  assert.equal(
    (await post('/register', power.token, someone())).body.code,
    'forbidden',
    'the inviter is no admin now',
  );
  assert.equal((await post('/register', plain.token, someone())).status, 201);
  const last = await invite({ roles: ['app'] });
  const another = await admin('callers', { name: 'third-admin', roles: ['admin'] });
  const gone = await invite({}, another.body.key);
  await admin(`callers/${another.body.caller.id}/disable`);
  assert.equal(
    (await post('/register', gone.token, someone())).body.code,
    'forbidden',
    'the inviter is switched off',
  );
  assert.equal((await post('/register', last.token, someone())).status, 201);
});

test('the invited choose neither their owner nor the beginning of their name', async () => {
  const { token } = await invite({ name_prefix: 'shop-', uses: 2 });
  const theirs = await post('/register', token, { name: 'shop-1', owner: 'finance' });
  assert.equal(theirs.body.code, 'request_invalid');
  assert.equal((await post('/register', token, { name: 'finance-1' })).body.code, 'request_invalid');
  const { status, body } = await post('/register', token, { name: 'shop-1' });
  assert.deepEqual([status, body.caller.owner], [201, 'admin'], 'whoever invites');
  for (const bad of [{ owner: '' }, { name_prefix: 'a\nb' }])
    assert.equal((await admin('invitations', bad)).body.code, 'request_invalid');
});

test('where a policy goes by names, an invitation says what they begin with', async () => {
  const { token } = await invite({ uses: 2 });
  const restore = allowByName();
  try {
    await gateway.gateway.gate.reload();
    assert.equal((await post('/register', token, { name: 'finance-1' })).body.code, 'forbidden');
    assert.equal((await admin('invitations')).body.code, 'forbidden');
    const named = await invite({ name_prefix: 'shop-' });
    assert.equal((await post('/register', named.token, { name: 'shop-2' })).status, 201);
  } finally {
    restore();
    await gateway.gateway.gate.reload();
  }
});

/** A rule for whoever has a certain name. */
function allowByName() {
  const path = join(gateway.folder, 'policy.yaml');
  const before = readFileSync(path, 'utf8');
  const rule =
    'permit (principal, action == Action::"embed", resource) when { principal.name == "finance-1" };';
  writeFileSync(path, `${before}\nauthorization: { policies: '${rule}' }\n`);
  return () => writeFileSync(path, before);
}
