import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, keysIn, ledgerOf, runProgram, serve, tempFolder } from '../harness/cli.ts';

interface Issued {
  readonly key: string;
  readonly caller: { readonly id: string; readonly name: string };
}

test('callers: every verb at work on a running gateway, at once, and in the ledger', async (t) => {
  const cwd = tempFolder(t);
  const { address, stop } = await serve(t, cwd);
  const status = async (key: string) =>
    (await fetch(`${address}/v1/models`, { headers: { 'x-api-key': key } })).status;
  const made = await gatehouseJson<Issued>(cwd, ['callers', 'create', 'shop', '--team', 'web']);
  assert.equal(await status(made.key), 200);
  await gatehouseJson(cwd, ['callers', 'disable', 'shop']);
  assert.equal(await status(made.key), 401);
  await gatehouseJson(cwd, ['callers', 'enable', 'shop']);
  assert.equal(await status(made.key), 200);
  const next = await gatehouseJson<Issued>(cwd, ['callers', 'rotate', 'shop']);
  assert.deepEqual([await status(made.key), await status(next.key)], [200, 200], 'both for a while');
  await gatehouseJson(cwd, ['callers', 'revoke', 'shop']);
  assert.deepEqual([await status(made.key), await status(next.key)], [401, 401]);
  await stop();
  for (const verb of ['create', 'disable', 'enable', 'rotate', 'revoke']) {
    const begin = ledgerOf(cwd).find(({ operation }) => operation === `callers.${verb}`);
    assert.equal(begin?.kind, 'admin.begin', verb);
    const end = ledgerOf(cwd).find((entry) => entry.begin === begin?.seq);
    assert.deepEqual([end?.kind, end?.outcome], ['admin.end', 'completed'], verb);
  }
});

test('callers: the same while no gateway runs', async (t) => {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  const { caller } = await gatehouseJson<Issued>(cwd, ['callers', 'create', 'shop', '--tag', 'env=prod']);
  const list = await gatehouseJson<{ name: string }[]>(cwd, ['callers', 'list']);
  assert.deepEqual(list.map(({ name }) => name).sort(), ['admin', 'app', 'shop']);
  const shown = await gatehouseJson<{ id: string; tags: object }>(cwd, ['callers', 'show', 'shop']);
  assert.deepEqual([shown.id, shown.tags], [caller.id, { env: 'prod' }]);
  const unknown = await gatehouse(cwd, ['callers', 'revoke', 'nobody']);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no such object/);
  assert.ok(ledgerOf(cwd).some(({ operation }) => operation === 'callers.create'));
  const verified = await gatehouse(cwd, ['audit', 'verify']);
  assert.equal(verified.code, 0, verified.err);
});

test('policy and config: checked and shown, with no secret', async (t) => {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  assert.equal((await gatehouseJson(cwd, ['policy', 'check'])).ok, true);
  const kinds = await gatehouseJson<{ kind: string }[]>(cwd, ['policy', 'guards']);
  assert.ok(kinds.some(({ kind }) => kind === 'secrets'));
  writeFileSync(join(cwd, 'next.yaml'), 'version: 1\nroles: {}\nguards: [{ use: secret }]\n');
  const bad = await gatehouse(cwd, ['policy', 'check', 'next.yaml']);
  assert.equal(bad.code, 3);
  assert.match(bad.err, /next\.yaml:3:\d+ /);
  writeFileSync(
    join(cwd, 'gatehouse.yaml'),
    'upstreams: { a: { dialect: openai, url: "https://a.example/v1", key: sk-in-the-file, headers: { x-a: sk-in-a-header }, models: ["*"] } }\n',
  );
  assert.equal((await gatehouseJson(cwd, ['config', 'check'])).ok, true);
  assert.doesNotMatch((await gatehouse(cwd, ['config', 'show'])).out, /sk-in/);
  appendFileSync(join(cwd, 'policy.yaml'), 'content: { seal: both }\n');
  for (const noun of ['config', 'policy']) {
    const { code, err } = await gatehouse(cwd, [noun, 'check']);
    assert.equal(code, 3, noun);
    assert.match(err, /the settings have no vault/, 'as it would be at start');
  }
});

