import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { suite, test } from 'node:test';
import { TOTP, URI } from 'otpauth';
import { gatehouseJson, keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { Browser, PASSPHRASE, type Said } from './browser.ts';

/** Several processes, one gateway: whoever signs in at one has signed in at all, and has signed out at all. */

const POLICY = `version: 1
roles:
  admin: { allow: [{ actions: ["callers.*", "people.*", policy.read, "config.*", audit.read, metrics.read] }] }
  operator: { allow: [{ actions: [policy.read, "config.*"] }] }
`;

/** Over a connection of its own each, so that they spread over the processes. */
function apart(browser: Browser, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { cookie: browser.cookie ?? '', 'user-agent': browser.agent };
    const req = http.request(browser.url + path, { headers, agent: false }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode ?? 0));
    });
    req.on('error', reject);
    req.end();
  });
}

const everywhere = (browser: Browser) =>
  Promise.all(Array.from({ length: 12 }, () => apart(browser, '/admin/v1/policy')));

suite('people, with workers', () => {
  test('a session is open in all processes, and has ended in all; guesses are counted over all', async (t) => {
    const folder = tempFolder(t);
    writeFileSync(`${folder}/policy.yaml`, POLICY);
    writeFileSync(
      `${folder}/gatehouse.yaml`,
      'workers: 2\nlisten: { port: 0, trusted_proxies: [127.0.0.1] }\nabuse: { strangers: off }\nupstreams:\n  open: { dialect: openai, practice: true, models: [m] }\n',
    );
    const gateway = await serve(t, folder);
    const invited = (await gatehouseJson(folder, [
      'people',
      'invite',
      '--name',
      'Ann',
      '--roles',
      'operator',
    ])) as Said & {
      readonly url: string;
    };
    // The settings ask for any free port.
    assert.equal(invited.url, `${gateway.address}/console/#enrol=${invited.token}`);
    const { admin: key } = keysIn(gateway.out());
    const act = (path: string, body = {}) =>
      new Browser(gateway.address).post(`/admin/v1/people/ann/${path}`, body, {
        authorization: `Bearer ${key}`,
      });
    const browser = new Browser(gateway.address);
    const begun = await browser.post('/auth/v1/enrolment', { link: invited.token });
    const app = URI.parse(begun.body.totp.uri);
    assert.ok(app instanceof TOTP);
    const { enrolment } = begun.body;
    const done = await browser.post('/auth/v1/enrolment/finish', {
      enrolment,
      passphrase: PASSPHRASE,
      code: app.generate(),
    });
    assert.equal(done.status, 200, done.text);
    assert.match(done.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Strict/);
    assert.match(done.headers.get('content-security-policy') ?? '', /frame-ancestors/);
    assert.deepEqual([...new Set(await everywhere(browser))], [200]);
    assert.equal((await browser.post('/admin/v1/reload')).status, 200);

    assert.equal((await act('sign-out')).status, 200);
    assert.deepEqual([...new Set(await everywhere(browser))], [401]);

    const [code = ''] = done.body.recovery_codes;
    const first = await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
    assert.equal(
      (await browser.post('/auth/v1/sign-in/code', { pending: first.body.pending, code })).status,
      200,
    );
    assert.deepEqual([...new Set(await everywhere(browser))], [200]);
    assert.equal(
      (await browser.post('/admin/v1/reload', {}, { 'x-gatehouse-csrf': 'x' })).body.code,
      'csrf_refused',
    );
    assert.equal((await act('update', { roles: ['admin'] })).status, 200);
    assert.equal((await browser.get('/admin/v1/people')).body.people.length, 1);
    assert.equal((await act('disable')).status, 200);
    assert.deepEqual([...new Set(await everywhere(browser))], [401]);

    const guess = () =>
      new Browser(gateway.address).post('/auth/v1/sign-in', { login: 'ann', passphrase: 'x' });
    const burst = await Promise.all(Array.from({ length: 12 }, guess));
    assert.equal(burst.filter(({ status }) => status === 401).length, 3);
    // Headers of the socket's own mean nothing over the network.
    const forged = await browser.get('/auth/v1/session', { 'x-gatehouse-peer': '10.0.0.1' });
    assert.equal(forged.status, 401);
    const proxied = await browser.post(
      '/auth/v1/sign-in',
      { login: 'no', passphrase: 'x' },
      { 'x-forwarded-for': '203.0.113.9', 'x-gatehouse-peer': '10.0.0.1' },
    );
    assert.equal(proxied.status, 401);
    const refused = ledgerOf(folder).findLast(({ kind }) => kind === 'person.sign_in_refused');
    assert.equal(refused?.network, '203.0.113.0/24', 'of whom a trusted proxy asks for');
    assert.equal((await gateway.stop()).code, 0);
    const signed = ledgerOf(folder).filter(({ kind }) => kind === 'person.signed_in');
    assert.deepEqual(
      signed.map(({ factors }) => factors),
      [
        ['passphrase', 'totp'],
        ['passphrase', 'recovery_code'],
      ],
    );
  });
});
