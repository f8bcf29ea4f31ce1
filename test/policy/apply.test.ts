import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { nodeDisk } from '../../src/ledger/disk.ts';
import { FaultyDisk } from '../faults/faulty-disk.ts';
import { startGateway, type TestGateway, type TestOptions } from '../harness/gateway.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';

const ROLES = `version: 1
roles:
  app:
    allow: [{ actions: [chat, models.list], models: ["*"] }]
  admin:
    allow: [{ actions: ["callers.*", "policy.*", "config.*", audit.read] }]
`;
const BLOCKS = `${ROLES}guards:
  - { use: patterns, name: words, patterns: [{ id: fruit, match: forbidden }] }
`;

interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** A gateway whose file is {@link ROLES}, and the admin API of it. */
async function place(t: TestContext, options: Partial<TestOptions> = {}) {
  const upstream = await startUpstream(json(completion('fine')));
  const gateway = await startGateway({ upstream: upstream.url, policy: '', ...options });
  t.after(async () => {
    await gateway.close();
    await upstream.close();
  });
  const file = join(gateway.folder, 'policy.yaml');
  const admin = async (method: string, path: string, body?: unknown): Promise<Said> => {
    const answer = await fetch(`${gateway.url}/admin/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Said['body'] };
  };
  writeFileSync(file, ROLES);
  await gateway.gateway.reload();
  const digest = async () => String((await admin('GET', '/policy/text')).body.digest);
  const apply = async (text: string, more: object = {}) =>
    admin('POST', '/policy/apply', { text, base: await digest(), reason: 'a test', ...more });
  const says = async (content: string) =>
    (await gateway.post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content }] }))
      .status;
  return { gateway, file, admin, apply, says, digest };
}

const entriesOf = (gateway: TestGateway, kind: string) =>
  gateway.entries().filter((entry) => entry.kind === kind);

test('a policy is checked, applied, shown in the history with who and why, and brought back', async (t) => {
  const { gateway, file, admin, apply, says } = await place(t);
  chmodSync(file, 0o640);
  assert.equal(await says('forbidden fruit'), 200);
  const applied = await apply(BLOCKS);
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.deepEqual(
    [applied.body.origin, applied.body.reason, applied.body.running],
    ['applied', 'a test', true],
  );
  assert.equal(readFileSync(file, 'utf8'), BLOCKS);
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.equal(await says('forbidden fruit'), 403);
  assert.deepEqual(
    readdirSync(gateway.folder).filter((name) => name.endsWith('.new')),
    [],
  );

  const entry = entriesOf(gateway, 'system.reload').at(-1);
  assert.deepEqual(
    [entry?.policy, entry?.version, entry?.origin, entry?.reason],
    [applied.body.hash, applied.body.version, 'applied', 'a test'],
  );
  const { versions } = (await admin('GET', '/policy/versions')).body as { versions: Said['body'][] };
  assert.deepEqual(
    versions.map(({ origin }) => origin),
    ['applied', 'file', 'file'],
  );
  const before = versions[1]?.version;
  assert.equal((await admin('GET', `/policy/versions/${before}`)).body.text, ROLES);

  const restored = await admin('POST', `/policy/versions/${before}/restore`, { reason: 'too strict' });
  assert.deepEqual(
    [restored.status, restored.body.origin, restored.body.restored],
    [200, 'restored', before],
  );
  assert.equal(readFileSync(file, 'utf8'), ROLES);
  assert.equal(await says('forbidden fruit'), 200);
});

test('a draft is checked with every flaw at its place, and what it loosens is said', async (t) => {
  const { admin, apply, gateway } = await place(t);
  const flawed = await admin('POST', '/policy/check', {
    text: `${ROLES}guards:\n  - { use: secrets, acton: flag }\n  - use: secretz\nquotas:\n  - { per: caller, requests: many }\n`,
  });
  assert.equal(flawed.body.ok, false);
  assert.deepEqual(
    (flawed.body.flaws as { line: number; column: number; pointer: string }[]).map(
      ({ line, column, pointer }) => [line, column, pointer],
    ),
    [
      [8, 21, '/guards/0/acton'],
      [9, 10, '/guards/1/use'],
      [11, 30, '/quotas/0/requests'],
    ],
  );
  const notYaml = await admin('POST', '/policy/check', { text: 'version: 1\nroles: {' });
  assert.equal((notYaml.body.flaws as unknown[]).length > 0, true);
  const refused = await admin('POST', '/policy/apply', {
    text: 'version: 2',
    base: '0'.repeat(64),
    reason: 'x',
  });
  assert.equal(refused.status, 409);
  assert.equal((await apply('version: 2')).status, 400);
  for (const reason of ['two\nlines', 'half \ud800 a pair'])
    assert.equal((await apply(BLOCKS, { reason })).body.field, '/reason');
  assert.equal((await apply(BLOCKS)).status, 200);
  const { ok, warnings } = (await admin('POST', '/policy/check', { text: ROLES })).body;
  assert.deepEqual([ok, warnings], [true, [{ kind: 'loosens', message: 'guards words: gone (patterns)' }]]);
  assert.ok(!JSON.stringify(gateway.allEntries()).includes('forbidden'));
});

test('drafts, versions and the one in force are compared', async (t) => {
  const { admin } = await place(t);
  const { body } = await admin('POST', '/policy/diff', { text: BLOCKS });
  assert.match(String(body.unified), /^--- running\n\+\+\+ draft\n/);
  assert.deepEqual(body.changes, [
    { section: 'guards', name: 'words', field: '', effect: 'tightens', before: null, after: 'patterns' },
  ]);
  assert.deepEqual((await admin('POST', '/policy/diff', { from: 2, to: 'file' })).body.changes, []);
  assert.equal((await admin('POST', '/policy/diff', { from: 99 })).status, 404);
  const broken = (await admin('POST', '/policy/diff', { text: 'version: 2' })).body;
  assert.deepEqual([broken.changes, typeof broken.problem], [null, 'string']);
});

test('what was changed since is not written over', async (t) => {
  const { admin, file, gateway, digest } = await place(t);
  const base = await digest();
  writeFileSync(file, `# by hand\n${ROLES}`);
  const byHand = await admin('POST', '/policy/apply', { text: BLOCKS, base, reason: 'x' });
  assert.equal(byHand.status, 409);
  assert.match(String(byHand.body.title), /changed by hand and not loaded \(1 lines more, 0 fewer\)/);
  assert.equal(readFileSync(file, 'utf8'), `# by hand\n${ROLES}`);
  await gateway.gateway.reload();
  const two = await Promise.all(
    [1, 2].map(async () =>
      admin('POST', '/policy/apply', { text: BLOCKS, base: await digest(), reason: 'x' }),
    ),
  );
  assert.deepEqual(two.map(({ status }) => status).sort(), [200, 409]);
  const { versions } = (await admin('GET', '/policy/versions')).body as { versions: Said['body'][] };
  assert.deepEqual(
    versions.map(({ origin }) => origin),
    ['applied', 'file', 'file', 'file'],
  );
});

test('where it cannot be written or loaded, file and policy are as they were', async (t) => {
  const disk = new FaultyDisk();
  const { admin, apply, file, gateway, says } = await place(t, {
    replace: (options) => ({ ...options, policyDisk: disk }),
  });
  const same = async (said: Said, why: RegExp) => {
    assert.deepEqual([said.status, readFileSync(file, 'utf8')], [409, ROLES], JSON.stringify(said.body));
    assert.match(String(said.body.title), why);
    assert.equal(await says('forbidden fruit'), 200);
    assert.equal(((await admin('GET', '/policy/versions')).body.versions as unknown[]).length, 2);
    assert.deepEqual(
      readdirSync(gateway.folder).filter((name) => name.endsWith('.new')),
      [],
    );
  };
  for (const operation of ['write', 'sync'] as const)
    for (const how of ['before', 'half', 'after'] as const) {
      disk.fault = { file: /policy/, operation, how, code: 'ENOSPC' };
      await same(await apply(BLOCKS), /Nothing was changed/);
    }
  // Settings that were broken meanwhile make the reload fail, when the file is written already.
  const settings = join(gateway.folder, 'gatehouse.yaml');
  const fine = readFileSync(settings, 'utf8');
  writeFileSync(settings, `${fine}\nnonsense: 1\n`);
  await same(await apply(BLOCKS), /nonsense/);
  writeFileSync(settings, fine);
  assert.equal((await apply(BLOCKS)).status, 200);
});

test('a place that takes no files is said to be one', async (t) => {
  const closed = {
    ...nodeDisk,
    open: () => Promise.reject(Object.assign(new Error('read-only'), { code: 'EROFS' })),
  };
  const { apply } = await place(t, { replace: (options) => ({ ...options, policyDisk: closed }) });
  const said = await apply(BLOCKS);
  assert.equal(said.status, 409);
  assert.match(
    String(said.body.title),
    /read-only, as that of a ConfigMap is.* Change it where it comes from and reload/,
  );
});

test('nobody is locked out without a word', async (t) => {
  const { admin, apply } = await place(t);
  const without = ROLES.replace('"policy.*"', 'policy.read');
  const { warnings } = (await admin('POST', '/policy/check', { text: without })).body;
  assert.equal((warnings as { kind: string }[])[0]?.kind, 'locks_out');
  const forbids = `${ROLES}authorization: { policies: 'forbid (principal, action, resource);' }\n`;
  assert.equal((await apply(forbids)).body.field, '/lockout');
  const refused = await apply(without);
  assert.deepEqual([refused.status, refused.body.field], [409, '/lockout']);
  assert.equal((await apply(without, { lockout: true })).status, 200);
  assert.equal((await apply(ROLES)).status, 403);
});

test('only documents beside the policy are read for a draft; another one is not brought back with an old text', async (t) => {
  const cedar =
    '@id("nights") forbid (principal, action == Action::"chat", resource) when { context.utc.hour < 5 };';
  const { admin, apply, gateway } = await place(t, {
    files: { 'nights.cedar': cedar, 'secret.txt': 'secret words' },
  });
  symlinkSync(join(gateway.folder, 'secret.txt'), join(gateway.folder, 'link.cedar'));
  const naming = (file: string) => `${ROLES}authorization: { files: ["${file}"] }\n`;
  for (const name of ['secret.txt', 'gatehouse.yaml', '/etc/passwd', '../x.cedar', 'link.cedar']) {
    const { body } = await admin('POST', '/policy/check', { text: naming(name) });
    assert.equal(body.ok, false, name);
    assert.ok(!JSON.stringify(body).includes('secret words'));
  }
  const applied = await apply(naming('./nights.cedar'));
  assert.equal(applied.status, 200, JSON.stringify(applied.body));
  assert.equal((await apply(ROLES)).status, 200);
  writeFileSync(join(gateway.folder, 'nights.cedar'), cedar.replace('5', '6'));
  const refused = await admin('POST', `/policy/versions/${applied.body.version}/restore`, { reason: 'back' });
  assert.equal(refused.status, 409);
  assert.match(String(refused.body.title), /nights\.cedar/);
  const { files } = (await admin('GET', `/policy/versions/${applied.body.version}`)).body;
  assert.deepEqual(files, { './nights.cedar': cedar });
});
