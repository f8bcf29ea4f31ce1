import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TestGateway } from '../harness/gateway.ts';
import { AGENT, enrolled, type HandClock, type SomeBody } from '../people/browser.ts';
import { Watched } from './browser.ts';

/** Somebody at a browser of their own, signed in. */
export interface AtBrowser extends SomeBody {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly watched: Watched;
  readonly site: string;
  /** To a page of the console. */
  open(page: string): Promise<void>;
  /** Where a factor is asked for: the next code of their app. */
  showCode(): Promise<void>;
}

/** Enrolled over HTTP; the browser gets the session's cookie. What it is called must be the same: sessions are bound to it. */
export async function atBrowser(
  browser: Browser,
  gateway: TestGateway,
  clock: HandClock,
  name: string,
  roles: readonly string[],
): Promise<AtBrowser> {
  const body = await enrolled(gateway, clock, name, roles);
  const site = gateway.url.replace('127.0.0.1', 'localhost');
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: 'light',
    userAgent: AGENT,
  });
  context.setDefaultTimeout(15_000);
  const [cookie = '', value = ''] = body.browser.cookie?.split('=') ?? [];
  await context.addCookies([{ name: cookie, value, url: site, httpOnly: true, sameSite: 'Strict' }]);
  const page = await context.newPage();
  const watched = new Watched(page, site);
  await watched.prepare();
  return {
    ...body,
    context,
    page,
    watched,
    site,
    open: async (to) => void (await page.goto(`${site}/console/${to}`)),
    async showCode() {
      await page.getByRole('heading', { name: 'Show that it is you' }).waitFor();
      await page.getByRole('textbox', { name: 'Code' }).fill(body.app.next());
      await page.getByRole('button', { name: 'Go on' }).click();
    },
  };
}
