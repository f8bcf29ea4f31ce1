import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite } from 'node:test';
import type { Browser } from 'playwright-core';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { completion, json, type ScriptedUpstream, startUpstream } from '../harness/upstream.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { VAULT } from '../review/place.ts';
import { noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';
import { walk } from './walk.ts';

/** What strangers write: each would run, or deceive, on a page that took it for more than text. */
const MARKUP = '<img src=x onerror=alert(1)>';
const HOSTILE = [
  MARKUP,
  '"><script>alert(2)</script>',
  '<svg onload=alert(3)><iframe srcdoc="<script>alert(4)</script>">',
  "' autofocus onfocus=alert(5) x='",
  'javascript:alert(6)',
  '${alert(7)}{{constructor.constructor("alert(8)")()}}',
  'user\u202Egnp.exe\u2066\u200B',
  'nul\u0000l <style>*{display:none}</style>',
  '</textarea></pre><base href="//127.0.0.1:9/"><form action=//127.0.0.1:9>',
  `long ${'x<b>'.repeat(25_000)}`,
] as const;
const SHORT = HOSTILE.filter(({ length }) => length < 200);
const FORMULAS = ['=1+1', '+1', '-1', '@SUM(A1)'];
/** What a name may be: control characters and formats are refused. */
const NAMES = [...SHORT, ...FORMULAS].filter((text) => !/\p{C}/u.test(text));

const POLICY = `  chief:
    allow:
      - actions: ["callers.*", "people.*", "policy.*", "config.*", "audit.*", metrics.read, "incidents.*", "registry.*", "content.*", "reviews.*", "proposals.*", "vault.*", "alarms.*"]
guards:
  - use: patterns
    name: doubtful
    action: { prompt: review, reply: flag }
    budget: 60s
    patterns: [{ id: fruit, match: "doubtful fruit" }]
content: { seal: both, blocked: true }
review: { hold: 0s }
`;

/** Nothing that the console itself makes: any of these would be made of a text. */
const MADE = `[...document.querySelectorAll('img, iframe, object, embed, base, style, svg[onload], [srcdoc], form[action], script:not([src^="/console/a/"]), a[href^="javascript" i], a[href^="data" i], *')]
  .filter((e) => e.matches('img, iframe, object, embed, base, style, [srcdoc], form[action], script:not([src^="/console/a/"]), a[href^="javascript" i], a[href^="data" i]') || [...e.attributes].some(({ name }) => name.startsWith('on')))
  .map((e) => e.outerHTML.slice(0, 100))`;

suite('texts of strangers in the console', { skip: noBrowser }, () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let upstream: ScriptedUpstream;
  let browser: Browser;
  let ann: AtBrowser;
  const step = walk();

  const nothingMade = async (where: string) => {
    assert.deepEqual(await ann.page.evaluate(MADE), [], where);
    assert.deepEqual(ann.watched.wrong, [], where);
  };
  /** As soon as it has what it asked for. */
  const settled = async () => {
    await ann.page.locator('main h1').waitFor();
    await ann.page.locator('main:not(:has(p:text-is("Loading …")))').waitFor();
  };
  const visit = async (where: string) => {
    await ann.open(where);
    await settled();
    await nothingMade(where.slice(0, 60));
  };
  /** The same as a link within the console goes there: nothing is loaded anew. */
  const walkTo = async (where: string) => {
    await ann.page.evaluate(`new Promise((done) => {
      history.pushState(null, '', ${JSON.stringify(`/console/${where}`)});
      dispatchEvent(new Event('gatehouse:moved'));
      requestAnimationFrame(() => requestAnimationFrame(done));
    })`);
    await settled();
    await nothingMade(where.slice(0, 60));
  };

  before(async () => {
    // Entries have the time of the machine: none may be older than the request that it is about.
    clock.pass(-60 * 60_000);
    upstream = await startUpstream(
      json(
        completion(HOSTILE.join('\n'), {
          choices: [
            {
              index: 0,
              message: {
                role: 'assistant',
                content: HOSTILE.join('\n'),
                tool_calls: [{ id: MARKUP, type: 'function', function: { name: MARKUP, arguments: '{}' } }],
              },
              finish_reason: 'stop',
            },
          ],
        }),
      ),
    );
    gateway = await startGateway({
      upstream: upstream.url,
      upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: ["*"] }`,
      policy: POLICY,
      settings: VAULT,
      replace: onClock(clock),
    });
    const { callers, people } = gateway.gateway.gate.store;
    callers.update('admin', { roles: ['chief'] });
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['chief']);
    for (const [n, text] of NAMES.entries()) {
      const { key } = callers.create({
        name: text,
        owner: text,
        team: text,
        roles: ['app'],
        tags: { note: text },
      });
      people.create({ name: text, login: `p${n}`, team: text, roles: [] });
      const ask = (content: string, model: string) =>
        fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({
            model,
            messages: [{ role: 'user', content }],
            tools: [{ type: 'function', function: { name: text, description: text, parameters: {} } }],
          }),
        });
      assert.equal((await ask(text, n % 2 === 0 ? MARKUP : 'm')).status, 200);
    }
    const held = {
      model: 'm',
      messages: HOSTILE.map((content) => ({ role: 'user', content: `${content} doubtful fruit` })),
    };
    assert.equal((await gateway.post('/v1/chat/completions', held)).status, 403);
    for (const title of NAMES) {
      const { status, body } = await ann.browser.post('/admin/v1/incidents', { title, severity: 'low' });
      assert.equal(status, 201, JSON.stringify(body));
      const path = `/admin/v1/incidents/${(body as unknown as { id: string }).id}`;
      assert.ok((await ann.browser.post(`${path}/comment`, { text: title })).status < 300);
    }
  });
  after(async () => {
    await browser?.close();
    await upstream?.close();
    await gateway?.close();
  });

  const PAGES = [
    '',
    'exchanges',
    'review',
    'review/decided',
    'review/proposals',
    'incidents',
    'detections',
    'callers',
    'people',
    'policy',
    'models',
    'usage',
    'ledger',
    'account',
  ];
  const PARAMETERS = [
    'q',
    'since',
    'until',
    'outcome',
    'caller',
    'model',
    'team',
    'code',
    'reason',
    'admin',
    'kind',
    'at',
    'range',
    'state',
    'owner',
    'rule',
    'by',
    'before',
    'seq',
    'id',
  ];

  step('names of callers, teams, models and people, titles: text on every page', async () => {
    const listed = { callers: 'Callers', people: 'People', incidents: 'Incidents', exchanges: 'Exchanges' };
    await visit('');
    for (const page of PAGES) {
      await walkTo(page);
      const section = Object.entries(listed).find(([name]) => name === page)?.[1];
      if (section === undefined) continue;
      const cells = ann.page.locator(`section[aria-label^="${section}"] td`, { hasText: MARKUP });
      await cells.first().waitFor();
    }
  });

  step(
    'what stands in an address is text, too: every parameter, the part behind #, and the path',
    async () => {
      for (const [n, page] of PAGES.entries()) {
        const query = new URLSearchParams(
          PARAMETERS.map((name, at) => [name, SHORT[(n + at) % SHORT.length] ?? MARKUP]),
        );
        const behind = encodeURIComponent(SHORT[n % SHORT.length] ?? MARKUP);
        await (n % 5 === 0 ? visit : walkTo)(`${page}?${query}#${behind}`);
      }
      for (const page of ['exchanges', 'incidents', 'callers', 'models', 'review', 'nowhere'])
        await walkTo(`${page}/${encodeURIComponent(MARKUP)}`);
      await visit(`callers?q=${encodeURIComponent(HOSTILE.at(-1)?.slice(0, 6_000) ?? '')}`);
    },
  );

  step('an incident with such comments, an exchange with such texts', async () => {
    const { page } = ann;
    await visit('incidents');
    await page.locator('section[aria-label="Incidents"] td a', { hasText: MARKUP }).click();
    await settled();
    await page.getByText(MARKUP).first().waitFor();
    await nothingMade('an incident');
    const done = gateway
      .entries()
      .find(({ kind, outcome }) => kind === 'request.end' && outcome === 'completed');
    await visit(`exchanges/${done?.id}`);
    await page.getByRole('button', { name: 'Unseal it' }).click();
    const reply = page.getByRole('region', { name: 'The reply, as it was given' });
    await reply.locator('pre', { hasText: MARKUP }).first().waitFor();
    assert.ok((await reply.locator('.hidden-char').allInnerTexts()).includes('U+202E'));
    await nothingMade('an exchange, unsealed');
  });

  step('a review: hostile characters are named, and a long text is as long as one asks for', async () => {
    const { page } = ann;
    await visit('review');
    await page.getByRole('button', { name: 'Unseal the text' }).click();
    await page.locator('mark').first().waitFor();
    const hidden = new Set(await page.locator('.hidden-char').allInnerTexts());
    for (const name of ['U+202E', 'U+2066', 'U+200B', 'U+0000']) assert.ok(hidden.has(name), name);
    const long = page.locator('.part', { hasText: 'long x<b>' }).locator('pre');
    const length = async () => (await long.innerText()).length;
    assert.ok((await length()) <= 2_100);
    await page.getByRole('button', { name: /^Show more of \/messages/ }).click();
    const more = await length();
    assert.ok(more > 2_100 && more <= 20_000, String(more));
    await page.getByText('As it is').click();
    await nothingMade('a review, unsealed');
    await page.keyboard.press('d');
    await page.getByLabel('Reason').fill(MARKUP);
    await page.getByRole('dialog').getByRole('button', { name: 'Deny' }).click();
    await page.getByText('Nothing waits.').waitFor();
    await visit('review/decided');
    await page.locator('section[aria-label="Decided"] tbody button').first().click();
    await page.getByRole('button', { name: 'Unseal the text' }).click();
    await page.getByText(`Why it was decided so: ${MARKUP}`).waitFor();
    await nothingMade('a reason');
  });

  step('what is taken along holds no formula', async () => {
    const { page } = ann;
    for (const name of ['callers', 'people']) {
      await visit(name);
      const saved = page.waitForEvent('download');
      await page
        .getByRole('button', { name: /^CSV of/ })
        .first()
        .click();
      const text = readFileSync(await (await saved).path(), 'utf8');
      for (const formula of FORMULAS) assert.ok(text.includes(`'${formula}`), `${name}: ${formula}`);
      assert.doesNotMatch(text, /(?:^|[,"\n])[=+@\t][^,]/m);
    }
  });

  step('whoever looked would have seen it', async () => {
    await ann.page.evaluate("document.body.append(document.createElement('img'))");
    await assert.rejects(nothingMade('an element that was made'));
  });
});
