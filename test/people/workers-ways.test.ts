import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { gatehouseJson, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { Authenticator } from './authenticator.ts';
import { Browser, PASSPHRASE, type Said } from './browser.ts';
import { CLIENT, JarBrowser, startProvider } from './provider.ts';

const POLICY = `version: 1
roles:
  admin: { allow: [{ actions: ["people.*", policy.read, "config.*"] }] }
  operator: { allow: [{ actions: [policy.read] }] }
`;

suite('passkeys and providers, with workers', () => {
  test('whichever process is asked: what was begun at one is finished at another', async (t) => {
    const provider = await startProvider();
    t.after(() => provider.close());
    const folder = tempFolder(t);
    writeFileSync(`${folder}/policy.yaml`, POLICY);
    writeFileSync(
      `${folder}/gatehouse.yaml`,
      `workers: 2
abuse: { strangers: off }
upstreams:
  open: { dialect: openai, practice: true, models: [m] }
people:
  oidc:
    corp: { issuer: "${provider.url}", client_id: ${CLIENT.id}, client_secret: ${CLIENT.secret}, everyone: operator }
`,
    );
    const gateway = await serve(t, folder);
    const back = `${gateway.address}/auth/v1/oidc/callback/corp`;
    provider.register([back]);
    provider.subject = 's-1';
    const browser = new JarBrowser();
    const { location } = await browser.json(`${gateway.address}/auth/v1/oidc/begin?provider=corp`);
    const page = await browser.arrive(await browser.walk(location));
    assert.equal(page.status, 200, page.text);
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    for (let i = 0; i < 6; i += 1)
      assert.equal((await browser.ask(`${gateway.address}/admin/v1/policy`)).status, 200);

    const invited = (await gatehouseJson(folder, [
      ...['people', 'invite', '--name', 'Ann', '--roles', 'operator'],
    ])) as Said;
    const origin = gateway.address.replace('127.0.0.1', 'localhost');
    const key = new Authenticator(origin);
    const own = new Browser(origin);
    const { enrolment } = (await own.post('/auth/v1/enrolment', { link: invited.token })).body;
    const begun = await own.post('/auth/v1/enrolment/passkey/begin', { enrolment });
    const credential = key.create(begun.body.options);
    const chosen = { enrolment, passphrase: PASSPHRASE, name: 'key', credential };
    const done = await own.post('/auth/v1/enrolment/passkey', chosen);
    assert.equal(done.status, 200, done.text);
    const { options } = (await own.get('/auth/v1/sign-in/passkey')).body;
    const alone = await own.post('/auth/v1/sign-in/passkey', { credential: key.get(options) });
    assert.equal(alone.status, 200, alone.text);
    assert.equal((await gateway.stop()).code, 0);
    const signed = ledgerOf(folder).filter(({ kind }) => kind === 'person.signed_in');
    assert.deepEqual(
      signed.map(({ factors }) => factors),
      [['oidc:corp'], ['passphrase', 'passkey'], ['passkey']],
    );
  });
});
