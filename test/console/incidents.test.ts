import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { startUpstream } from '../harness/upstream.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';

const ROLES = `  chief:
    allow:
      - actions: ["callers.*", audit.read, "incidents.*", policy.read, "people.*"]
`;
const GUARDS = `guards:
  - use: patterns
    name: words
    action: flag
    patterns: [{ id: forbidden, match: "forbidden fruit", ignore_case: true }]
`;

suite('an incident in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let browser: Browser;
  let ann: AtBrowser;

  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ upstream: upstream.url, policy: ROLES + GUARDS, replace: onClock(clock) });
    gateway.gateway.gate.store.callers.update('admin', { roles: ['admin', 'chief'] });
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['chief']);
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
  });

  const ask = async (content: string): Promise<number> => {
    const answer = await gateway.post('/v1/chat/completions', {
      model: 'm',
      messages: [{ role: 'user', content }],
    });
    await answer.text();
    return answer.status;
  };
  const said = (text: string | RegExp) => ann.page.getByText(text).first().waitFor();
  const press = (name: string | RegExp) => ann.page.getByRole('button', { name }).first().click();
  const inDialog = (name: string) => ann.page.locator('dialog').getByRole('button', { name }).click();
  const heading = (name: string) => ann.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  const now = (state: string) =>
    ann.page.locator('.states [aria-current="step"]', { hasText: state }).waitFor();

  test('it is opened about a caller, and worked on until it is closed', async (t) => {
    const { page, watched } = ann;
    await t.test('opened where the caller is looked at', async () => {
      assert.equal(await ask('the forbidden fruit'), 200);
      const { id } = gateway.gateway.gate.store.callers.get('app');
      await ann.open(`callers/${id}`);
      await heading('Caller');
      await press('Open an incident');
      await page.getByLabel('What happened').fill('<b>app</b> asks for what it must not');
      await page.getByLabel('Severity').selectOption('high');
      await inDialog('Open it');
      await heading('Incident');
      await said('<b>app</b> asks for what it must not');
      await now('new');
      await watched.accessible('incident');
    });

    await t.test('contained: the caller is refused', async () => {
      await press('Contain …');
      await page.getByLabel('What is done').selectOption('suspend_caller');
      await said(/What comes of it: .* switched off/);
      await watched.accessible('contain');
      await inDialog('Do it');
      await now('contained');
      assert.equal(await ask('anything'), 401);
    });

    await t.test('guards are chosen from those of the policy, and tightened', async () => {
      await press('Contain …');
      await page.getByLabel('What is done').selectOption('tighten_guard');
      assert.deepEqual(await page.getByLabel('Guard').locator('option').allInnerTexts(), ['words']);
      await inDialog('Do it');
      await page.locator('[aria-label="Measures"] tbody tr').nth(1).waitFor();
    });

    await t.test(
      'undone, by somebody who shows a factor now: the caller is let in, the guard still blocks',
      async () => {
        clock.pass(11 * 60_000);
        await press(/Undo suspend caller/);
        await ann.showCode();
        await page.locator('[aria-label="Measures"] .badge', { hasText: 'undone' }).waitFor();
        assert.equal(await ask('anything'), 200);
        assert.equal(await ask('the forbidden fruit'), 403);
        await press(/Undo tighten guard/);
        await page.locator('[aria-label="Measures"] .badge', { hasText: 'undone' }).nth(1).waitFor();
        assert.equal(await ask('the forbidden fruit'), 200);
      },
    );

    await t.test('what others do is seen as it happens', async () => {
      const id = new URL(page.url()).pathname.split('/').at(-1);
      const answer = await fetch(`${gateway.url}/admin/v1/incidents/${id}/comment`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ text: 'seen from elsewhere <script>alert(1)</script>' }),
      });
      assert.equal(answer.status, 201);
      await said('seen from elsewhere <script>alert(1)</script>');
      await page.getByLabel('Comment', { exact: true }).fill('understood');
      await press('Comment');
      await said('understood');
    });

    await t.test('severity, owner, playbook, links and evidence', async () => {
      await press('Take it');
      await page.locator('.facts dd', { hasText: /^ann$/ }).waitFor();
      await press('Change …');
      await page.locator('dialog').getByLabel('Severity').selectOption('critical');
      await inDialog('Change it');
      await page.locator('.facts .badge', { hasText: 'critical' }).waitFor();

      await page.locator('select[name="playbook"]').selectOption('stolen-key');
      await press('Follow it');
      const step = page.locator('.steps input').first();
      await step.check();
      await page.locator('.steps .done').first().waitFor();
      await page.locator('.card', { hasText: 'What is said to whom' }).locator('summary').first().click();
      await page.locator('.message', { hasText: 'asks for what it must not' }).first().waitFor();

      await press('Link …');
      await page.locator('dialog').getByLabel('Kind').selectOption('models');
      await page.locator('dialog').getByLabel('What', { exact: true }).fill('m');
      await inDialog('Link it');
      await press(/Remove m$/);
      await page.getByRole('button', { name: /Remove m$/ }).waitFor({ state: 'detached' });

      await press('Lock evidence …');
      await page.getByLabel('Entries of the ledger').fill('0-2');
      await page
        .getByLabel('Files')
        .setInputFiles({ name: 'dump.json', mimeType: 'x/y', buffer: Buffer.from('{}') });
      await inDialog('Lock it');
      await said('entries 0–2, dump.json');
      await watched.accessible('incident, worked on');
    });

    await t.test('recovered, closed, and told of', async () => {
      for (const to of ['eradicated', 'recovered']) {
        await press(`Move to ${to}`);
        await now(to);
      }
      await press('Move to closed');
      await inDialog('Close it');
      await now('closed');
      await page.locator('summary', { hasText: 'Read it here' }).click();
      await page.getByRole('heading', { name: 'Open questions' }).waitFor();
      for (const [form, ending] of [
        ['Markdown', 'md'],
        ['HTML', 'html'],
      ]) {
        const saved = page.waitForEvent('download');
        await press(new RegExp(`^${form}`));
        assert.ok((await saved).suggestedFilename().endsWith(`.${ending}`));
      }
      assert.equal(await page.getByRole('button', { name: 'Contain …' }).count(), 0);
    });
  });

  test('on a telephone nothing is wider than the screen', async () => {
    await ann.page.setViewportSize({ width: 390, height: 844 });
    await ann.open('incidents');
    await heading('Incidents');
    await ann.page.locator('[aria-label="Incidents"] tbody a').first().click();
    await now('closed');
    assert.ok(await ann.page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  });

  test('nothing went wrong meanwhile', () => ann.watched.nothingWrong());
});
