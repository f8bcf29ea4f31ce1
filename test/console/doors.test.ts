import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { HandClock, onClock, PASSPHRASE } from '../people/browser.ts';
import { CLIENT, startProvider, type TestProvider } from '../people/provider.ts';
import { noBrowser, openBrowser, Watched } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';
import { walk } from './walk.ts';

const POLICY = `  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read] }] }
guards: []
`;

suite('ways in, and factors shown again, in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let provider: TestProvider;
  let gateway: TestGateway;
  let browser: Browser;
  let ann: AtBrowser;
  const step = walk();

  before(async () => {
    provider = await startProvider();
    gateway = await startGateway({
      upstream: 'http://127.0.0.1:9',
      policy: POLICY,
      settings: `people:
  oidc:
    corp:
      issuer: ${provider.url}
      client_id: ${CLIENT.id}
      client_secret: ${CLIENT.secret}
      label: Corp login
      userinfo: true
      claims: { roles: groups }
      scopes: [openid, profile]
      roles: { keepers: keeper }
abuse: { repeats: off, invalid_requests: off, strangers: off }`,
      replace: onClock(clock),
    });
    gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['keeper']);
    const back = '/auth/v1/oidc/callback/corp';
    provider.register([gateway.url + back, ann.site + back]);
    provider.people.eve = { name: 'Eve', preferred_username: 'eve', groups: ['keepers'] };
    provider.subject = 'eve';
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await provider?.close();
  });

  const heading = (page: Page, name: string) =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const signOut = async (page: Page) => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Login').waitFor();
  };

  step('a recovery code opens in the place of a code of the app, once', async () => {
    const { page } = ann;
    const [code = ''] = ann.recovery;
    const enter = async () => {
      await page.getByLabel('Login').fill('ann');
      await page.getByLabel('Passphrase').fill(PASSPHRASE);
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Code' }).fill(code);
      await page.keyboard.press('Enter');
    };
    await ann.open('account');
    await signOut(page);
    await enter();
    await heading(page, 'Your account');
    await page.getByRole('cell', { name: '9 left' }).waitFor();
    await signOut(page);
    await enter();
    await page.getByRole('alert').waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill(ann.app.next());
    await page.keyboard.press('Enter');
    await heading(page, 'Your account');
  });

  const makeCaller = async (name: string) => {
    await ann.open('callers');
    await ann.page.getByRole('button', { name: 'Make a caller' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill(name);
    await ann.page.getByRole('button', { name: 'Make it' }).click();
  };
  const asked = () => ann.page.getByRole('heading', { name: 'Show that it is you' });

  step('Escape leaves an act that asks for a factor; a wrong code is said, a right one goes on', async () => {
    const { page } = ann;
    clock.pass(11 * 60_000);
    await makeCaller('first');
    await asked().waitFor();
    await ann.watched.accessible('a factor is asked for');
    await page.keyboard.press('Escape');
    await asked().waitFor({ state: 'detached' });
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Make it' }).click();
    await asked().waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill('000000');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Show that it is you' }).getByRole('alert').waitFor();
    await ann.showCode();
    await page.locator('dialog code.secret', { hasText: 'ghk_' }).waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
  });

  step('a passkey is a fresh factor, too', async () => {
    const { page } = ann;
    const devtools = await ann.context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await ann.open('account');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name', { exact: true }).fill('laptop');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor();
    clock.pass(11 * 60_000);
    await makeCaller('second');
    await asked().waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.locator('dialog code.secret', { hasText: 'ghk_' }).waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('link', { name: 'second' }).waitFor();
    ann.watched.nothingWrong();
  });

  step('a provider vouches for somebody, and again before a dangerous act', async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const watched = new Watched(page, ann.site);
    await watched.prepare();
    await page.goto(`${ann.site}/console/callers`);
    await watched.accessible('the door');
    await page.getByRole('button', { name: 'Sign in with Corp login' }).click();
    await heading(page, 'Callers');
    await page.getByRole('link', { name: 'Eve' }).waitFor();
    clock.pass(11 * 60_000);
    await page.getByRole('button', { name: 'Make a caller' }).click();
    await page.getByLabel('Name', { exact: true }).fill('third');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'Show that it is you' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Code' }).count(), 0);
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await page.getByRole('heading', { name: 'Show that it is you' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Make a caller' }).click();
    await page.getByLabel('Name', { exact: true }).fill('third');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('dialog code.secret', { hasText: 'ghk_' }).waitFor();
    assert.deepEqual(
      watched.wrong.filter((what) => !what.startsWith(`elsewhere: ${provider.url}`)),
      [],
    );
  });
});
