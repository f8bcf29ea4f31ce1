/** An answer as a scanner sees it: of a browser, or of a program. */
export interface Answered {
  /** What was asked, for people. */
  readonly asked: string;
  readonly tls: boolean;
  /** Whoever asked had shown no credential that is good. */
  readonly stranger: boolean;
  /** A file of the console: the same for everybody. */
  readonly shared: boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One passive rule of the ZAP baseline scan. */
export interface BaselineRule {
  /** Number of the alert in ZAP. */
  readonly zap: string;
  readonly name: string;
  /** What is wrong with an answer; undefined: nothing. */
  check(answer: Answered): string | undefined;
}

const one = ({ headers }: Answered, name: string): string => String(headers[name] ?? '');
const typeOf = (answer: Answered): string => one(answer, 'content-type');
const isPage = (answer: Answered): boolean => typeOf(answer).startsWith('text/html');
const cookiesOf = ({ headers }: Answered): string[] => [headers['set-cookie'] ?? []].flat();
const says = (wrong: boolean, text: string): string | undefined => (wrong ? text : undefined);
const each = (answer: Answered, wrong: (cookie: string) => boolean): string | undefined =>
  cookiesOf(answer)
    .find((cookie) => wrong(cookie))
    ?.replace(/=[^;]*/, '=…');
const lacks = (name: string, wanted: RegExp) => (answer: Answered) =>
  says(!wanted.test(one(answer, name)), `${name}: ${one(answer, name) || 'missing'}`);
const onPages =
  (check: BaselineRule['check']): BaselineRule['check'] =>
  (answer) =>
    isPage(answer) ? check(answer) : undefined;

/** The passive rules of ZAP's baseline scan that speak of headers and of what answers give away (zaproxy.org/docs/alerts). */
export const BASELINE: readonly BaselineRule[] = [
  { zap: '2', name: 'Private IP Disclosure', check: (answer) => privateAddress(answer) },
  {
    zap: '3',
    name: 'Session ID in URL Rewrite',
    check: ({ headers, body }) =>
      says(
        /[?&;](?:sid|session|jsessionid|token)=|gh[ksa]_\w{10}_/i.test(
          `${headers.location ?? ''} ${headers.link ?? ''}`,
        ) || /href="[^"]*gh[ks]_/.test(body),
        'a session stands in an address',
      ),
  },
  {
    zap: '10010',
    name: 'Cookie No HttpOnly Flag',
    check: (answer) => each(answer, (cookie) => !/; HttpOnly/i.test(cookie)),
  },
  {
    zap: '10011',
    name: 'Cookie Without Secure Flag',
    check: (answer) => (answer.tls ? each(answer, (cookie) => !/; Secure/i.test(cookie)) : undefined),
  },
  {
    zap: '10015',
    name: 'Re-examine Cache-control Directives',
    check: (answer) => (answer.shared ? undefined : lacks('cache-control', /^no-store$/)(answer)),
  },
  {
    zap: '10017',
    name: 'Cross-Domain JavaScript Source File Inclusion',
    check: onPages(({ body }) =>
      says(/<script[^>]+src="(?!\/console\/a\/)/.test(body), 'a script of another place'),
    ),
  },
  {
    zap: '10019',
    name: 'Content-Type Header Missing',
    check: (answer) =>
      says(answer.body !== '' && !/^[a-z]+\/[\w.+-]+/.test(typeOf(answer)), 'no content-type'),
  },
  {
    zap: '10020',
    name: 'Missing Anti-clickjacking Header',
    check: lacks('content-security-policy', /frame-ancestors 'none'/),
  },
  {
    zap: '10021',
    name: 'X-Content-Type-Options Header Missing',
    check: lacks('x-content-type-options', /^nosniff$/),
  },
  {
    zap: '10023',
    name: 'Information Disclosure - Debug Error Messages',
    check: ({ body, status }) =>
      says(
        status >= 400 && /SQLITE|ENOENT|ECONN|EACCES|TypeError|undefined is not|stack/i.test(body),
        'words of a fault',
      ),
  },
  {
    zap: '10027',
    name: 'Information Disclosure - Suspicious Comments',
    check: onPages(({ body }) => says(/<!--/.test(body), 'a comment in a page')),
  },
  {
    zap: '10035',
    name: 'Strict-Transport-Security Header',
    check: (answer) =>
      answer.tls
        ? lacks('strict-transport-security', /^max-age=\d{8}/)(answer)
        : says(one(answer, 'strict-transport-security') !== '', 'said over plain HTTP'),
  },
  {
    zap: '10036',
    name: 'HTTP Server Response Header',
    check: (answer) => says(one(answer, 'server') !== '', one(answer, 'server')),
  },
  {
    zap: '10037',
    name: 'Server Leaks Information via "X-Powered-By"',
    check: ({ headers }) =>
      says(
        ['x-powered-by', 'x-generator', 'via', 'x-runtime', 'x-version'].some(
          (name) => headers[name] !== undefined,
        ),
        'what it is made of',
      ),
  },
  {
    zap: '10038',
    name: 'Content Security Policy (CSP) Header Not Set',
    check: lacks('content-security-policy', /default-src 'none'/),
  },
  {
    zap: '10040',
    name: 'Secure Pages Include Mixed Content',
    check: onPages(({ body }) => says(/(?:src|href|action)="http:/.test(body), 'something in the clear')),
  },
  {
    zap: '10049',
    name: 'Storable and Cacheable Content',
    check: (answer) =>
      says(
        /public/.test(one(answer, 'cache-control')) &&
          !(answer.shared && /immutable/.test(one(answer, 'cache-control'))),
        one(answer, 'cache-control'),
      ),
  },
  {
    zap: '10054',
    name: 'Cookie without SameSite Attribute',
    check: (answer) => each(answer, (cookie) => !/; SameSite=(?:Strict|Lax)/i.test(cookie)),
  },
  {
    zap: '10055',
    name: 'CSP: wildcards, unsafe-inline, unsafe-eval',
    check: (answer) =>
      says(
        /unsafe-|\*|https?:/.test(one(answer, 'content-security-policy')),
        one(answer, 'content-security-policy'),
      ),
  },
  {
    zap: '10056',
    name: 'X-Debug-Token, X-ChromeLogger-Data, X-AspNet-Version',
    check: ({ headers }) =>
      says(
        Object.keys(headers).some((name) => /debug|chromelogger|aspnet|sourcemap/i.test(name)),
        'a header for developers',
      ),
  },
  {
    zap: '10063',
    name: 'Permissions Policy Header Not Set',
    check: onPages(lacks('permissions-policy', /camera=\(\)/)),
  },
  {
    zap: '10096',
    name: 'Timestamp Disclosure - Unix',
    check: ({ body, status }) =>
      says(status >= 400 && /\b1[6-9]\d{8}(?:\d{3})?\b/.test(body), 'a time of the machine'),
  },
  {
    zap: '10098',
    name: 'Cross-Domain Misconfiguration',
    check: ({ headers }) =>
      says(
        headers['access-control-allow-origin'] !== undefined,
        `for ${headers['access-control-allow-origin']}`,
      ),
  },
  {
    zap: '90004',
    name: 'Insufficient Site Isolation (Spectre)',
    check: (answer) =>
      lacks('cross-origin-resource-policy', /^same-origin$/)(answer) ??
      onPages(
        (page) =>
          lacks('cross-origin-opener-policy', /^same-origin$/)(page) ??
          lacks('cross-origin-embedder-policy', /^require-corp$/)(page),
      )(answer),
  },
  {
    zap: '90011',
    name: 'Charset Mismatch',
    check: (answer) =>
      says(
        /^text\/(?!event-stream)/.test(typeOf(answer)) && !/charset=utf-8/i.test(typeOf(answer)),
        typeOf(answer),
      ),
  },
  {
    zap: '90022',
    name: 'Application Error Disclosure',
    check: ({ body, status, stranger }) =>
      // An administrator is told where things lie.
      says(
        (status >= 400 || stranger) &&
          /\bat .{1,80}\.[cm]?[jt]s:\d+|node_modules|\/src\/gateway|\/tmp\/|\.sqlite/.test(body),
        'a place in the program',
      ),
  },
  {
    zap: '90033',
    name: 'Loosely Scoped Cookie',
    check: (answer) => each(answer, (cookie) => /; Domain=/i.test(cookie)),
  },
];

/** Strangers are told no address of this network. What people who administer look up is data. */
const privateAddress = ({ stranger, body, headers }: Answered): string | undefined =>
  says(
    stranger &&
      /\b(?:10\.\d+|127\.0|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b/.test(
        `${body} ${JSON.stringify(headers)}`,
      ),
    'an address of this network',
  );
