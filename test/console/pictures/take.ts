import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HandClock } from '../../people/browser.ts';
import { noBrowser, openBrowser } from '../browser.ts';
import { atBrowser } from '../people.ts';
import { signed } from '../signed.ts';
import { scene } from './scene.ts';
import { live } from './traffic.ts';

/**
 * The pictures of docs/images: `node test/console/pictures/take.ts docs/images`. The gateway is a real one, with the time of
 * the machine and a minute of traffic; only what it asks are the test's own models.
 */

/** An app whose codes are those of now. */
class Machine extends HandClock {
  override readonly now = Date.now;
  override readonly tick = () => performance.now();
  override pass(): void {}
}

const folder = resolve(process.argv[2] ?? 'docs/images');
const seconds = Number(process.argv[3] ?? 60);

const endings: (() => unknown)[] = [];
try {
  if (noBrowser !== false) throw new Error(noBrowser);
  mkdirSync(folder, { recursive: true });
  const place = await scene({ after: (end: () => unknown) => void endings.unshift(end) });
  const browser = await openBrowser();
  endings.unshift(() => browser.close());
  const ann = await atBrowser(browser, place, new Machine(), 'Mara Lind', ['chief']);
  const { page } = ann;

  const take = async (name: string, path: string, there: string, more?: () => Promise<unknown>) => {
    if (path !== '') await ann.open(path);
    for (const [scheme, ending] of [
      ['light', ''],
      ['dark', '-dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(there).first().waitFor();
      await more?.();
      await wait(700);
      await page.screenshot({ path: `${folder}/console-${name}${ending}.png` });
    }
    process.stderr.write(`${name}\n`);
  };
  const get = async <T>(path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${place.adminKey}` };
    return (await (await fetch(`${place.url}/admin/v1/${path}`, { headers })).json()) as T;
  };

  await ann.open('');
  const living = live(place, seconds * 1000);
  await wait((seconds - 3) * 1000);
  await take('now', '', 'section[aria-label="Newest exchanges"] tbody tr');
  await living;
  await signed(place);

  const { exchanges } = await get<{ exchanges: { id: string }[] }>(
    'exchanges?outcome=blocked&model=gpt-4o&limit=1',
  );
  const blocked = exchanges[0];
  const caller = place.programs[0];
  const incident = await place.admin('incidents', {
    ...{
      title: 'Somebody asks shop-assistant for its instructions',
      severity: 'high',
      atlas: ['AML.T0051.000'],
    },
    ...{ owner: 'mara-lind', playbook: 'prompt-injection', models: ['gpt-4o'] },
    ...{ callers: [caller?.id], exchanges: exchanges.map(({ id }) => id) },
  });
  const of = `incidents/${incident.id}`;
  await place.admin(`${of}/move`, { to: 'triage' });
  await place.admin(`${of}/comment`, {
    text: 'The prompts come from one page of the shop; its owner is asked.',
  });
  await place.admin(`${of}/contain`, { action: 'tighten_guard', guard: 'pii', for: '4h' });
  await place.admin(`${of}/contain`, { action: 'suspend_caller', caller: caller?.name, for: '1h' });
  const { steps } = await get<{ steps: { id: string }[] }>(`${of}/playbook`);
  await place.admin(`${of}/step`, { step: steps[0]?.id });
  await place.admin(`${of}/evidence`, { entries: [10, 11, 12, 40] });
  await signed(place);

  await take('exchanges', 'exchanges', 'section[aria-label="Exchanges"] tbody tr');
  await take('exchange', `exchanges/${blocked?.id}`, '.way .stopped', async () => {
    const verify = page.getByRole('button', { name: /Verify in this browser/ }).first();
    if (await verify.isVisible()) await verify.click();
    await page.locator('.proof .badge').first().waitFor();
  });
  await take('review', 'review', 'section[aria-label="Waiting"] tbody tr');
  await take('incidents', 'incidents', 'section[aria-label="Incidents"] tbody tr');
  await take('incident', of, '.states .now');
  await take('detections', 'detections', 'section[aria-label="Rules"] tbody tr');
  await take('callers', 'callers', 'section[aria-label="Callers and keys"] tbody tr');
  await take('caller', `callers/${caller?.id}`, 'section[aria-label="What it asked"] tbody tr');
  await take('models', 'models', 'section[aria-label="Prediction fraud"]');
  await take('model', 'models/fraud@1', '.curve');
  await take('policy', 'policy', 'main section');
  await ann.open('policy/edit');
  await page.getByRole('textbox', { name: 'Policy', exact: true }).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\npseudonyms: { scope: tenant, keep: 10d }\n');
  await page.getByText('It can be used.').waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  await take('policy-edit', '', 'section[aria-label="Comparison"] .editor', () =>
    page.locator('section[aria-label="Comparison"]').scrollIntoViewIfNeeded(),
  );
  await take('usage', 'usage?by=caller', 'tbody tr');
  await take('ledger', 'ledger', 'section[aria-label="Events"] tbody tr');
  process.stderr.write(ann.watched.wrong.map((line) => `${line}\n`).join(''));
} finally {
  for (const end of endings) await end();
}
