import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https, { type RequestOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { ClientCertificates } from '../../src/gateway/certificates.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { type ScriptedUpstream, sse, startUpstream } from '../harness/upstream.ts';
import { type Authority, makeAuthority, type TestCertificate } from './authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
let upstream: ScriptedUpstream;
let authority: Authority;
let stranger: Authority;
let server: TestCertificate;
before(async () => {
  [upstream, authority, stranger] = await Promise.all([
    startUpstream(),
    makeAuthority('Test CA'),
    makeAuthority('Test CA'),
  ]);
  server = await authority.issue([['dns', 'localhost']]);
  file('server.pem', server.cert);
  file('server.key', server.key);
  file('ca.pem', authority.cert);
});
after(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});

const SHOP = 'spiffe://example.org/ns/web/sa/shop';
const rules = (fingerprint: string) => `identity:
  certificates:
    - { spiffe: "spiffe://example.org/ns/web/*", roles: app, team: web }
    - { dns: batch.example.com, name: batch, roles: [app] }
    - { fingerprint: "${fingerprint}", name: ops, roles: admin }
`;

const start = (more: string, settings = '') =>
  startGateway({
    upstream: upstream.url,
    listen: `tls: { cert: "${join(folder, 'server.pem')}", key: "${join(folder, 'server.key')}"${more} }`,
    settings,
  });
const mutual = (mode: string, crl = '') =>
  `, client_ca: "${join(folder, 'ca.pem')}", client_certificates: ${mode}${crl === '' ? '' : `, crl: "${crl}"`}`;

interface Got {
  readonly status: number;
  readonly text: string;
  readonly code: string | undefined;
}

function ask(
  gateway: TestGateway,
  certificate: Pick<TestCertificate, 'cert' | 'key'> | undefined,
  options: RequestOptions & { readonly body?: object } = {},
): Promise<Got> {
  const { port } = new URL(gateway.url);
  const { body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }, ...rest } = options;
  return new Promise((resolve, reject) => {
    const req = https.request(
      {
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        path: '/v1/chat/completions',
        method: 'POST',
        ca: authority.cert,
        agent: false,
        ...certificate,
        ...rest,
        headers: { 'content-type': 'application/json', host: 'localhost', ...rest.headers },
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('error', reject);
        res.on('end', () => {
          const parsed = /^\{/.test(text)
            ? (JSON.parse(text) as { code?: string; error?: { code?: string } })
            : {};
          resolve({ status: res.statusCode ?? 0, text, code: parsed.error?.code ?? parsed.code });
        });
      },
    );
    req.on('error', reject);
    req.end(rest.method === 'GET' ? undefined : JSON.stringify(body));
  });
}
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

