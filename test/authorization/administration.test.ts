import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';

/** Administrators under conditions: what they may do, and what they may hand out. */
const POLICY = `authorization:
  policies: |
    @id("lead")
    permit (principal in Role::"lead", action in [Action::"callers.read", Action::"callers.write"], resource)
    when { resource has team && resource.team == principal.team };
    @id("door")
    permit (principal in Role::"door", action == Action::"callers.write", resource);
    @id("reader")
    permit (principal in Role::"reader", action == Action::"policy.read", resource);
    @id("night")
    permit (principal in Role::"night", action == Action::"audit.read", resource)
    when { principal.hasTag("shift") && principal.getTag("shift") == "night" };
`;

let gateway: TestGateway;
const keys = new Map<string, string>();
before(async () => {
  gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    settings: `identity:
  issuers:
    corp:
      issuer: http://127.0.0.1:9
      audience: gatehouse
      subjects: registered
      claims: { roles: groups }
      roles: { admins: [admin] }
    staff: { issuer: "http://localhost:9", audience: gatehouse, subjects: registered }
`,
  });
  const { callers } = gateway.gateway.gate.store;
  const make = (name: string, roles: string[], team = 'web', tags: Record<string, string> = {}) =>
    keys.set(name, callers.create({ name, owner: 'test', team, roles, tags }).key);
  make('web-lead', ['lead']);
  make('web-bot', ['app']);
  make('ops-bot', ['app'], 'ops');
  make('reader', ['reader']);
  make('door', ['door'], 'ops');
  make('night', ['night', 'lead'], 'web', { shift: 'night' });
});
after(() => gateway.close());

