import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser, BrowserContext } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { startUpstream } from '../harness/upstream.ts';
import { App, HandClock, onClock, PASSPHRASE } from '../people/browser.ts';
import { COLOURS, noBrowser, openBrowser, Watched } from './browser.ts';
import { signed } from './signed.ts';

const POLICY = `guards:
  - use: bounds
  - use: patterns
    name: words
    action: { prompt: block, reply: block }
    patterns: [{ id: forbidden, match: "forbidden fruit", ignore_case: true }]
`;
const ROLES = `  chief:
    allow:
      - actions: ["callers.*", "people.*", "policy.*", "config.*", "audit.read", "metrics.read", "incidents.*", "registry.*", "content.*"]
`;

/** Text that would run if any page took it for markup. */
const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>';

suite('the console in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let browser: Browser;
  let context: BrowserContext;
  let watched: Watched;
  let app: App;
  let site: string;

  const at = (page: string) => `${site}/console/${page}`;
  const ask = (content: string, model = 'm') =>
    gateway.post('/v1/chat/completions', { model, messages: [{ role: 'user', content }] });
  const seen = (text: string | RegExp) => watched.page.getByText(text).first().waitFor();
  const heading = (name: string) =>
    watched.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

  let broken = false;
  /** Steps of one walk: after one that failed the others would only say so again. */
  const step = (name: string, act: () => Promise<void> | void) =>
    test(name, async (t) => {
      if (broken) return t.skip('a step before it failed');
      broken = true;
      await act();
      broken = false;
    });

  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ upstream: upstream.url, policy: ROLES + POLICY, replace: onClock(clock) });
    site = gateway.url.replace('127.0.0.1', 'localhost');
    browser = await openBrowser();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    watched = new Watched(page, site);
    await watched.prepare();
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
  });

  step('a link sets factors, shows the recovery codes once, and leads in', async () => {
    const { people, links } = gateway.gateway.gate.store;
    const ann = people.create({ name: 'Ann', login: 'ann', team: 'default', roles: ['chief'] });
    const { token } = links.make(ann.id, 'invite', 3_600_000);
    const { page } = watched;
    await page.goto(at(`#enrol=${token}`));
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    assert.ok(!page.url().includes(token), 'the token stays in the address');
    await watched.accessible('enrolment');
    const secret = (await page.locator('code.secret').innerText()).replaceAll(' ', '');
    app = new App(`otpauth://totp/Gatehouse:ann?secret=${secret}&issuer=Gatehouse`, clock);
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase, again').fill(PASSPHRASE);
    await page.getByRole('textbox', { name: 'Code' }).fill(app.next());
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).waitFor();
    assert.equal(await page.locator('.codes li').count(), 10);
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await heading('Now');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Login').waitFor();
  });

  step('passphrase and code, by keyboard alone', async () => {
    const { page } = watched;
    await watched.accessible('sign-in');
    await page.getByLabel('Login').fill('ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the right words');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Code' }).waitFor();
    await watched.accessible('code');
    await page.getByRole('textbox', { name: 'Code' }).fill(app.next());
    await page.keyboard.press('Enter');
    await heading('Now');
  });

  step('what happens is seen as it happens, and leads to its exchange', async () => {
    const { page } = watched;
    await page.getByText('Live', { exact: true }).waitFor();
    assert.equal((await ask('hello')).status, 200);
    assert.equal((await ask('the forbidden fruit')).status, 403);
    await page.locator('section[aria-label="Newest exchanges"] tbody tr').nth(1).waitFor();
    await seen('blocked');
    await watched.accessible('now');
    await page.emulateMedia({ colorScheme: 'dark' });
    await watched.accessible('now, dark', COLOURS);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  step('of any time: callers, and every point leads to its exchanges', async () => {
    const { page } = watched;
    await page.goto(at('?since=2h'));
    await page.locator('section[aria-label="Callers"] tbody a', { hasText: /^app$/ }).waitFor();
    await watched.accessible('now, since');
    await page.getByText('The numbers of these charts').click();
    await page.locator('section[aria-label="Traffic a minute"] tbody a').first().click();
    await heading('Exchanges');
    await page.locator('section[aria-label="Exchanges"] tbody tr').nth(1).waitFor();
    await page.goBack();
    await page.locator('section[aria-label^="Requests a minute"] .picked canvas').waitFor();
    await page.locator('section[aria-label^="Requests a minute"] .u-over').click();
    await heading('Exchanges');
    assert.match(page.url(), /since=.*&until=/);
  });

  step('an exchange shows its way and its findings, and is verified here', async () => {
    const { page } = watched;
    await signed(gateway);
    await page.goto(at('exchanges?outcome=blocked'));
    await page.locator('section[aria-label="Exchanges"] tbody a').first().click();
    await heading('Exchange');
    await seen('The way it went');
    await page.locator('.way .stopped', { hasText: 'inspect prompt' }).waitFor();
    await page.locator('.findings', { hasText: 'words.forbidden' }).waitFor();
    await page
      .getByRole('button', { name: /Verify in this browser/ })
      .first()
      .click();
    await page.locator('.proof .badge', { hasText: 'verified' }).waitFor();
    await watched.accessible('exchange');
  });

  step('an entry that is not the signed one is never called verified', async () => {
    const { page } = watched;
    await page.route('**/admin/v1/ledger/proof/*', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: (await answer.text()).replace('blocked', 'allowed') });
    });
    await page.reload();
    await page
      .getByRole('button', { name: /Verify in this browser/ })
      .first()
      .click();
    await seen(/^Not verified\./);
    assert.equal(await page.locator('.proof .badge').count(), 0);
    await page.unroute('**/admin/v1/ledger/proof/*');
  });

  step('an act that needs it asks for a factor, and goes on by itself; names are only text', async () => {
    const { page } = watched;
    clock.pass(11 * 60_000);
    await page.goto(at('callers'));
    await page.getByRole('button', { name: 'Make a caller' }).click();
    await page.getByLabel('Name', { exact: true }).fill(HOSTILE);
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { name: 'Show that it is you' }).waitFor();
    await page.getByRole('textbox', { name: 'Code' }).fill(app.next());
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('dialog code.secret', { hasText: 'ghk_' }).waitFor();
    await watched.accessible('a new key');
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('link', { name: HOSTILE }).waitFor();
    assert.equal(await page.locator('img[src="x"]').count(), 0);
  });

  step('a filter stands in the address, and tables are taken along', async () => {
    const { page } = watched;
    await page.goto(at('callers?q=app'));
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV of Callers and keys' }).click();
    const file = await (await saved).path();
    const { readFileSync } = await import('node:fs');
    assert.match(readFileSync(file, 'utf8'), /^name,team,roles,owner,state,keys,id\r\napp,/);
    await page.goto(at(`exchanges?code=${encodeURIComponent(HOSTILE)}`));
    await seen('Nothing fits');
  });

  const PAGES = [
    'Exchanges',
    'Incidents',
    'Detections',
    'Callers',
    'People',
    'Policy',
    'Models',
    'Usage',
    'Ledger',
  ];
  for (const name of PAGES)
    step(`${name}: reached by the navigation, in both themes without a violation`, async () => {
      const { page } = watched;
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await heading(name);
      await page.locator('.table-block, .empty-state').first().waitFor();
      // Pages that ask for several things have them all, or the next step waits in vain.
      for (const still of await page.getByText('Loading …').all()) await still.waitFor({ state: 'detached' });
      assert.equal(await page.getByText('Loading …').count(), 0);
      await watched.accessible(name);
      await page.getByLabel('Colours').selectOption('dark');
      await watched.accessible(`${name}, dark`, COLOURS);
      await page.getByLabel('Colours').selectOption('system');
    });

  step('keys lead around, and past the navigation', async () => {
    const { page } = watched;
    await page.goto(at(''));
    await heading('Now');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate('document.activeElement.id'), 'main');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await heading('Ledger');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keys' }).waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    assert.equal(await page.evaluate("document.activeElement.getAttribute('name')"), 'kind');
  });

  step('a passkey is added, and opens the door alone', async () => {
    const { page } = watched;
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto(at('account'));
    await heading('Your account');
    await watched.accessible('account');
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    await page.getByLabel('Name', { exact: true }).fill('laptop');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('cell', { name: 'laptop', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await heading('Now');
  });

  step('behind a link a passkey takes the place of the app', async () => {
    const { people, links } = gateway.gateway.gate.store;
    const bea = people.create({ name: 'Bea', login: 'bea', team: 'default', roles: ['chief'] });
    const { token } = links.make(bea.id, 'invite', 3_600_000);
    const { page } = watched;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto('about:blank');
    await page.goto(at(`#enrol=${token}`));
    await page.getByLabel('Second factor').selectOption('passkey');
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase, again').fill(PASSPHRASE);
    await page.getByLabel('Name', { exact: true }).fill('phone');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await heading('Now');
  });

  step('nothing went wrong meanwhile, and nothing was asked of anybody else', () => watched.nothingWrong());
});
