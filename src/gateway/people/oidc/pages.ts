import { PAGE_HEADERS } from '../../page-headers.ts';
import { Page } from '../endpoint.ts';

/** Where the console is. */
export const CONSOLE = '/console/';

/** Paths of the console, written so that nothing of them means anything to a page or a browser. */
export const isConsolePath = (path: string): boolean =>
  /^\/console\/(?:[A-Za-z0-9_~-]+\/?)*$/.test(path) && path.length <= 200;

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  ...PAGE_HEADERS,
} as const;

/**
 * They are in, and go on by themselves. A redirect would still count as the provider's, so that the browser would not
 * send the new cookie (RFC 6265bis, section 5.2); from a page of ours it does.
 * @param to of which {@link isConsolePath} holds
 */
export const arrived = (to: string): Page =>
  page(
    200,
    'Signed in',
    `<p>You are signed in. <a href="${to}">Go on</a></p>`,
    `<meta http-equiv="refresh" content="0;url=${to}">`,
  );

/** Words of ours alone: nothing of the address, and nothing of what the provider said. */
export const refused = (status: number): Page =>
  page(
    status,
    'Not signed in',
    `<p>${status === 503 ? 'The provider could not be asked.' : 'Signing in did not work.'} <a href="${CONSOLE}">Try again</a></p>
<p>If it goes on, ask whoever runs this gateway: its log and its ledger say more.</p>`,
  );

const page = (status: number, title: string, text: string, head = ''): Page =>
  new Page(
    status,
    HEADERS,
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} – Gatehouse</title>${head}</head>
<body><main><h1>${title}</h1>
${text}
</main></body>
</html>
`,
  );
