import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, suite, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { HandClock, onClock } from './browser.ts';
import { JarBrowser } from './provider.ts';

/** Providers written for the test, which say whatever they are told to. */

const SECRET = 'the-secret-of-the-gateway';
type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

/** What a provider says otherwise than it should. */
interface Lie {
  /** Of itself. */
  readonly about?: Record<string, unknown>;
  /** In the ID token. */
  readonly claims?: Record<string, unknown>;
  readonly header?: Partial<JWTHeaderParameters>;
  readonly signer?: Keys;
  /** In the place of an answer to the code. */
  readonly answer?: (res: http.ServerResponse) => void;
}

const NAMES = ['plain', 'inner', 'clear', 'wrong', 'strict', 'shut'] as const;
const servers: http.Server[] = [];
const asked: string[] = [];
let lie: Lie = {};
let nonce = '';
let gateway: TestGateway;
const clock = new HandClock();
let good: Keys;
let stranger: Keys;
let jwk: JWK;

const json = (res: http.ServerResponse, body: object) =>
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

async function idToken(iss: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss, aud: 'gatehouse', sub: 's-1', iat: now, exp: now + 300, nonce, ...lie.claims };
  if (lie.header?.alg === 'none') {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none' })}.${part(claims)}.`;
  }
  const secret = lie.header?.alg === 'HS256';
  const key = secret ? new TextEncoder().encode(SECRET) : (lie.signer ?? good).privateKey;
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k', ...lie.header }).sign(key);
}

const provide: http.RequestListener = (req, res) => {
  const issuer = `http://${req.headers.host}`;
  asked.push(`${req.method} ${req.url}`);
  req.resume();
  if (req.url === '/.well-known/openid-configuration')
    json(res, {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      ...lie.about,
    });
  else if (req.url === '/jwks') json(res, { keys: [jwk] });
  else if (req.url === '/token' && lie.answer !== undefined) lie.answer(res);
  else if (req.url === '/token')
    idToken(issuer).then(
      (id_token) => json(res, { access_token: 'a', token_type: 'bearer', expires_in: 60, id_token }),
      () => res.writeHead(500).end(),
    );
  else res.writeHead(404).end();
};

async function listen(): Promise<string> {
  const server = http.createServer(provide);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

before(async () => {
  [good, stranger] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
  jwk = { ...(await exportJWK(good.publicKey)), kid: 'k', use: 'sig', alg: 'RS256' };
  const more: Record<string, string> = { strict: 'require: { amr: mfa }', shut: 'new_people: false' };
  const entries = await Promise.all(
    NAMES.map(
      async (name) => `    ${name}:
      issuer: ${await listen()}
      client_id: gatehouse
      client_secret: ${SECRET}
      everyone: operator
      ${more[name] ?? ''}
`,
    ),
  );
  gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: '  operator: { allow: [{ actions: [policy.read] }] }\nguards: []\n',
    replace: onClock(clock),
    settings: `people:\n  oidc:\n${entries.join('')}abuse: { repeats: off, invalid_requests: off, strangers: off }`,
  });
});
after(async () => {
  await gateway.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});
beforeEach(() => {
  lie = {};
});

/** Goes there and comes back as a browser would; the status of the page that it ends at. */
async function enter(name: (typeof NAMES)[number] = 'plain', browser = new JarBrowser()): Promise<number> {
  const begun = await browser.json(`${gateway.url}/auth/v1/oidc/begin?provider=${name}`);
  return begun.status === 200 ? comeBack(browser, name, begun.location) : begun.status;
}

async function comeBack(browser: JarBrowser, name: string, location: string): Promise<number> {
  const going = new URL(location);
  nonce = going.searchParams.get('nonce') ?? '';
  const back = new URL(`${gateway.url}/auth/v1/oidc/callback/${name}`);
  back.searchParams.set('code', 'eyJhbGciOi.sk-looks.like-a-secret');
  back.searchParams.set('state', going.searchParams.get('state') ?? '');
  back.searchParams.set('session_state', 'whatever a provider adds');
  return (await browser.arrive(back.href)).status;
}

async function refusesEach(lies: Readonly<Record<string, Lie>>): Promise<void> {
  for (const [name, one] of Object.entries(lies)) {
    lie = one;
    assert.equal(await enter(), 401, name);
    clock.pass(60 * 60_000);
  }
}

