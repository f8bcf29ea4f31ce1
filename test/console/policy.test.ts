import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import type { Browser } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { completion, json, startUpstream } from '../harness/upstream.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';
import { walk } from './walk.ts';

const POLICY = `  chief:
    allow:
      - actions: ["callers.*", "people.*", "policy.*", "config.*", "audit.read", "incidents.read"]
guards:
  - use: bounds
`;

suite('the policy in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let upstream: Awaited<ReturnType<typeof startUpstream>>;
  let browser: Browser;
  let ann: AtBrowser;
  const step = walk();

  const ask = async (content: string) =>
    (await gateway.post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content }] }))
      .status;
  const file = () => readFileSync(join(gateway.folder, 'policy.yaml'), 'utf8');
  const editor = () => ann.page.getByRole('textbox', { name: 'Policy', exact: true });
  const button = (name: string) => ann.page.getByRole('button', { name, exact: true });
  const seen = (text: string | RegExp) => ann.page.getByText(text).first().waitFor();

  before(async () => {
    upstream = await startUpstream(json(completion('fine')));
    gateway = await startGateway({ upstream: upstream.url, policy: POLICY, replace: onClock(clock) });
    gateway.gateway.gate.store.callers.update('admin', { roles: ['chief'] });
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['chief']);
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
  });

  step('the editor is loaded with the page that needs it, and completes what the schema knows', async () => {
    assert.equal(await ask('about falcon'), 200);
    const scripts: string[] = [];
    ann.page.on('request', (request) => {
      if (request.url().endsWith('.js')) scripts.push(request.url());
    });
    await ann.open('policy');
    await seen('In force');
    assert.equal(scripts.length, 1);
    await ann.page.getByRole('link', { name: 'Edit' }).click();
    await editor().waitFor();
    assert.ok(scripts.length > 1);
    await seen('It can be used.');
    await ann.watched.accessible('the editor');
    await editor().focus();
    await ann.page.keyboard.press('Control+End');
    await ann.page.keyboard.type('  - { use: pat');
    await ann.page.getByRole('option', { name: 'patterns' }).click();
    await ann.page.keyboard.type(', name: birds, acton: block, patterns: [{ id: falcon, match: falcon }] }');
    await seen(/is not a known setting/);
    await ann.page.getByText('Line ', { exact: false }).first().waitFor();
    assert.equal(await button('Apply').isDisabled(), true);
  });

  step('a flaw is put right, and the draft compared', async () => {
    await editor().focus();
    await ann.page.keyboard.press('Shift+Home');
    await ann.page.keyboard.type(
      '- { use: patterns, name: birds, action: block, patterns: [{ id: falcon, match: falcon }] }',
    );
    await seen('It can be used.');
    await button('Compare').click();
    await seen('In force and Draft');
    await seen('tightens');
    await ann.watched.accessible('the comparison');
  });

  step('a dry run tells what would become of what went through', async () => {
    clock.pass(60_000);
    await button('Dry run').click();
    await ann.page.getByRole('heading', { name: 'Of 1 exchanges' }).waitFor();
    await seen(/the text is not kept as it came/);
    await ann.watched.accessible('the dry run');
    const example = ann.page.getByRole('link', { name: /^req_/ });
    assert.match((await example.getAttribute('href')) ?? '', /\/console\/exchanges\/req_/);
  });

  step('applied with a reason and a fresh factor, it holds at once', async () => {
    clock.pass(10 * 60_000);
    await button('Apply').click();
    await ann.page.getByLabel('Why').fill('no birds');
    await button('Apply it').click();
    await ann.showCode();
    await seen('no birds');
    assert.equal(await ask('about falcon'), 403);
    assert.match(file(), /falcon/);
    await ann.watched.accessible('the history');
  });

  step('brought back, it is as it was', async () => {
    await button('Compare version 1').click();
    await seen('Version 1 and The one in force');
    await button('Bring back version 1').click();
    await ann.page.getByLabel('Why').fill('birds are fine');
    await button('Bring back').click();
    await seen('birds are fine');
    assert.equal(await ask('about falcon'), 200);
    ann.watched.nothingWrong();
  });
});
