import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Secret } from '../base/secret.ts';
import { WrongKey } from './master.ts';
import { type TransitPlace, transitMaster } from './transit.ts';

/**
 * A server that answers as the transit engine's documentation says: no real Vault or OpenBao runs in these tests.
 * https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
class TransitServer {
  readonly keys: Buffer[] = [randomBytes(32)];
  readonly seen: { path: string; headers: http.IncomingHttpHeaders; body: Record<string, string> }[] = [];
  /** What it answers instead, where set. */
  answer: { status: number; body: string } | undefined;
  readonly server = http.createServer((req, res) => {
    let text = '';
    req.on('data', (chunk) => {
      text += chunk;
    });
    req.on('end', () => {
      const body = JSON.parse(text) as Record<string, string>;
      this.seen.push({ path: req.url ?? '', headers: req.headers, body });
      const { status, body: said } = this.answer ?? this.#act(req, body);
      res.writeHead(status, { 'content-type': 'application/json' }).end(said);
    });
  });

  #act(req: http.IncomingMessage, body: Record<string, string>) {
    const say = (status: number, value: object) => ({ status, body: JSON.stringify(value) });
    const failed = (status: number, error: string) => say(status, { errors: [error] });
    const [, act, key] = /^\/v1\/transit\/(encrypt|decrypt|rewrap)\/([\w-]+)$/.exec(req.url ?? '') ?? [];
    if (req.method !== 'POST' || act === undefined) return failed(404, 'no handler for route');
    if (req.headers['x-vault-token'] !== 's.token' || req.headers['x-vault-namespace'] !== 'team') {
      return failed(403, 'permission denied');
    }
    if (key !== 'gate') return failed(400, 'encryption key not found');
    try {
      if (act === 'encrypt')
        return say(200, { data: { ciphertext: this.#encrypt(body.plaintext ?? ''), key_version: 1 } });
      const plaintext = this.#decrypt(body.ciphertext ?? '');
      return say(200, { data: act === 'decrypt' ? { plaintext } : { ciphertext: this.#encrypt(plaintext) } });
    } catch {
      return failed(400, 'cipher: message authentication failed');
    }
  }

  #encrypt(plaintext: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keys.at(-1) as Buffer, nonce);
    const bytes = Buffer.concat([
      nonce,
      cipher.update(plaintext, 'base64'),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    return `vault:v${this.keys.length}:${bytes.toString('base64')}`;
  }

  #decrypt(ciphertext: string): string {
    const [, version, text = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.keys[Number(version) - 1] as Buffer,
      bytes.subarray(0, 12),
    );
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('base64');
  }
}

const transit = new TransitServer();
let place: TransitPlace;
before(async () => {
  await new Promise<void>((resolve) => transit.server.listen(0, '127.0.0.1', resolve));
  place = {
    url: `http://127.0.0.1:${(transit.server.address() as AddressInfo).port}`,
    mount: 'transit',
    key: 'gate',
    token: new Secret('s.token'),
    namespace: 'team',
    timeout: 2000,
  };
});
after(() => {
  transit.server.close();
  transit.server.closeAllConnections();
});

test('a key goes there and comes back; token, namespace and paths are as the engine wants them', async (t) => {
  const master = transitMaster('kms', place);
  t.after(() => master.close());
  const key = randomBytes(32);
  const wrapped = await master.wrap(key, 'for web');
  assert.match(wrapped, /^vault:v1:/);
  assert.deepEqual(await master.unwrap(wrapped, 'for web'), key);
  const [first, second] = transit.seen.slice(-2);
  assert.equal(first?.path, '/v1/transit/encrypt/gate');
  assert.equal(second?.path, '/v1/transit/decrypt/gate');
  assert.equal(first?.headers['x-vault-token'], 's.token');
  assert.equal(first?.headers['x-vault-namespace'], 'team');
  assert.equal(first?.headers['x-vault-request'], 'true');
});

test('rewrap: under the newest version, and the old ones still open', async (t) => {
  const master = transitMaster('kms', place);
  t.after(() => master.close());
  const key = randomBytes(32);
  const old = await master.wrap(key, 'a');
  transit.keys.push(randomBytes(32), randomBytes(32));
  const anew = await master.rewrap(old, 'a');
  assert.match(anew, /^vault:v3:/);
  assert.equal(transit.seen.at(-1)?.path, '/v1/transit/rewrap/gate');
  for (const wrapped of [old, anew]) assert.deepEqual(await master.unwrap(wrapped, 'a'), key);
});

test('wrapped for something else, changed, or no ciphertext: the wrong key', async (t) => {
  const master = transitMaster('kms', place);
  t.after(() => master.close());
  const wrapped = await master.wrap(randomBytes(32), 'web 2026-10');
  await assert.rejects(master.unwrap(wrapped, 'ops 2026-10'), WrongKey);
  await assert.rejects(master.unwrap(`${wrapped.slice(0, -8)}AAAAAAA=`, 'web 2026-10'), WrongKey);
  await assert.rejects(master.unwrap('v1.abc', 'web 2026-10'), WrongKey);
});

test('errors say the status and nothing that the service said', async (t) => {
  const secret = 'canary-in-an-error';
  const cases: [string, Partial<TransitPlace>, typeof transit.answer, number][] = [
    ['a wrong token', { token: new Secret('other') }, undefined, 403],
    ['sealed', {}, { status: 503, body: JSON.stringify({ errors: [secret] }) }, 503],
    ['not JSON', {}, { status: 200, body: secret }, 502],
    ['no data', {}, { status: 200, body: '{}' }, 502],
    ['no ciphertext', {}, { status: 200, body: JSON.stringify({ data: { ciphertext: secret } }) }, 502],
    ['without end', {}, { status: 200, body: ' '.repeat(100_000) }, 502],
    ['nobody there', { url: 'http://127.0.0.1:9' }, undefined, 0],
  ];
  for (const [what, more, answer, status] of cases) {
    transit.answer = answer;
    const master = transitMaster('kms', { ...place, ...more });
    t.after(() => master.close());
    await assert.rejects(master.wrap(randomBytes(32), 'a'), (error: Error & { status: number }) => {
      assert.equal(error.status, status, what);
      assert.doesNotMatch(error.message, /canary/);
      return error.name === 'TransitFailed';
    });
  }
  transit.answer = undefined;
});

test('a service that does not answer is given up', async (t) => {
  const silent = http.createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    silent.close();
    silent.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const master = transitMaster('kms', { ...place, url, timeout: 50 });
  t.after(() => master.close());
  await assert.rejects(master.wrap(randomBytes(32), 'a'), { name: 'TransitFailed', status: 0 });
});
