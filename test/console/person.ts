import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TestGateway } from '../harness/gateway.ts';
import { enrol, type HandClock, type SomeBody } from '../people/browser.ts';
import { openBrowser, Watched } from './browser.ts';

/** Somebody in front of the console: signed in, with a page whose faults are noted. */
export interface AtWork {
  readonly who: SomeBody;
  readonly page: Page;
  readonly watched: Watched;
  readonly context: BrowserContext;
  /** Goes to a page of the console by its path. */
  go(path: string): Promise<void>;
  /** Whether there is this heading of the page. */
  heading(name: string): Promise<void>;
  close(): Promise<void>;
}

/** How signing in looks is another test's: here the session is made by the API, and the browser is given its cookie. */
export async function atWork(
  gateway: TestGateway,
  clock: HandClock,
  roles: readonly string[],
  screen: { readonly width: number; readonly height: number } = { width: 1280, height: 900 },
): Promise<AtWork> {
  const { people, links } = gateway.gateway.gate.store;
  const { id } = people.create({ name: 'Ann', login: 'ann', team: 'default', roles });
  const who = await enrol(gateway, clock, links.make(id, 'invite', 3_600_000).token);
  const site = gateway.url.replace('127.0.0.1', 'localhost');
  let browser: Browser | undefined;
  try {
    browser = await openBrowser();
    const context = await browser.newContext({
      viewport: screen,
      colorScheme: 'light',
      userAgent: who.browser.agent,
    });
    context.setDefaultTimeout(30_000);
    const [name = '', value = ''] = (who.browser.cookie ?? '').split('=', 2);
    await context.addCookies([{ name, value, url: site, httpOnly: true, sameSite: 'Strict' }]);
    const page = await context.newPage();
    const watched = new Watched(page, site);
    await watched.prepare();
    const opened = browser;
    return {
      who,
      page,
      watched,
      context,
      go: async (path) => void (await page.goto(`${site}/console/${path}`)),
      heading: (title) => page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor(),
      close: () => opened.close(),
    };
  } catch (error) {
    await browser?.close();
    throw error;
  }
}