async function admin(who: string, path: string, body?: unknown) {
  const answer = await fetch(`${gateway.url}/admin/v1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${who === 'admin' ? gateway.adminKey : keys.get(who)}`,
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
}
const lastBy = () => (gateway.entries().findLast(({ by }) => by !== undefined) as { by?: string[] }).by;

suite('objects of a team', () => {
  test('a lead sees and changes the callers of their own team', async () => {
    const { body } = await admin('web-lead', '/callers');
    const names = (body.callers as unknown as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(names.sort(), ['night', 'reader', 'web-bot', 'web-lead']);
    assert.equal((await admin('web-lead', '/callers/web-bot')).status, 200);
    assert.equal((await admin('web-lead', '/callers/web-bot/disable', {})).status, 200);
    assert.deepEqual(lastBy(), ['lead']);
    assert.equal((await admin('web-lead', '/callers/web-bot/enable', {})).status, 200);
  });

  test('not those of another, nor who is not there, which looks the same', async () => {
    for (const path of ['/callers/ops-bot', '/callers/nobody']) {
      const { status, body } = await admin('web-lead', path);
      assert.deepEqual([status, body.code], [403, 'forbidden']);
    }
    assert.equal((await admin('web-lead', '/callers/ops-bot/rotate', {})).status, 403);
  });

  test('they make callers in it, and move none out of it or into it', async () => {
    assert.equal((await admin('web-lead', '/callers', { name: 'new', team: 'web' })).status, 201);
    assert.equal((await admin('web-lead', '/callers', { name: 'new2', team: 'ops' })).status, 403);
    assert.equal((await admin('web-lead', '/callers', { name: 'new3' })).status, 403, 'team default');
    assert.equal((await admin('web-lead', '/callers/new', { team: 'ops' })).status, 403);
    assert.equal((await admin('web-lead', '/callers/ops-bot', { team: 'web' })).status, 403);
  });
});

suite('GHSA-wpfp-gwwc-vwq6: nobody hands out more than they have', () => {
  test('nobody lets in through an issuer whom they could not have made', async () => {
    const register = (who: string, issuer: string) =>
      admin(who, '/identities', { issuer, subject: 'ann' }).then(({ status }) => status);
    assert.equal(await register('door', 'corp'), 403, 'the issuer may say that they are an admin');
    assert.equal(await register('door', 'staff'), 201);
    assert.equal(await register('admin', 'corp'), 201);
  });

  test('a lead makes no admin, no other lead, and nobody with a role that only a document knows', async () => {
    for (const role of ['admin', 'reader', 'night', 'lead']) {
      const { status, body } = await admin('web-lead', '/callers', { name: 'x', team: 'web', roles: [role] });
      assert.deepEqual([role, status, body.code], [role, 403, 'forbidden']);
      const update = await admin('web-lead', '/callers/web-bot', { roles: [role] });
      assert.equal(update.status, 403, role);
      assert.equal(
        (await admin('web-lead', '/callers/web-lead', { roles: ['lead', role] })).status,
        403,
        role,
      );
    }
    const { body } = await admin('web-lead', '/callers', { name: 'x', team: 'web', roles: ['made-up'] });
    assert.equal(body.code, 'request_invalid');
  });

  test('an admin makes what they are, and nobody that could do what they may not', async () => {
    const make = (name: string, roles: string[]) => admin('admin', '/callers', { name, team: 'web', roles });
    assert.equal((await make('admin2', ['admin'])).status, 201);
    assert.equal((await make('lead2', ['lead'])).status, 201);
    assert.equal((await make('reader2', ['reader'])).status, 201);
    assert.equal((await make('night2', ['night'])).status, 201);
  });

  test('leave that hangs on a tag is not passed on by way of the tag', async () => {
    const { status } = await admin('night', '/callers', { name: 'y', team: 'web', roles: ['night'] });
    assert.equal(status, 403);
    const tagged = { name: 'z', team: 'web', roles: ['night'], tags: { shift: 'night' } };
    assert.equal((await admin('web-lead', '/callers', tagged)).status, 403);
  });
});

suite('the matrix and the ledger', () => {
  test('who may read the policy reads the matrix', async () => {
    const { status, body } = await admin('reader', '/policy/matrix');
    assert.equal(status, 200);
    const cells = body.matrix as unknown as { role: string; action: string; effect: string; by: string[] }[];
    const cell = (role: string, action: string) => {
      const found = cells.find((one) => one.role === role && one.action === action);
      return [found?.effect, found?.by];
    };
    assert.deepEqual(cell('lead', 'callers.write'), ['some', ['lead']]);
    assert.deepEqual(cell('reader', 'policy.read'), ['allow', ['reader']]);
    assert.deepEqual(cell('app', 'chat'), ['allow', ['roles.app.allow[0]']]);
    assert.deepEqual(cell('app', 'callers.read'), ['deny', []]);
    assert.deepEqual(lastBy(), ['reader']);
    assert.equal((await admin('web-lead', '/policy/matrix')).status, 403);
  });
});

test('nobody is moved out of a team whose rules hold the mover back, with the roles that they keep', async (t) => {
  const other = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: `authorization:
  policies: |
    @id("watcher")
    permit (principal in Role::"watcher", action in [Action::"callers.write", Action::"audit.read"], resource);
    @id("not-theirs")
    forbid (principal in Role::"watcher", action == Action::"audit.read", resource)
    when { principal.team == "ops" && resource has team };
`,
  });
  t.after(() => other.close());
  const { callers } = other.gateway.gate.store;
  const draft = { owner: 'test', team: 'ops', roles: ['watcher'], tags: {} };
  const { key } = callers.create({ ...draft, name: 'one' });
  callers.create({ ...draft, name: 'two' });
  const update = async (name: string, change: object) => {
    const answer = await fetch(`${other.url}/admin/v1/callers/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    return answer.status;
  };
  assert.equal(await update('two', { owner: 'somebody' }), 200);
  for (const name of ['one', 'two']) assert.equal(await update(name, { team: 'core' }), 403);
});

test('a policy with a mistake in its Cedar text changes nothing', async () => {
  const { hash } = gateway.gateway.gate.house.policy;
  const broken = (text: string) =>
    `version: 1\nroles: { admin: { allow: [{ actions: ["callers.*", "config.*"] }] } }\nauthorization: { files: [a.cedar] }\n# ${text}\n`;
  writeFileSync(join(gateway.folder, 'policy.yaml'), broken('next'));
  writeFileSync(
    join(gateway.folder, 'a.cedar'),
    '// ü\npermit (principal, action, resource) when { context.purpos == "x" };\n',
  );
  const { status, body } = await admin('admin', '/reload', {});
  assert.equal(status, 409);
  assert.match(String(body.title), /a\.cedar:2:45 .*purpos.*did you mean `purpose`/);
  assert.equal(gateway.gateway.gate.house.policy.hash, hash);
  writeFileSync(join(gateway.folder, 'a.cedar'), 'permit (principal, action == Action::"chat", resource);\n');
  assert.equal((await admin('admin', '/reload', {})).status, 200);
  const next = gateway.gateway.gate.house.policy.hash;
  assert.notEqual(next, hash);
  writeFileSync(
    join(gateway.folder, 'a.cedar'),
    'permit (principal, action == Action::"embed", resource);\n',
  );
  assert.equal((await admin('admin', '/reload', {})).status, 200);
  assert.notEqual(gateway.gateway.gate.house.policy.hash, next, 'the files are part of the hash');
});
