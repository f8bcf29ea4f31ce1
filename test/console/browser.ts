import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's; nothing is downloaded for tests. */
const CHROMIUM = '/usr/bin/chromium';

/** Why there is no browser here; false: there is one. */
export const noBrowser: string | false = existsSync(CHROMIUM)
  ? false
  : 'there is no /usr/bin/chromium: apt-get install chromium';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'],
  });

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** All that another theme can change. */
export const COLOURS = ['color-contrast'];

/** A page that notes whatever goes wrong in it, and every request that leaves for elsewhere. */
export class Watched {
  readonly page: Page;
  readonly wrong: string[] = [];

  constructor(page: Page, origin: string) {
    this.page = page;
    page.on('pageerror', (error) => this.wrong.push(`error: ${error.message}`));
    // What the gateway refuses is in the console too, in words of the browser's.
    page.on('console', (message) => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
        this.wrong.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url()))
        this.wrong.push(`elsewhere: ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      this.wrong.push(`a script ran: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Before the first page: violations of the policy are noted too. */
  async prepare(): Promise<void> {
    await this.page.addInitScript(
      "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))",
    );
  }

  /** No violation of WCAG 2.2 A or AA that axe-core knows of. It is run by the debugger, which no policy keeps out. */
  async accessible(what: string, rules: readonly string[] = WCAG): Promise<void> {
    await this.page.evaluate(axe);
    const found = (await this.page.evaluate(
      `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + ' ' + failureSummary).join(' | ')))`,
    )) as string[];
    assert.deepEqual(found, [], what);
  }

  nothingWrong(): void {
    assert.deepEqual(this.wrong, []);
  }
}
