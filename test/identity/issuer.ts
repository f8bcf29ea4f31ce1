import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';

/** A real OpenID provider in this process, whose keys can be changed and which can be switched off. */
export interface TestIssuer {
  readonly url: string;
  /** Requests that it was sent. */
  readonly asked: string[];
  up: boolean;
  /** An access token of the client credentials grant (RFC 6749, section 4.4), as a JWT (RFC 9068). */
  token(client: 'web' | 'ops' | 'guest', audience?: string): Promise<string>;
  /** A token with the issuer's newest key and any claims. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** From now on another key signs; `keepOld`: the old one stays in the key set. */
  rotate(keepOld: boolean): Promise<void>;
  close(): Promise<void>;
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  web: ['engineers'],
  ops: ['admins', 'unmapped'],
  guest: ['unmapped'],
};

export async function startIssuer(): Promise<TestIssuer> {
  const asked: string[] = [];
  const state = { up: true, serial: 0 };
  let keys: JWK[] = [];
  let handle: http.RequestListener = () => {};
  const server = http.createServer((req, res) => {
    asked.push(req.url ?? '');
    if (state.up) handle(req, res);
    else res.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function rotate(keepOld: boolean): Promise<void> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: `key-${++state.serial}`, alg: 'RS256', use: 'sig' };
    keys = keepOld ? [key, ...keys] : [key];
    const provider = new Provider(url, {
      jwks: { keys },
      clients: Object.keys(GROUPS).map((client_id) => ({
        client_id,
        client_secret: `${client_id}-secret-of-the-test`,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
      features: {
        clientCredentials: { enabled: true },
        devInteractions: { enabled: false },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: (_context: unknown, resource: string) => ({
            scope: '',
            audience: resource.replace('urn:', ''),
            accessTokenFormat: 'jwt',
            accessTokenTTL: 600,
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      extraTokenClaims: (_context: unknown, token: { readonly clientId?: string }) => ({
        groups: GROUPS[token.clientId ?? ''] ?? [],
        email: `${token.clientId}@example.com`,
      }),
    });
    handle = provider.callback();
  }
  await rotate(false);

  return {
    url,
    asked,
    get up() {
      return state.up;
    },
    set up(value) {
      state.up = value;
    },
    rotate,
    async token(client, audience = 'gatehouse') {
      const answer = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client}:${client}-secret-of-the-test`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: `urn:${audience}` }),
      });
      const { access_token: token } = (await answer.json()) as { access_token?: string };
      if (token === undefined) throw new Error(`no token: ${answer.status}`);
      return token;
    },
    async sign(claims, header = {}) {
      const [key] = keys;
      if (key === undefined) throw new Error('no key');
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: url, aud: 'gatehouse', sub: 'someone', iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid as string, ...header })
        .sign(await importJWK(key, 'RS256'));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
