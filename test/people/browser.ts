import assert from 'node:assert/strict';
import { TOTP, URI } from 'otpauth';
import type { GatewayOptions } from '../../src/gateway/gateway.ts';
import { dataPaths } from '../../src/lifecycle/data-folder.ts';
import { openStore } from '../../src/store/store.ts';
import type { TestGateway } from '../harness/gateway.ts';
import type { CreationOptions, RequestOptions } from './authenticator.ts';

/** What endpoints for people say; each says some of it. */
export interface Said {
  readonly code: string;
  readonly field: string;
  readonly title: string;
  readonly pending: string;
  readonly second: readonly string[];
  readonly enrolment: string;
  readonly totp: { readonly uri: string };
  readonly csrf: string;
  readonly may: readonly string[];
  readonly person: {
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly source: string;
  };
  readonly session: { readonly id: string; readonly factors: readonly string[] };
  readonly current: string;
  readonly sessions: readonly { readonly id: string; readonly open: boolean }[];
  readonly factors: readonly { readonly id: string; readonly kind: string; readonly left: number }[];
  readonly people: readonly { readonly login: string }[];
  readonly proposals: readonly {
    readonly id: string;
    readonly person: string;
    readonly operation: string;
    readonly request: object;
    readonly approver: string | null;
  }[];
  readonly recovery_codes: readonly string[];
  readonly ended: readonly string[];
  readonly token: string;
  readonly link: string;
  readonly url: string;
  /** For `navigator.credentials`. */
  readonly options: CreationOptions & RequestOptions;
  readonly factor: { readonly id: string; readonly kind: string; readonly name: string };
  readonly location: string;
  readonly providers: readonly { readonly name: string; readonly label: string }[];
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Said;
  readonly text: string;
}

export const AGENT = 'Mozilla/5.0 (test)';
export const PASSPHRASE = 'four words to keep';

/** As much of a browser as signing in takes: one cookie, its own page's headers, the CSRF token that it was told. */
export class Browser {
  readonly url: string;
  cookie: string | undefined;
  csrf = '';
  agent = AGENT;

  constructor(url: string) {
    this.url = url;
  }

  async ask(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Told> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        'user-agent': this.agent,
        'sec-fetch-site': 'same-origin',
        ...(method === 'POST' && { 'content-type': 'application/json', 'x-gatehouse-csrf': this.csrf }),
        ...(this.cookie !== undefined && { cookie: this.cookie }),
        ...headers,
      },
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    const said = (text.startsWith('{') ? JSON.parse(text) : {}) as Said;
    for (const cookie of response.headers.getSetCookie()) {
      const pair = cookie.split(';')[0] ?? '';
      this.cookie = pair.endsWith('=') ? undefined : pair;
    }
    if (typeof said.csrf === 'string') this.csrf = said.csrf;
    return { status: response.status, headers: response.headers, body: said, text };
  }

  get(path: string, headers?: Record<string, string>): Promise<Told> {
    return this.ask('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Told> {
    return this.ask('POST', path, body, headers);
  }
}

/** The time of the gateway under test, in the test's hands: each code of an app is good once. */
export class HandClock {
  #now = Date.now();
  readonly now = (): number => this.#now;
  readonly tick = (): number => this.#now;

  pass(ms: number): void {
    this.#now += ms;
  }
}

/** The gateway and its store go by this clock. */
export const onClock =
  (clock: HandClock) =>
  (options: GatewayOptions): GatewayOptions => {
    const { pepper } = options.store;
    options.store.close();
    return { ...options, clock, store: openStore(dataPaths(options.settings.data).store, { pepper, clock }) };
  };

/** An authenticator app, written by somebody else, whose clock is the gateway's. */
export class App {
  readonly #peer: TOTP;
  readonly #clock: HandClock;

  constructor(uri: string, clock: HandClock) {
    const read = URI.parse(uri);
    assert.ok(read instanceof TOTP);
    this.#peer = read;
    this.#clock = clock;
  }

  /** The code of the next step: no code is shown twice. */
  next(): string {
    this.#clock.pass(30_000);
    return this.now();
  }

  now(): string {
    return this.#peer.generate({ timestamp: this.#clock.now() });
  }
}

export interface SomeBody {
  readonly id: string;
  readonly login: string;
  readonly browser: Browser;
  readonly app: App;
  readonly recovery: readonly string[];
}

export const asAdmin = (gateway: TestGateway) => ({
  get: (path: string) => send(gateway, 'GET', path),
  post: (path: string, body: unknown = {}) => send(gateway, 'POST', path, body),
});

async function send(gateway: TestGateway, method: string, path: string, body?: unknown): Promise<Told> {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${gateway.adminKey}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text) as Said, text };
}

/** Invited by the admin's key, enrolled by the link, and signed in. */
export async function enrolled(
  gateway: TestGateway,
  clock: HandClock,
  name: string,
  roles: readonly string[],
): Promise<SomeBody> {
  const invited = await asAdmin(gateway).post('/admin/v1/people', { name, roles });
  assert.equal(invited.status, 201, JSON.stringify(invited.body));
  return enrol(gateway, clock, invited.body.token);
}

export async function enrol(gateway: TestGateway, clock: HandClock, link: string): Promise<SomeBody> {
  const browser = new Browser(gateway.url);
  const begun = await browser.post('/auth/v1/enrolment', { link });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const app = new App(begun.body.totp.uri, clock);
  const done = await browser.post('/auth/v1/enrolment/finish', {
    enrolment: begun.body.enrolment,
    passphrase: PASSPHRASE,
    code: app.next(),
  });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const { person, recovery_codes: recovery } = done.body;
  return { id: person.id, login: person.login, browser, app, recovery };
}

/** Signs in with passphrase and code. */
export async function signIn(
  browser: Browser,
  login: string,
  code: string,
  passphrase = PASSPHRASE,
): Promise<Told> {
  const first = await browser.post('/auth/v1/sign-in', { login, passphrase });
  if (first.status !== 200) return first;
  return browser.post('/auth/v1/sign-in/code', { pending: first.body.pending, code });
}
