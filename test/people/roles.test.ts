import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ENDPOINTS } from '../../src/gateway/admin/admin.ts';
import { AUTH_ENDPOINTS } from '../../src/gateway/people/authenticate.ts';
import { mayAtAll } from '../../src/policy/decide.ts';
import { DEFAULT_POLICY } from '../../src/policy/default-policy.ts';
import { startGateway } from '../harness/gateway.ts';
import { Browser, enrolled, HandClock, onClock } from './browser.ts';

/** Insecure direct references (WSTG-ATHZ-04): every endpoint, asked by a person of every role of a first start. */

const ROLES = ['operator', 'developer', 'reviewer', 'auditor', 'vetter'];
/** The part of the shipped policy that says who may do what, below the harness's own roles. */
const SHIPPED = /\nroles:\n[\s\S]*?(?=\n# Rules with conditions)/.exec(DEFAULT_POLICY)?.[0] ?? '';
const POLICY = SHIPPED.replace('\nroles:\n', '')
  .replace(/ {2}# For programs[\s\S]*?(?= {2}# For people who run)/, '')
  .replace(/^ {2}admin:/m, '  chief:');

suite('roles', () => {
  test('each may do what the policy says they may, and nothing else; nobody without a session, nor by a cookie alone', async (t) => {
    const clock = new HandClock();
    const gateway = await startGateway({
      upstream: 'http://127.0.0.1:9',
      policy: `${POLICY}\nguards: []\n`,
      settings: 'abuse: { repeats: off, invalid_requests: off, strangers: off }',
      replace: onClock(clock),
    });
    t.after(() => gateway.close());
    const { gate } = gateway.gateway;
    gate.store.callers.update('admin', { roles: ['admin', 'chief', 'reviewer', 'vetter'] });
    const stranger = new Browser(gateway.url);
    for (const role of ROLES) {
      const { browser, id } = await enrolled(gateway, clock, role, [role]);
      const person = { ...gate.store.people.get(id), owner: '', tags: {}, credential: '' };
      for (const { method, path, action, changes } of ENDPOINTS) {
        const may = mayAtAll(gate.house.policy, person, action);
        const at = path.replace(':id', 'nobody');
        if (method === 'GET' && path.endsWith('/live')) continue;
        const label = `${role} ${method} ${path}`;
        assert.equal((await stranger.ask(method, at)).body.code, 'credential_missing', label);
        if (changes) {
          const forged = await browser.ask(method, at, {}, { 'x-gatehouse-csrf': '' });
          assert.equal(forged.body.code, 'csrf_refused', label);
        }
        if (may && changes) continue;
        const csrf = { 'x-gatehouse-csrf': browser.csrf };
        const { status, body } = await browser.ask(method, at, {}, csrf);
        if (may) assert.ok(status !== 401 && body.code !== 'forbidden', `${label}: ${status}`);
        else assert.deepEqual([status, body.code], [403, 'forbidden'], label);
      }
    }
    for (const { method, path, session } of AUTH_ENDPOINTS) {
      if (session === 'none') continue;
      assert.equal((await stranger.ask(method, path)).body.code, 'credential_missing', path);
    }
  });

  test('what changes what others may do, or shows what was sealed, asks people for a fresh factor', () => {
    const fresh = new Set(ENDPOINTS.filter((one) => one.fresh).map(({ action }) => action));
    for (const action of [
      'callers.write',
      'people.write',
      'config.reload',
      'content.read',
      'content.erase',
      'vault.rotate',
      'registry.approve',
      'registry.export',
    ] as const)
      assert.ok(fresh.has(action), action);
    for (const { name, action, fresh: asked } of ENDPOINTS)
      if (action === 'callers.write' || action === 'people.write') assert.equal(asked, true, name);
  });
});
