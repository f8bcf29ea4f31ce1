import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite } from 'node:test';
import type { Browser } from 'playwright-core';
import { contain } from '../../src/gateway/incidents/contain.ts';
import { openIncident } from '../../src/gateway/incidents/open.ts';
import { ITSELF, NO_LINKS } from '../../src/incidents/fact.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { completion, json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { VAULT } from '../review/place.ts';
import { COLOURS, noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';
import { walk } from './walk.ts';

const POLICY = `  reviewer: { allow: [{ actions: [audit.read, content.read, "reviews.*", "incidents.*"] }] }
  decider: { allow: [{ actions: ["reviews.*"] }] }
  maker: { allow: [{ actions: ["people.*"] }] }
guards:
  - use: patterns
    name: doubtful
    action: { prompt: review, reply: review }
    budget: 60s
    patterns: [{ id: fruit, match: "doubtful fruit" }]
content: { seal: both, blocked: true }
review: { hold: 5m }
`;

suite('review in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let upstream: ScriptedUpstream;
  let browser: Browser;
  let rita: AtBrowser;
  let dora: AtBrowser;
  const step = walk();

  /** A client that waits for its answer. */
  const ask = async (content: string) => {
    const answer = await gateway.post('/v1/chat/completions', {
      model: 'm',
      messages: [{ role: 'user', content }],
    });
    return { status: answer.status, text: await answer.text() };
  };
  const row = ({ page }: AtBrowser) => page.locator('section[aria-label="Waiting"] tbody tr');
  const decision = async ({ page }: AtBrowser, key: string, button: string) => {
    await page.keyboard.press(key);
    await page.getByLabel('Reason').fill('we know them');
    await page.getByRole('dialog').getByRole('button', { name: button }).click();
    await page.getByLabel('Reason').waitFor({ state: 'detached' });
  };

  before(async () => {
    // Entries have the time of the machine: none may be older than the request that it is about.
    clock.pass(-60 * 60_000);
    upstream = await startUpstream(json(completion('the answer')));
    gateway = await startGateway({
      upstream: upstream.url,
      policy: POLICY,
      settings: VAULT,
      replace: onClock(clock),
    });
    gateway.gateway.gate.store.callers.update('admin', { roles: ['admin', 'reviewer', 'decider', 'maker'] });
    browser = await openBrowser();
    rita = await atBrowser(browser, gateway, clock, 'Rita', ['reviewer']);
    dora = await atBrowser(browser, gateway, clock, 'Dora', ['decider']);
  });
  after(async () => {
    await browser?.close();
    await gateway?.close();
    await upstream?.close();
  });

  step('an empty queue says how anything comes into it', async () => {
    await rita.open('review');
    await rita.page.getByText('Nothing waits.').waitFor();
    await rita.page.getByText('action: review').waitFor();
    await rita.watched.accessible('an empty queue');
  });

  step('what is held is claimed, read and let pass by keyboard; the client has its answer', async () => {
    const { page } = rita;
    clock.pass(11 * 60_000);
    const asked = ask('before\u202E the doubtful fruit <b>behind</b>');
    await row(rita).first().waitFor();
    assert.equal(upstream.seen.length, 0);
    await page.getByText('then it is blocked').waitFor();
    await page.keyboard.press('c');
    await page.locator('.badge', { hasText: 'yours' }).waitFor();
    await page.keyboard.press('u');
    await rita.showCode();
    await page.locator('.part', { hasText: '/messages/0/content' }).waitFor();
    assert.match(await page.locator('mark').innerText(), /doubtful\.fruit \(doubtful\): ?\s*doubtful fruit/);
    assert.equal(await page.locator('.hidden-char').first().innerText(), 'U+202E');
    assert.equal(await page.locator('.one b', { hasText: 'behind' }).count(), 0);
    await rita.watched.accessible('a review, unsealed');
    await page.getByLabel('Colours').selectOption('dark');
    await rita.watched.accessible('a review, dark', COLOURS);
    await page.getByLabel('Colours').selectOption('system');
    await page.keyboard.press('Escape');
    await page.locator('h1').click();
    await page.keyboard.press('a');
    await page.getByLabel('Reason').waitFor();
    await rita.watched.accessible('a decision');
    await page.getByLabel('Reason').fill('we know them');
    await page.getByRole('dialog').getByRole('button', { name: 'Allow' }).click();
    const { status, text: answer } = await asked;
    assert.equal(status, 200, answer);
    assert.match(answer, /the answer/);
    await page.getByText('Nothing waits.').waitFor();
    const kinds = gateway.entries().map(({ kind, operation }) => `${kind} ${operation ?? ''}`);
    const unsealed = kinds.indexOf('admin.begin reviews.content');
    assert.ok(
      unsealed > 0 && unsealed < kinds.findIndex((kind) => kind.startsWith('review.decided')),
      kinds.join('\n'),
    );
  });

  step('who may not unseal is told who may, and decides; the client gets the typed error', async () => {
    const { page } = dora;
    clock.pass(11 * 60_000);
    await dora.open('review');
    const asked = ask('another doubtful fruit');
    await row(dora).first().waitFor();
    await page.getByText('These may: reviewer.').waitFor();
    assert.equal(await page.getByRole('button', { name: /Unseal/ }).count(), 0);
    const denied = decision(dora, 'd', 'Deny');
    await dora.showCode();
    await denied;
    const { status, text } = await asked;
    assert.equal(status, 403);
    assert.equal((JSON.parse(text) as { error: { code: string } }).error.code, 'prompt_blocked');
  });

  step('the next deadline is first; keys walk; what one claims others see', async () => {
    const { page } = rita;
    const asked = ['a', 'b', 'c'].map(async (name, n) => {
      await new Promise((resolve) => setTimeout(resolve, 50 * n));
      return ask(`${name} doubtful fruit`);
    });
    await row(dora).nth(2).waitFor();
    await rita.open('review');
    await row(rita).nth(2).waitFor();
    const chosen = () => page.locator('tr[aria-current] button').innerText();
    const ids = await page.locator('section[aria-label="Waiting"] tbody button').allInnerTexts();
    assert.equal(await chosen(), ids[0]);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    assert.equal(await chosen(), ids[1]);
    await page.keyboard.press('c');
    await dora.page.locator('.badge', { hasText: 'claimed' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('claim it, or release it').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${rita.site}/console/review?q=nobody`);
    await page.getByText('Nothing that waits fits.').waitFor();
    await dora.open('review');
    await row(dora).nth(2).waitFor();
    await decision(dora, 'd', 'Deny');
    await row(dora).nth(2).waitFor({ state: 'detached' });
    // What Rita has claimed is hers: Dora walks past it.
    await dora.page.keyboard.press('j');
    await decision(dora, 'd', 'Deny');
    await row(dora).nth(1).waitFor({ state: 'detached' });
    await rita.open('review');
    await row(rita).first().waitFor();
    const last = decision(rita, 'd', 'Deny');
    await rita.showCode();
    await last;
    assert.deepEqual(
      (await Promise.all(asked)).map(({ status }) => status),
      [403, 403, 403],
    );
  });

  step('what was decided is listed, read again, and taken along', async () => {
    const { page } = rita;
    await page.getByRole('link', { name: 'Decided' }).click();
    await page.locator('section[aria-label="Decided"] tbody tr').nth(4).waitFor();
    await rita.watched.accessible('decided');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV of Decided' }).click();
    const lines = readFileSync(await (await saved).path(), 'utf8').split('\r\n');
    assert.match(lines[0] ?? '', /^decided,state,by,kind,findings,caller,team,model,id$/);
    assert.equal(
      lines.filter((line) => /,blocked,(Rita|Dora),prompt,doubtful\.fruit,app,/.test(line)).length,
      4,
    );
    await page.getByLabel('Decision').selectOption('passed');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.locator('section[aria-label="Decided"] tbody tr button').first().click();
    await page.getByRole('button', { name: 'Unseal the text' }).click();
    await page.getByText('Why it was decided so: we know them').waitFor();
    await page.keyboard.press('Escape');
  });

  step('what was kept of an exchange is unsealed there, marked where guards found something', async () => {
    const { page } = rita;
    const blocked = gateway.entries().find(({ code }) => code === 'prompt_blocked');
    await rita.open(`exchanges/${blocked?.id}`);
    await page.getByRole('button', { name: 'Unseal it' }).click();
    await page.locator('mark', { hasText: 'doubtful fruit' }).first().waitFor();
    await page.getByText('The prompt, as it came').waitFor();
    await rita.watched.accessible('an exchange, unsealed');
  });

  step('a measure that the gateway took by itself waits here, too, and is undone', async () => {
    const { page } = rita;
    const { gate } = gateway.gateway;
    const opening = { title: 'a series', severity: 'high', origin: 'rule', atlas: [], owasp: [] } as const;
    const incident = await openIncident(gate, { by: ITSELF }, { ...opening, links: NO_LINKS });
    await contain(gate, incident.id, { by: ITSELF }, { action: 'block_model', on: { model: 'm' } });
    await rita.open('review');
    await page.getByRole('heading', { name: /^A containment waits/ }).waitFor();
    await page.getByText('then the measure stays').waitFor();
    await page.getByText('a series: block_model').waitFor();
    assert.equal(await page.getByRole('button', { name: /Unseal/ }).count(), 0);
    await rita.watched.accessible('a containment');
    await page.keyboard.press('d');
    await page.getByText('If you do, the measure is undone.').waitFor();
    await page.keyboard.press('Escape');
    await decision(rita, 'd', 'Deny');
    await page.getByText('Nothing waits.').waitFor();
    assert.equal(gate.store.incidents.find(incident.id)?.measures[0]?.state, 'undone');
  });

  step('nothing went wrong meanwhile', () => {
    rita.watched.nothingWrong();
    dora.watched.nothingWrong();
  });
});
