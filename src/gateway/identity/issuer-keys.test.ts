import assert from 'node:assert/strict';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { IssuerSettings } from '../../settings/identity.ts';
import { IssuerKeys } from './issuer-keys.ts';

let url = '';
let asked: string[] = [];
let answer: (res: ServerResponse, path: string) => void;
const server = http.createServer((req, res) => {
  asked.push(req.url ?? '');
  answer(res, req.url ?? '');
});
let [one, two]: JWK[] = [];
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const make = async (kid: string) => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    // As a careless issuer would have it, with the private part.
    return { ...(await exportJWK(privateKey)), ...(await exportJWK(publicKey)), kid, alg: 'ES256' };
  };
  [one, two] = await Promise.all([make('one'), make('two')]);
});
after(() => server.close());

const json = (res: ServerResponse, body: unknown) =>
  void res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
beforeEach(() => {
  asked = [];
  answer = (res, path) =>
    json(res, path === '/jwks' ? { keys: [one] } : { issuer: url, jwks_uri: `${url}/jwks` });
});

function issuer(settings: Partial<IssuerSettings> = {}) {
  const time = { now: 0 };
  const clock = { now: () => 0, tick: () => time.now };
  const keys = new IssuerKeys(
    {
      name: 'corp',
      issuer: url,
      refresh: 600_000,
      keys_kept: 3_600_000,
      insecure_http: false,
      ...settings,
    } as IssuerSettings,
    clock,
    () => {},
  );
  return { keys, time };
}
const has = async (keys: IssuerKeys, kid: string) =>
  Promise.resolve((await keys.current())({ alg: 'ES256', kid }, { payload: '', signature: '' })).then(
    () => true,
    () => false,
  );
const down = { code: 'identity_unavailable' };

test('found by discovery, once for all who wait, and only the public part is kept', async () => {
  const { keys } = issuer();
  const found = await Promise.all([keys.current(), keys.current(), keys.current()]);
  assert.equal(new Set(found).size, 1);
  assert.deepEqual(asked, ['/.well-known/openid-configuration', '/jwks']);
  assert.ok(await has(keys, 'one'));
  assert.equal(asked.length, 2);
});

test('a key that is not known makes it ask again; invented ones do not make it hammer the issuer', async () => {
  const { keys, time } = issuer();
  const first = await keys.current();
  answer = (res, path) =>
    json(res, path === '/jwks' ? { keys: [one, two] } : { issuer: url, jwks_uri: `${url}/jwks` });
  assert.equal(await keys.newer(first), undefined, 'it was asked a moment ago');
  time.now = 30_000;
  const second = await keys.newer(first);
  assert.ok(second !== undefined && second !== first);
  assert.ok(await has(keys, 'two'));
  const before = asked.length;
  for (let i = 0; i < 100; i++) assert.equal(await keys.newer(second), undefined);
  assert.equal(asked.length, before);
});

test('the same keys stay the same, so that nothing verified with them is forgotten', async () => {
  const { keys, time } = issuer();
  const first = await keys.current();
  time.now = 700_000;
  await keys.current();
  while (asked.length < 4) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await keys.newer(first), undefined);
  assert.equal(await keys.current(), first);
});

test('while the issuer is down its last keys go on, for so long; then nothing is believed', async () => {
  const { keys, time } = issuer();
  await keys.current();
  answer = (res) => void res.writeHead(500).end();
  time.now = 3_599_999;
  assert.ok(await has(keys, 'one'));
  time.now = 3_700_000;
  for (let i = 0; i < 2; i++) await assert.rejects(keys.current(), down);
  const before = asked.length;
  for (let i = 0; i < 50; i++) await assert.rejects(keys.current(), down);
  assert.equal(asked.length, before, 'asked again only after a while');
  answer = (res, path) =>
    json(res, path === '/jwks' ? { keys: [two] } : { issuer: url, jwks_uri: `${url}/jwks` });
  time.now += 5000;
  assert.ok(await has(keys, 'two'));
  assert.equal(await has(keys, 'one'), false, 'what the issuer took back is gone');
});

test('answers that are not taken: redirects, other issuers, other addresses, too long, compressed, no JSON', async () => {
  const bad: ((res: ServerResponse, path: string) => void)[] = [
    (res) => void res.writeHead(302, { location: `${url}/jwks` }).end(),
    (res) => json(res, { issuer: 'https://evil.example', jwks_uri: `${url}/jwks` }),
    (res) => json(res, { issuer: `${url}/`, jwks_uri: `${url}/jwks` }),
    (res) => json(res, { issuer: url, jwks_uri: 'http://203.0.113.1/jwks' }),
    (res) => json(res, { issuer: url, jwks_uri: 'file:///etc/passwd' }),
    (res) => json(res, { issuer: url, jwks_uri: 'https://169.254.169.254/jwks' }),
    (res, path) =>
      json(
        res,
        path === '/jwks'
          ? { keys: [one] }
          : { issuer: url, jwks_uri: `${url.replace('127.0.0.1', 'localhost')}/jwks` },
      ),
    (res) => json(res, { issuer: url, pad: 'x'.repeat(300_000) }),
    (res) => void res.writeHead(200, { 'content-encoding': 'gzip' }).end('{}'),
    (res) => void res.writeHead(200).end('<html>'),
    (res, path) => json(res, path === '/jwks' ? { keys: 'none' } : { issuer: url, jwks_uri: `${url}/jwks` }),
    (res) => void res.destroy(),
  ];
  for (const one_ of bad) {
    answer = one_;
    await assert.rejects(issuer().keys.current(), down);
  }
});

test('shared secrets in a key set are left out', async () => {
  answer = (res) => json(res, { keys: [{ kty: 'oct', k: 'AAAA', kid: 'one', alg: 'HS256' }] });
  const { keys } = issuer({ jwks: `${url}/jwks` });
  const find = await keys.current();
  await assert.rejects(async () => find({ alg: 'HS256', kid: 'one' }, { payload: '', signature: '' }));
});
