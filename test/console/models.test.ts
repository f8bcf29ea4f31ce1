import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { CONTRACT, calibrationOf, classifier, KEY, rowsOf } from '../harness/classifiers.ts';
import { servePredictions } from '../harness/predictions.ts';
import { HandClock, onClock } from '../people/browser.ts';
import { VAULT } from '../review/place.ts';
import { COLOURS, noBrowser, openBrowser } from './browser.ts';
import { type AtBrowser, atBrowser } from './people.ts';

const POLICY = `  chief:
    allow:
      - actions: ["callers.*", "people.*", "registry.*", "alarms.*", audit.read, incidents.read]
predictions:
  - models: [fraud]
    shapers: [{ use: rounding, decimals: 3 }]
    patience: 20
    ladder:
      - respond: log
      - { respond: coarser, shapers: [{ use: rounding, decimals: 1 }] }
      - respond: block
`;

const share = (value: number) => ({ share: value, low: value / 2, high: value });

suite('models in a browser', { skip: noBrowser }, () => {
  const clock = new HandClock();
  const endings: (() => unknown)[] = [];
  let gateway: Awaited<ReturnType<typeof servePredictions>>;
  let browser: Browser;
  let ann: AtBrowser;
  let eve: { readonly id: string; readonly key: string };

  const model = classifier();
  const file = createHash('sha256').update(model).digest('hex');
  const ask = (rows: number[][]) =>
    fetch(`${gateway.url}/v2/models/fraud/infer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${eve.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        inputs: [{ name: 'x', datatype: 'FP32', shape: [rows.length, 4], data: rows.flat() }],
      }),
    });
  const admin = (path: string, body: object) =>
    fetch(`${gateway.url}/admin/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  before(async () => {
    const calibration = await calibrationOf(model);
    gateway = await servePredictions(
      { after: (end: () => unknown) => void endings.unshift(end) },
      {
        files: { 'fraud.yaml': CONTRACT, 'calibration.json': calibration },
        settings: VAULT,
        policy: POLICY,
        replace(whole) {
          const { shelf } = whole;
          // Its sealed files are the test's, so what is in them is too.
          const open = async () => ({
            files: 1,
            bytes: model.length,
            signer: null,
            digests: new Set([file]),
          });
          return onClock(clock)({ ...whole, shelf: Object.assign(Object.create(shelf ?? null), { open }) });
        },
      },
      `, calibration: calibration.json, calibration_key: "${KEY}"`,
    );
    const { callers } = gateway.gateway.gate.store;
    callers.update('admin', { roles: ['admin', 'chief'] });
    gateway.add(model);
    const made = callers.create({ name: 'eve', owner: 'eve', team: 'web', roles: ['app'], tags: {} });
    eve = { id: made.caller.id, key: made.key };
    // It is started when it is asked first.
    assert.equal((await ask(rowsOf(1))).status, 200);
    browser = await openBrowser();
    ann = await atBrowser(browser, gateway, clock, 'Ann', ['chief']);
  });
  after(async () => {
    await browser?.close();
    for (const end of endings) await end();
  });

  test('what a model may be asked, who watches, and what is done to its answers', async () => {
    const { page } = ann;
    await ann.open('models');
    const card = page.locator('section[aria-label="Prediction fraud"]');
    await card.getByText('ready', { exact: true }).waitFor();
    assert.match(
      await card.innerText(),
      /calibrated on 400 rows[\s\S]*rounding[\s\S]*log[\s\S]*coarser[\s\S]*block/,
    );
    await card.locator('summary', { hasText: 'Its input contract' }).click();
    assert.equal(await card.locator('tbody tr').count(), 4);
    await page.getByText('No monitor raised an alarm.').waitFor();
    await ann.watched.accessible('models');
  });

  test('what attacks came to is shown as a curve and as numbers', async () => {
    const { page } = ann;
    await ann.open('models/fraud@1');
    await page.getByText('Nobody has attacked this version yet').waitFor();
    const report = {
      ...{
        report: 'a'.repeat(64),
        tool: '0.1.0',
        verdict: 'done',
        norm: 'Linf',
        data: 'b'.repeat(64),
        rows: 500,
      },
      clean: share(0.98),
      runs: [
        { attack: 'apgd-ce', epsilon: 0.05, robust: share(0.71), queries: 20 },
        { attack: 'square', epsilon: 0.1, robust: share(0.42), queries: 900 },
      ],
      worst: [
        { epsilon: 0.05, robust: share(0.7) },
        { epsilon: 0.1, robust: share(0.4) },
      ],
      warnings: ['Gradients are zero on many rows.'],
    };
    const body = (of: string) => ({ root: '0'.repeat(64), robustness: { ...report, model: of } });
    assert.equal((await admin('registry/fraud@1/attacked', body('c'.repeat(64)))).status, 409);
    const kept = await admin('registry/fraud@1/attacked', body(file));
    assert.equal(kept.status, 200, await kept.text());
    await page.reload();
    await page.getByRole('img', { name: /98\.0 % at 0, 70\.0 % at 0\.05, 40\.0 % at 0\.1/ }).waitFor();
    await page.getByText('Gradients are zero on many rows.').waitFor();
    await page.locator('section[aria-label="Attacks"] tbody tr').nth(1).waitFor();
    await ann.watched.accessible('a model');
    await page.emulateMedia({ colorScheme: 'dark' });
    await ann.watched.accessible('a model, dark', COLOURS);
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('who attacks climbs the ladder, comes to the next rung when a person says so, and is let go', async () => {
    const { page } = ann;
    const row = rowsOf(1, 3)[0] ?? [];
    for (let at = 0; at < 120; at += 1)
      await ask([
        row.map((value, feature) => Math.fround(value + 0.01 * Math.sin(at * (feature + 1) * 1.7))),
      ]);
    await ann.open('models');
    const suspect = page.locator('section[aria-label="Alarms and the ladder"] tbody tr', { hasText: 'eve' });
    await suspect.getByRole('button', { name: 'Approve block' }).click();
    await suspect.locator('.badge', { hasText: 'block' }).waitFor();
    assert.equal((await ask([row])).status, 403);
    await ann.watched.accessible('alarms');
    // The same stands with the caller.
    await suspect.getByRole('link', { name: 'eve' }).click();
    await page.getByRole('heading', { name: 'eve' }).waitFor();
    await page.getByRole('button', { name: 'Clear eve' }).click();
    await page.getByText('No monitor raised an alarm.').waitFor();
    assert.equal((await ask([row])).status, 200);
    await ann.watched.accessible('a caller');
  });

  test('nothing went wrong meanwhile', () => ann.watched.nothingWrong());
});
