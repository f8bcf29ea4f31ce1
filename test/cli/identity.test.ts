import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, ledgerOf, serve, tempFolder } from '../harness/cli.ts';

const issuers = (more = '') => `
identity:
  issuers:
    corp: { issuer: "http://127.0.0.1:9", audience: gatehouse, subjects: registered${more} }
`;

test('invitations from end to end: made, listed, redeemed over HTTP, ended', async (t) => {
  const cwd = tempFolder(t);
  const { address, stop } = await serve(t, cwd);
  const args = ['callers', 'invite', '--role', 'app', '--team', 'web', '--expires', '24h', '--uses', '1'];
  const { token } = await gatehouseJson<{ token: string }>(cwd, args);
  const redeem = (name: string) =>
    fetch(`${address}/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
  const answer = await redeem('shop');
  assert.equal(answer.status, 201);
  const { key } = (await answer.json()) as { key: string };
  assert.equal((await fetch(`${address}/v1/models`, { headers: { 'x-api-key': key } })).status, 200);
  assert.equal((await redeem('shop-2')).status, 401);
  const second = await gatehouse(cwd, ['callers', 'invite']);
  const [, id = ''] = /Invitation (\w+), good until .*shown this once\n {2}ghi_/.exec(second.out) ?? [];
  assert.match((await gatehouse(cwd, ['callers', 'uninvite', id])).out, /is over/);
  const { out } = await gatehouse(cwd, ['callers', 'invitations']);
  assert.match(out, /ID +STATE +TEAM/);
  assert.match(out, /used +web +app +1 of 1/);
  assert.match(out, new RegExp(`${id} +revoked`));
  assert.notEqual((await gatehouse(cwd, ['callers', 'invite', '--uses', 'many'])).code, 0);
  await stop();
  for (const operation of ['invitations.create', 'invitations.redeem', 'invitations.revoke'])
    assert.ok(
      ledgerOf(cwd).some((entry) => entry.operation === operation && entry.kind === 'admin.begin'),
      operation,
    );
});

test('config check: roles that the policy has not, and issuers that do not answer', async (t) => {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  const file = join(cwd, 'gatehouse.yaml');
  const plain = readFileSync(file, 'utf8');
  writeFileSync(file, plain + issuers());
  assert.equal((await gatehouse(cwd, ['config', 'check'])).code, 0);
  const online = await gatehouse(cwd, ['config', 'check', '--online']);
  assert.equal(online.code, 4);
  assert.match(online.err, /keys of identity\.issuers\.corp cannot be had/);
  const id = /oidc_[0-9a-f]{32}/.exec(
    (await gatehouse(cwd, ['callers', 'register', '--issuer', 'corp', '--subject', 'ann'])).out,
  )?.[0];
  assert.ok(id);
  assert.match(
    (await gatehouse(cwd, ['callers', 'list'])).out,
    new RegExp(`${id}.*enabled +oidc:corp, registered`),
  );
  await gatehouseJson(cwd, ['callers', 'disable', id]);
  assert.ok((await gatehouseJson<{ disabled: string | null }>(cwd, ['callers', 'show', id])).disabled);
  writeFileSync(file, plain + issuers(', everyone: wizard'));
  const unknown = await gatehouse(cwd, ['config', 'check']);
  assert.equal(unknown.code, 3);
  assert.match(unknown.err, /gives a role that is not in the policy: wizard/);
});