test('certificates that are mapped identify; those that are not give nothing', async () => {
  const ops = await authority.issue([['dns', 'ops.example.com']]);
  const gateway = await start(mutual('optional'), rules(ops.fingerprint));
  try {
    const shop = await authority.issue([['url', SHOP]]);
    assert.equal((await ask(gateway, shop)).status, 200);
    const entry = gateway.entries().findLast(({ kind }) => kind === 'request.begin') as {
      caller: Record<string, string>;
    };
    assert.match(entry.caller.id ?? '', /^cert_[0-9a-f]{32}$/);
    assert.deepEqual([entry.caller.name, entry.caller.team], [`mtls/${SHOP}`, 'web']);
    const renewed = await authority.issue([['url', SHOP]]);
    assert.equal((await ask(gateway, renewed)).status, 200);
    const again = gateway.entries().findLast(({ kind }) => kind === 'request.begin') as typeof entry;
    assert.equal(again.caller.id, entry.caller.id, 'a renewed certificate is the same caller');

    assert.equal((await ask(gateway, await authority.issue([['dns', 'batch.example.com']]))).status, 200);
    const list = { path: '/admin/v1/identities', method: 'GET' };
    const seen = await ask(gateway, ops, list);
    assert.equal(seen.status, 200);
    assert.match(seen.text, /mtls\/batch/);

    for (const [names, why] of [
      [[['url', 'spiffe://example.org/ns/other/sa/x']], 'another path'],
      [[['url', 'spiffe://evil.org/ns/web/sa/shop']], 'another trust domain'],
      [[['url', 'spiffe://example.org/ns/web/']], 'an empty segment'],
      [[['url', 'spiffe://example.org/ns/web/../other']], 'dots'],
      [[['url', 'spiffe://example.org/ns/web/sa/shop?x']], 'a query'],
      [[['url', 'SPIFFE://example.org/ns/web/sa/shop']], 'another case'],
      [
        [
          ['url', SHOP],
          ['url', 'spiffe://example.org/other'],
        ],
        'two URIs (X509-SVID, section 5.2)',
      ],
      [
        [
          ['url', 'https://example.org'],
          ['url', SHOP],
        ],
        'two URIs of two kinds',
      ],
      [[['dns', 'evil.batch.example.com']], 'a name below'],
      [[['dns', `x, URI:${SHOP}`]], 'a name that holds another (CVE-2021-44532)'],
      [[['dns', 'admin']], 'a common name is no name'],
    ] as const) {
      const got = await ask(gateway, await authority.issue(names));
      assert.deepEqual([got.status, got.code], [401, 'credential_invalid'], why);
    }
    const foreign = await stranger.issue([['url', SHOP]]);
    assert.equal((await ask(gateway, foreign)).code, 'credential_invalid', 'a CA of the same name');
    const over = await authority.issue([['url', SHOP]], { ends: Date.now() - 1000 });
    assert.equal((await ask(gateway, over)).code, 'credential_invalid', 'expired');
    const ca = await authority.issue([['url', SHOP]], { ca: true });
    assert.notEqual((await ask(gateway, ca)).status, 200, 'a CA is nobody');
    assert.equal((await ask(gateway, undefined)).code, 'credential_missing');
  } finally {
    await gateway.close();
  }
});

test('a certificate and a key: ambiguous where both say who; a certificate that says nothing leaves it to the key', async () => {
  const gateway = await start(mutual('optional'), rules('00'.repeat(32)));
  try {
    const [shop, other] = await Promise.all([
      authority.issue([['url', SHOP]]),
      authority.issue([['dns', 'laptop.example.com']]),
    ]);
    assert.equal((await ask(gateway, shop, bearer(gateway.key))).code, 'credential_ambiguous');
    assert.equal((await ask(gateway, other, bearer(gateway.key))).status, 200);
    assert.equal((await ask(gateway, undefined, bearer(gateway.key))).status, 200);
    const foreign = await stranger.issue([['dns', 'laptop.example.com']]);
    assert.equal(
      (await ask(gateway, foreign, bearer(gateway.key))).code,
      'credential_invalid',
      'a bad one is not ignored',
    );
    const forwarded = { 'x-forwarded-client-cert': `URI=${SHOP}`, 'x-ssl-client-verify': 'SUCCESS' };
    assert.equal((await ask(gateway, undefined, { headers: forwarded })).code, 'credential_missing');
  } finally {
    await gateway.close();
  }
});

test('required: without a certificate of that CA there is no connection at all', async () => {
  const gateway = await start(mutual('required'));
  try {
    await assert.rejects(ask(gateway, undefined, bearer(gateway.key)));
    await assert.rejects(ask(gateway, await stranger.issue([['url', SHOP]]), bearer(gateway.key)));
    const shop = await authority.issue([['url', SHOP]]);
    assert.equal((await ask(gateway, shop, bearer(gateway.key))).status, 200, 'the door; the key says who');
    assert.equal((await ask(gateway, shop)).code, 'credential_invalid');
  } finally {
    await gateway.close();
  }
});

