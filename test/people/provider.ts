import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import type { Said } from './browser.ts';

/** What the provider says of somebody, beside their subject. */
export type Claims = Readonly<Record<string, unknown>>;

/** A real OpenID provider in this process, at which people sign in without being asked anything. */
export interface TestProvider {
  readonly url: string;
  /** Requests that it was sent, with their bodies' forms. */
  readonly asked: string[];
  /** What it says of people, by subject. */
  readonly people: Record<string, Claims>;
  /** Who signs in when it asks next. */
  subject: string;
  up: boolean;
  /** The gateway as it is registered there. */
  register(redirectUris: readonly string[], leftUris?: readonly string[]): void;
  close(): Promise<void>;
}

interface Grant {
  addOIDCScope(scope: string): void;
  save(): Promise<string>;
}
/** What the provider shows of a request, as far as it is used here. */
interface GrantContext {
  readonly oidc: {
    readonly provider: {
      readonly Grant: (new (of: object) => Grant) & { find(id: string): Promise<Grant> };
    };
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string; grantIdFor(client: string): string | undefined };
  };
}

export const CLIENT = { id: 'gatehouse', secret: 'the-secret-of-the-gateway' } as const;

export async function startProvider(): Promise<TestProvider> {
  const asked: string[] = [];
  const people: Record<string, Claims> = {};
  const state = { subject: '', up: true };
  let provider: Provider | undefined;
  const server = http.createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    if (!state.up || provider === undefined) res.writeHead(503).end();
    else if (req.url?.startsWith('/interaction/') === true)
      provider
        .interactionFinished(req, res, {
          login: { accountId: state.subject, amr: people[state.subject]?.amr },
        })
        .catch(() => res.writeHead(400).end());
    else provider.callback()(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  return {
    url,
    asked,
    people,
    get subject() {
      return state.subject;
    },
    set subject(value) {
      state.subject = value;
    },
    get up() {
      return state.up;
    },
    set up(value) {
      state.up = value;
    },
    register(redirect_uris, post_logout_redirect_uris = []) {
      provider = new Provider(url, {
        jwks: { keys: [key] },
        cookies: { keys: ['a key of the test'] },
        clients: [
          {
            client_id: CLIENT.id,
            client_secret: CLIENT.secret,
            redirect_uris,
            post_logout_redirect_uris,
            response_types: ['code'],
            grant_types: ['authorization_code'],
          },
        ],
        pkce: { required: () => true },
        claims: {
          openid: ['sub', 'amr'],
          profile: ['name', 'preferred_username', 'groups'],
          email: ['email'],
        },
        findAccount: (_context: unknown, accountId: string) => ({
          accountId,
          claims: () => ({ sub: accountId, ...people[accountId] }),
        }),
        // Everybody agrees: what is asked for is the gateway's business.
        loadExistingGrant: async (context: GrantContext) => {
          const { client, session, provider: of } = context.oidc;
          const known = session.grantIdFor(client.clientId);
          if (known !== undefined) return of.Grant.find(known);
          const grant = new of.Grant({ clientId: client.clientId, accountId: session.accountId });
          grant.addOIDCScope('openid profile email');
          await grant.save();
          return grant;
        },
        features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
        interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Fetched {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** A browser with a jar of cookies for each host, as much of one as this takes. */
export class JarBrowser {
  readonly #jars = new Map<string, Map<string, string>>();
  /** Names of cookies that no other site makes it send. */
  readonly #strict = new Set<string>();
  csrf = '';

  jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    return jar;
  }

  /** @param body sent as JSON; without one it is a GET */
  ask(url: string, headers: Record<string, string> = {}, body?: object): Promise<Fetched> {
    const jar = this.jar(url);
    const foreign = headers['sec-fetch-site'] === 'cross-site';
    const sent = [...jar].filter(([name]) => !foreign || !this.#strict.has(name));
    const cookie = sent.map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const req = http.request(
        url,
        {
          // A connection of its own each: where there are several processes, they spread over them.
          agent: false,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            'user-agent': 'Mozilla/5.0 (test)',
            ...(cookie !== '' && { cookie }),
            ...(body !== undefined && {
              'content-type': 'application/json',
              'x-gatehouse-csrf': this.csrf,
              'sec-fetch-site': 'same-origin',
            }),
            ...headers,
          },
        },
        (res) => {
          const chunks: Buffer[] = [];
          res.on('data', (chunk: Buffer) => chunks.push(chunk));
          res.on('end', () => {
            for (const line of res.headers['set-cookie'] ?? []) {
              const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
              if (value === '' || /max-age=0(;|$)/i.test(line)) jar.delete(name);
              else jar.set(name, value);
              if (/samesite=strict/i.test(line)) this.#strict.add(name);
            }
            const text = Buffer.concat(chunks).toString();
            resolve({ status: res.statusCode ?? 0, headers: res.headers, text });
          });
        },
      );
      req.on('error', reject);
      req.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async json(url: string, body?: object): Promise<Said & { readonly status: number }> {
    const { status, text } = await this.ask(url, {}, body);
    const said = JSON.parse(text) as Said;
    if (typeof said.csrf === 'string') this.csrf = said.csrf;
    return { ...said, status };
  }

  /** Another site has led it here. */
  arrive(url: string): Promise<Fetched> {
    return this.ask(url, {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    });
  }

  /** Follows a provider's redirects until they lead to somewhere else: that address. */
  async walk(from: string): Promise<string> {
    const { origin } = new URL(from);
    let url = from;
    for (let steps = 0; steps < 10; steps += 1) {
      const { status, headers, text } = await this.ask(url);
      if (headers.location === undefined)
        throw new Error(`the provider says ${status}: ${text.slice(0, 300)}`);
      url = new URL(headers.location, url).href;
      if (new URL(url).origin !== origin) return url;
    }
    throw new Error('the provider goes in circles');
  }
}
