import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { signed } from './signed.ts';

/** As it comes over the wire: nothing is unpacked. */
const raw = (url: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }>((resolve, reject) => {
    get(url, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(parts) }),
      );
    }).on('error', reject);
  });

const COMPRESSED = { 'accept-encoding': 'gzip, br' };
/** All that a browser loads before the console is there: issue-wide bound, in bytes. */
const FIRST_LOAD = 150 * 1024;

suite('the files of the console', () => {
  let gateway: TestGateway;
  before(async () => {
    gateway = await startGateway({ upstream: 'http://127.0.0.1:9' });
  });
  after(() => gateway.close());

  const assets = async () => {
    const page = await raw(`${gateway.url}/console/`);
    return [...page.bytes.toString().matchAll(/"(\/console\/a\/[^"]+)"/g)].map(([, path = '']) => path);
  };

  test('the first load is small', async () => {
    const paths = ['/console/', ...(await assets())];
    assert.equal(paths.length, 3);
    const loads = await Promise.all(paths.map((path) => raw(gateway.url + path, COMPRESSED)));
    for (const { headers } of loads) assert.equal(headers['content-encoding'], 'br');
    const bytes = loads.reduce((sum, load) => sum + load.bytes.length, 0);
    assert.ok(bytes <= FIRST_LOAD, `${bytes} bytes`);
  });

  test('every answer holds browsers to the policy, and nothing may frame it', async () => {
    for (const path of ['/console/', '/console/exchanges/req_1', '/console/a/none.js', ...(await assets())]) {
      const { headers } = await raw(gateway.url + path);
      const policy = String(headers['content-security-policy']);
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ])
        assert.ok(policy.includes(part), `${path}: ${policy}`);
      assert.doesNotMatch(policy, /unsafe|\*|http/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
      assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
      assert.equal(headers['set-cookie'], undefined);
    }
  });

  test('hashed files are kept for ever, the page is asked for again, and what is known is not sent again', async () => {
    for (const path of ['/console/', ...(await assets())]) {
      const first = await raw(gateway.url + path, COMPRESSED);
      assert.equal(
        first.headers['cache-control'],
        path === '/console/' ? 'no-cache' : 'public, max-age=31536000, immutable',
      );
      assert.equal(first.headers.vary, 'accept-encoding');
      const again = await raw(gateway.url + path, {
        ...COMPRESSED,
        'if-none-match': String(first.headers.etag),
      });
      assert.deepEqual([again.status, again.bytes.length], [304, 0]);
      const plain = await raw(gateway.url + path);
      assert.notEqual(plain.headers.etag, first.headers.etag);
    }
  });

  test('no other file is behind it, and nothing is written there', async () => {
    for (const path of [
      '/console/a/..%2f..%2fpackage.json',
      '/console/a/../../package.json',
      '/console/a/manifest.json',
    ])
      assert.notEqual((await raw(gateway.url + path)).status, 200, path);
    assert.deepEqual((await raw(`${gateway.url}/console`)).headers.location, '/console/');
    assert.notEqual((await fetch(`${gateway.url}/console/`, { method: 'POST' })).status, 200);
  });

  test('a proof of an entry needs the right to read the ledger', async () => {
    const path = `${gateway.url}/admin/v1/ledger/proof/0`;
    assert.equal((await raw(path)).status, 401);
    assert.equal((await raw(path, { authorization: `Bearer ${gateway.key}` })).status, 403);
    await signed(gateway);
    const asked = await raw(path, { authorization: `Bearer ${gateway.adminKey}` });
    assert.equal(asked.status, 200, asked.bytes.toString());
    assert.equal((JSON.parse(asked.bytes.toString()) as { seq: number }).seq, 0);
    const far = await raw(`${gateway.url}/admin/v1/ledger/proof/999999`, {
      authorization: `Bearer ${gateway.adminKey}`,
    });
    assert.equal(far.status, 409);
  });
});