test('revocation: by list and by switching off, on connections that are open too; a stream goes on to its end', async () => {
  const crl = file('crl.pem', await authority.revoke([]));
  const gateway = await start(mutual('optional', crl), rules('00'.repeat(32)));
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  const other = new https.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const shop = await authority.issue([['url', SHOP]]);
    const batch = await authority.issue([['dns', 'batch.example.com']]);
    assert.equal((await ask(gateway, shop, { agent })).status, 200);
    assert.equal((await ask(gateway, batch)).status, 200);

    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    upstream.script = async (res, seen) => {
      if (seen.body.stream !== true) return;
      const frames = (end: boolean) => [
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: 'x' }, finish_reason: end ? 'stop' : null }] })}\n\n`,
      ];
      await sse(frames(false), { end: false })(res, seen);
      await held;
      res.write(frames(true).join(''));
      res.end('data: [DONE]\n\n');
    };
    const before = upstream.seen.length;
    const streaming = ask(gateway, shop, {
      agent,
      body: { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] },
    });
    const stream = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    const meanwhile = ask(gateway, batch, { agent: other, body: stream });
    while (upstream.seen.length < before + 2) await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync(crl, await authority.revoke([shop.serial]));
    await gateway.gateway.reload();
    go();
    for (const { text } of await Promise.all([streaming, meanwhile]))
      assert.match(text, /\[DONE\]/, 'a reload cuts no stream');
    const idle = () => [agent, other].some(({ freeSockets }) => Object.keys(freeSockets).length > 0);
    while (idle()) await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await ask(gateway, batch, { agent: other, body: stream });
    assert.equal(next.status, 200, 'who is still good does not notice');
    assert.equal(
      (await ask(gateway, shop, { agent })).code,
      'credential_invalid',
      'where it had an open connection',
    );
    assert.equal((await ask(gateway, shop)).code, 'credential_invalid', 'a new one');

    const list = await manage(gateway, 'GET', '/admin/v1/identities');
    const { identities } = JSON.parse(list.text) as { identities: { id: string; name: string }[] };
    const id = identities.find(({ name }) => name === 'mtls/batch')?.id ?? '';
    upstream.script = (res) => void res.writeHead(500).end();
    assert.notEqual((await ask(gateway, batch)).code, 'credential_invalid');
    assert.equal((await manage(gateway, 'POST', `/admin/v1/identities/${id}/disable`)).status, 200);
    assert.equal((await ask(gateway, batch)).code, 'credential_invalid');
  } finally {
    agent.destroy();
    other.destroy();
    await gateway.close();
  }
});
const manage = (gateway: TestGateway, method: string, path: string) =>
  ask(gateway, undefined, { path, method, body: {}, ...bearer(gateway.adminKey) });

test('a connection from before the trust changed may not ask for anything more', async () => {
  const certificates = new ClientCertificates();
  const { cert, key } = server;
  const plain = https.createServer(
    { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
    (req, res) => {
      try {
        res.end(certificates.of(req.socket)?.serialNumber ?? 'none');
      } catch (error) {
        res.end((error as { code: string }).code);
      }
    },
  );
  certificates.watch(plain);
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const at = { url: `https://127.0.0.1:${(plain.address() as AddressInfo).port}` } as TestGateway;
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  try {
    const shop = await authority.issue([['url', SHOP]]);
    assert.equal((await ask(at, shop, { agent })).text, shop.serial.toUpperCase());
    certificates.renew();
    assert.equal((await ask(at, shop, { agent })).text, 'credential_invalid');
    assert.equal((await ask(at, shop)).text, shop.serial.toUpperCase(), 'a new connection');
    assert.equal((await ask(at, undefined)).text, 'none');
  } finally {
    agent.destroy();
    plain.close();
  }
});