suite('providers that mean ill', () => {
  test('a role that the policy has not is found at the start', async () => {
    const starting = startGateway({
      upstream: 'http://127.0.0.1:9',
      settings: 'people: { oidc: { corp: { issuer: "https://x.example", client_id: x, everyone: chief } } }',
    });
    await assert.rejects(starting, /people\.oidc\.corp gives a role that is not in the policy: chief/);
  });

  test('an ID token must hold: signature, algorithm, audience, nonce, time, subject', async () => {
    assert.equal(await enter(), 200, 'codes may look like anything, and parameters may be added');
    await refusesEach({
      signature: { signer: stranger },
      none: { header: { alg: 'none' } },
      hmac: { header: { alg: 'HS256' } },
      audience: { claims: { aud: 'other' } },
      party: { claims: { aud: ['gatehouse', 'other'], azp: 'other' } },
      issuer: { claims: { iss: 'https://evil.example' } },
      nonce: { claims: { nonce: 'x' } },
      'no nonce': { claims: { nonce: undefined } },
      expired: { claims: { exp: 1 } },
      nobody: { claims: { sub: undefined } },
      empty: { claims: { sub: '' } },
      long: { claims: { sub: 'x'.repeat(256) } },
      tomorrow: { claims: { nbf: Math.floor(Date.now() / 1000) + 86_400 } },
    });
  });

  test('answers that are none: redirects, errors, too much, no ID token; the code goes nowhere else', async () => {
    await refusesEach({
      redirect: { answer: (res) => res.writeHead(307, { location: '/elsewhere' }).end() },
      error: {
        answer: (res) => res.writeHead(400).end('{"error":"invalid_grant","error_description":"<i>"}'),
      },
      much: {
        answer: (res) => res.writeHead(200, { 'content-type': 'application/json' }).end('x'.repeat(300_000)),
      },
      'no token': { answer: (res) => json(res, { access_token: 'a', token_type: 'bearer' }) },
      'no JSON': { answer: (res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>') },
    });
    assert.ok(!asked.includes('POST /elsewhere'));
    assert.ok(!/<i>|invalid_grant/.test(gateway.log.join('')));
  });

  test('it cannot send us to a neighbour, nor the browser into the clear, nor speak for another', async () => {
    const neighbour = http.createServer((_, res) => res.end());
    servers.push(neighbour);
    await new Promise<void>((resolve) => neighbour.listen(0, '::1', resolve));
    let met = 0;
    neighbour.on('connection', () => {
      met += 1;
    });
    const { port } = neighbour.address() as AddressInfo;
    lie = { about: { token_endpoint: `http://[::1]:${port}/token` } };
    assert.equal(await enter('inner'), 401);
    assert.equal(met, 0, 'nothing was sent to an address that only the provider names');
    lie = { about: { authorization_endpoint: 'http://login.example/auth' } };
    assert.equal(await enter('clear'), 503);
    lie = { about: { issuer: 'https://evil.example' } };
    assert.equal(await enter('wrong'), 503);
  });

  test('claims that the settings ask for, and nobody new where the door is shut', async () => {
    lie = { claims: { amr: ['pwd'] } };
    assert.equal(await enter('strict'), 401);
    lie = { claims: { amr: ['pwd', 'mfa'] } };
    const browser = new JarBrowser();
    assert.equal(await enter('strict', browser), 200);
    await browser.json(`${gateway.url}/auth/v1/session`);
    const now = Math.floor(Date.now() / 1000);
    for (const [claims, status] of [
      [{ amr: ['pwd'], auth_time: now + 5 }, 401],
      [{ amr: ['mfa'] }, 401],
      [{ amr: ['mfa'], auth_time: now - 3600 }, 401],
      [{ amr: ['mfa'], auth_time: now + 5, sub: 's-2' }, 401],
      [{ amr: ['mfa'], auth_time: now + 5 }, 200],
    ] as const) {
      lie = { claims };
      const { location } = await browser.json(`${gateway.url}/auth/v1/fresh/oidc`, {});
      assert.equal(await comeBack(browser, 'strict', location), status, JSON.stringify(claims));
    }
    lie = {};
    assert.equal(await enter('shut'), 401);
  });
});
