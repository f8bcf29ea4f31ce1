import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import type { Browser } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { COLOURS, noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';
import { walk } from './walk.ts';

const POLICY = `  keeper: { allow: [{ actions: ["people.*", audit.read, "proposals.*"] }] }
two_people: [people.write]
guards: []
`;

suite('acts of two people in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let browser: Browser;
  let ann: AtBrowser;
  let bob: AtBrowser;
  const step = walk();

  const people = () => gateway.gateway.gate.store.people.list().map(({ name }) => name);
  const approving = () => ann.page.getByRole('heading', { name: 'Another person must approve' });
  const proposal = ({ page }: AtBrowser, name: string) =>
    page.locator('section[aria-label="Proposals"] tbody tr', { hasText: name });
  const invite = async (name: string) => {
    await ann.open('people');
    await ann.page.getByRole('button', { name: 'Invite somebody' }).click();
    await ann.page.getByLabel('Name', { exact: true }).fill(name);
    await ann.page.getByLabel('Roles').fill('keeper');
    await ann.page.getByRole('button', { name: 'Make the link' }).click();
    await approving().waitFor();
  };

  before(async () => {
    gateway = await startGateway({
      upstream: 'http://127.0.0.1:9',
      policy: POLICY,
      settings: 'abuse: { repeats: off, invalid_requests: off, strangers: off }',
      replace: onClock(clock),
    });
    gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['keeper']);
    bob = await atBrowser(browser, gateway, clock, 'Bob', ['keeper']);
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
  });

  step('who asks is told under which number it is proposed; Escape leaves it there', async () => {
    const { page } = ann;
    await invite('Cid');
    await page
      .getByText(/It is proposed as pro_[0-9a-f]+\./)
      .first()
      .waitFor();
    await ann.watched.accessible('a proposal is made');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await approving().waitFor();
    await page.keyboard.press('Escape');
    await approving().waitFor({ state: 'detached' });
    await page.getByRole('alert').filter({ hasText: 'Another person has to approve' }).waitFor();
    assert.ok(!people().includes('Cid'));
  });

  step('nobody approves their own; another one does, with a factor shown now; then it goes on', async () => {
    await invite('Cid');
    await bob.open('review/proposals');
    await proposal(bob, 'Cid').getByText('Invite a person').waitFor();
    await proposal(bob, 'Cid').getByText('name: Cid').waitFor();
    await bob.watched.accessible('proposals');
    await bob.page.getByLabel('Colours').selectOption('dark');
    await bob.watched.accessible('proposals, dark', COLOURS);
    clock.pass(11 * 60_000);
    await proposal(bob, 'Cid').getByRole('button', { name: 'Approve' }).click();
    await bob.showCode();
    await proposal(bob, 'Cid').getByText('approved by Bob').waitFor();
    await ann.page.getByRole('button', { name: 'Ask again' }).click();
    await ann.showCode();
    await ann.page.locator('dialog code.secret', { hasText: 'enrol=' }).waitFor();
    assert.ok(people().includes('Cid'));
    await ann.page.getByRole('button', { name: 'I have it' }).click();
  });

  step('what would change is said, from how it is to how it would be; refused, it is gone', async () => {
    const { page } = ann;
    await page.getByRole('button', { name: 'Change Cid' }).click();
    await page.getByLabel('Team').fill('night');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Review, Proposals' }).click();
    await approving().waitFor({ state: 'detached' });
    await proposal(ann, 'night').getByText('Yours: somebody else must approve it.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0);
    await bob.page.getByRole('button', { name: 'Look again' }).click();
    await proposal(bob, 'night').getByText('team: default → night').waitFor();
    await proposal(bob, 'night').getByRole('button', { name: 'Refuse' }).click();
    await proposal(bob, 'night').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Look again' }).click();
    await proposal(ann, 'night').waitFor({ state: 'detached' });
  });

  step('what was approved meanwhile is done from the list, once', async () => {
    await invite('Dan');
    await ann.page.getByRole('button', { name: 'Later' }).click();
    await bob.page.getByRole('button', { name: 'Look again' }).click();
    await proposal(bob, 'Dan').getByRole('button', { name: 'Approve' }).click();
    await proposal(bob, 'Dan').getByText('approved by Bob').waitFor();
    await ann.open('review/proposals');
    await proposal(ann, 'Dan').getByRole('button', { name: 'Do it now' }).click();
    await ann.page.getByText('It is done. The gateway answers:').waitFor();
    assert.equal(people().filter((name) => name === 'Dan').length, 1);
    await ann.page.keyboard.press('Escape');
    await proposal(ann, 'Dan').waitFor({ state: 'detached' });
  });

  step('nothing went wrong meanwhile', () => {
    ann.watched.nothingWrong();
    bob.watched.nothingWrong();
  });
});