test('a new server certificate is taken at a reload, and a broken one changes nothing', async () => {
  const gateway = await start('');
  try {
    const serialSeen = () =>
      new Promise<string>((resolve, reject) => {
        const { port } = new URL(gateway.url);
        const socket = tls.connect(
          { port: Number(port), servername: 'localhost', ca: authority.cert },
          () => {
            resolve(socket.getPeerCertificate().serialNumber);
            socket.destroy();
          },
        );
        socket.on('error', reject);
      });
    const before = await serialSeen();
    const next = await authority.issue([['dns', 'localhost']]);
    file('server.pem', next.cert);
    file('server.key', next.key);
    await gateway.gateway.reload();
    assert.notEqual(await serialSeen(), before);
    file('server.key', server.key);
    await assert.rejects(gateway.gateway.reload(), /do not belong together/);
    assert.notEqual(await serialSeen(), before, 'a bad one changes nothing');
    assert.equal(readFileSync(join(folder, 'server.pem'), 'utf8'), next.cert);
  } finally {
    file('server.pem', server.cert);
    file('server.key', server.key);
    await gateway.close();
  }
});

test('the key exchange: X25519MLKEM768 with who knows it, X25519 with who does not, TLS 1.2 at least', async () => {
  const gateway = await start('');
  const group = (options: tls.ConnectionOptions) =>
    new Promise<string>((resolve, reject) => {
      const { port } = new URL(gateway.url);
      const socket = tls.connect(
        { port: Number(port), servername: 'localhost', ca: authority.cert, ...options },
        () => {
          const { name } = socket.getEphemeralKeyInfo() as { name?: string };
          resolve(`${socket.getProtocol()} ${name}`);
          socket.destroy();
        },
      );
      socket.on('error', (error: NodeJS.ErrnoException) => reject(error));
    });
  try {
    assert.equal(await group({}), 'TLSv1.3 X25519MLKEM768', 'what Node offers by itself');
    assert.equal(await group({ ecdhCurve: 'X25519MLKEM768' }), 'TLSv1.3 X25519MLKEM768');
    assert.equal(
      await group({ ecdhCurve: 'X25519:X25519MLKEM768' }),
      'TLSv1.3 X25519MLKEM768',
      'asked for all the same',
    );
    assert.equal(await group({ ecdhCurve: 'X25519' }), 'TLSv1.3 X25519');
    assert.equal(await group({ ecdhCurve: 'prime256v1' }), 'TLSv1.3 prime256v1');
    assert.match(await group({ maxVersion: 'TLSv1.2' }), /^TLSv1\.2 /);
    await assert.rejects(
      group({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    );
  } finally {
    await gateway.close();
  }
});

test('no session is resumed: it would bring back a verdict from before a revocation', async () => {
  const gateway = await start(mutual('optional'), rules('00'.repeat(32)));
  try {
    const shop = await authority.issue([['url', SHOP]]);
    const options = {
      port: Number(new URL(gateway.url).port),
      servername: 'localhost',
      ca: authority.cert,
      ...shop,
    };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      let session: Buffer | undefined;
      const first = tls.connect({ ...options, maxVersion }, () =>
        first.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'),
      );
      first.on('session', (given: Buffer) => {
        session = given;
      });
      await new Promise((resolve) => first.once('data', resolve));
      session ??= first.getSession();
      first.destroy();
      const second = tls.connect({ ...options, maxVersion, ...(session !== undefined && { session }) });
      await new Promise((resolve) => second.once('secureConnect', resolve));
      assert.equal(second.isSessionReused(), false, maxVersion);
      second.destroy();
    }
  } finally {
    await gateway.close();
  }
});

test('files that cannot be used are found when the configuration is read', async () => {
  await assert.rejects(start(`, client_ca: "${join(folder, 'server.key')}"`), /listen\.tls cannot be used/);
  await assert.rejects(start(mutual('optional', file('bad.pem', 'no list'))), /listen\.tls cannot be used/);
  await assert.rejects(start(', client_certificates: required'), /client_ca/);
});