test('what is refused names its option; who is not there is not denied, but unknown', async (t) => {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  const refused = await gatehouse(cwd, ['callers', 'create', 'shop', '--expires', 'never']);
  assert.deepEqual([refused.code, /about expires/.test(refused.err)], [1, true], refused.err);
  const archived = await gatehouse(cwd, ['audit', 'archive']);
  assert.match(archived.err, /The settings name no archive\. Set ledger\.archive\.to to a folder\./);
  const asked = await gatehouse(cwd, 'policy why --caller nobody --action chat --model m'.split(' '));
  assert.equal(asked.code, 3);
  assert.match(asked.err, /callers list/);
});

test('help shows examples; what is not known is wrong usage, with a suggestion', async (t) => {
  const cwd = tempFolder(t);
  for (const command of [
    [],
    ['serve'],
    ['callers', 'create'],
    ['policy', 'check'],
    ['config', 'show'],
    ['audit', 'verify'],
  ]) {
    const { code, out } = await gatehouse(cwd, [...command, '--help']);
    assert.equal(code, 0);
    assert.match(out, /Examples:\n {2}gatehouse /, command.join(' '));
  }
  for (const [args, says] of [
    [['serv'], /Did you mean serve\?/],
    [['callers', 'creat'], /Did you mean create\?/],
    [['serve', '--confg', 'x'], /Did you mean --config\?/],
    [['serve', '--port', 'http'], /0 to 65535/],
    [['callers', 'create'], /NAME/],
    [['audit', 'show', '--outcome', 'odd'], /completed, refused, blocked, cut, failed/],
  ] as const) {
    const { code, err } = await gatehouse(cwd, args);
    assert.equal(code, 3, args.join(' '));
    assert.match(err, says);
    assert.match(err, /--help/);
  }
});

test('admin API: with an admin’s key, never with a program’s', async (t) => {
  const cwd = tempFolder(t);
  const { address, out } = await serve(t, cwd);
  const keys = keysIn(out());
  const ask = (path: string, key = keys.admin, body?: object) =>
    fetch(address + path, {
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
  for (const path of ['callers', 'policy', 'config', 'ledger']) {
    assert.equal((await ask(`/admin/v1/${path}`)).status, 200, path);
    const refused = await ask(`/admin/v1/${path}`, keys.app);
    assert.equal(refused.status, 403, path);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  }
  const created = await ask('/admin/v1/callers', keys.admin, { name: 'shop' });
  assert.equal(created.status, 201);
  assert.equal((await ask('/admin/v1/callers/shop/revoke', keys.admin, {})).status, 200);
  assert.equal((await ask('/admin/v1/reload', keys.admin, {})).status, 200);
  await ask('/v1/chat/completions', keys.app, { model: 'made-up-by-a-caller', messages: [] });
  assert.equal((await ask('/metrics', keys.app)).status, 403);
  const metrics = await (await ask('/metrics')).text();
  for (const line of metrics.trim().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"\n]*",?)*\})? [-+.\deEINa-f]+)$|^$/);
  }
  assert.match(metrics, /gatehouse_requests_total\{/);
  assert.doesNotMatch(metrics, /made-up-by-a-caller/);
  for (const path of ['/healthz', '/readyz']) assert.equal((await fetch(address + path)).status, 200);
});

test('TLS: with a certificate of one’s own, to a client that trusts it', async (t) => {
  const cwd = tempFolder(t);
  const made = await runProgram(
    'sh',
    [
      '-c',
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem',
    ],
    cwd,
  );
  if (made.code !== 0) return t.skip('openssl is not on this machine');
  writeFileSync(
    join(cwd, 'gatehouse.yaml'),
    'listen: { tls: { cert: ./cert.pem, key: ./key.pem } }\nupstreams: { p: { practice: true, dialect: openai, models: [practice] } }\n',
  );
  await gatehouseJson(cwd, ['init']);
  const { address } = await serve(t, cwd);
  assert.match(address, /^https:/);
  const status = await new Promise((resolve, reject) => {
    const ca = readFileSync(join(cwd, 'cert.pem'));
    request(`${address}/healthz`, { ca }, (res) => resolve(res.resume().statusCode))
      .on('error', reject)
      .end();
  });
  assert.equal(status, 200);
  await assert.rejects(fetch(`${address}/healthz`), 'a client that does not trust it is not served');
});
