import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { completion, json, type ScriptedUpstream, startUpstream } from './harness/upstream.ts';
import { makeAuthority, type TestCertificate } from './identity/authority.ts';

let upstream: ScriptedUpstream;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
before(async () => {
  upstream = await startUpstream(json(completion('Hello')));
});
after(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true });
});

async function start(t: TestContext, fields: string): Promise<TestGateway> {
  const gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  up: { dialect: openai, key: upstream-key, models: [m], ${fields} }`,
  });
  t.after(() => gateway.close());
  return gateway;
}
const ask = (gateway: TestGateway, headers: Record<string, string> = {}) =>
  gateway.post('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }, headers);
const statusOf = async (gateway: TestGateway) => (await ask(gateway)).status;
const port = () => new URL(upstream.url).port;

test('a name that means this machine is not reached where only public addresses are', async (t) => {
  const gateway = await start(t, `url: "http://localhost:${port()}/v1", reach: public`);
  const seen = upstream.seen.length;
  const answer = await ask(gateway);
  assert.equal(answer.status, 502);
  assert.doesNotMatch(
    await answer.text(),
    /127|loopback|localhost/,
    'the caller is not told where things are',
  );
  assert.equal(upstream.seen.length, seen);
  assert.match(
    gateway.log.join(''),
    /loopback address, which is refused unless its reach or allow_addresses names it/,
  );
  assert.deepEqual(
    (gateway.entries().at(-1) as { attempts?: { outcome: string }[] }).attempts?.map(
      ({ outcome }) => outcome,
    ),
    ['upstream_unreachable'],
  );
});

test('what the settings name is reached: an address, localhost, a range, a reach', async (t) => {
  for (const fields of [
    `url: "http://127.0.0.1:${port()}/v1"`,
    `url: "http://localhost:${port()}/v1"`,
    `url: "http://localhost:${port()}/v1", reach: public, allow_addresses: ["127.0.0.0/8", "::1"]`,
    `url: "http://localhost:${port()}/v1", reach: loopback`,
  ]) {
    assert.equal(await statusOf(await start(t, fields)), 200, fields);
  }
});

/** A model server over HTTPS, and what it saw of each connection. */
async function startTls(t: TestContext, { cert, key }: TestCertificate, clientCa?: string) {
  const seen: { servername: unknown; host: string | undefined; client: boolean }[] = [];
  const server = https.createServer(
    {
      cert,
      key,
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    (req, res) => {
      const socket = req.socket as TLSSocket & { servername?: unknown };
      seen.push({ servername: socket.servername, host: req.headers.host, client: socket.authorized });
      res.setHeader('content-type', 'application/json').end(JSON.stringify(completion('Hello')));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as { port: number };
  return { seen, port };
}

function fileOf(name: string, text: string): string {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, text);
  return file;
}

test('the certificate of a model server is checked, by its name, against the authorities that are named', async (t) => {
  const [ours, others] = await Promise.all([makeAuthority('ours'), makeAuthority('others')]);
  const good = await ours.issue([['dns', 'localhost']]);
  const { seen, port } = await startTls(t, good);
  const url = `url: "https://localhost:${port}/v1"`;
  const ca = (name: string, { cert }: { cert: string }) => `tls: { ca: "${fileOf(name, cert)}" }`;
  assert.equal(await statusOf(await start(t, `${url}, ${ca('ours', ours)}`)), 200);
  // The name goes to the server though the connection goes to an address that was looked up and checked.
  assert.deepEqual(seen, [{ servername: 'localhost', host: `localhost:${port}`, client: false }]);
  assert.equal(await statusOf(await start(t, url)), 502, 'an authority that nobody trusts');
  assert.equal(await statusOf(await start(t, `${url}, ${ca('others', others)}`)), 502, 'another authority');
  const wrong = await startTls(t, await ours.issue([['dns', 'other.example']]));
  const elsewhere = `url: "https://localhost:${wrong.port}/v1", ${ca('ours', ours)}`;
  assert.equal(await statusOf(await start(t, elsewhere)), 502, 'another name');
  const old = await startTls(t, await ours.issue([['dns', 'localhost']], { ends: Date.now() - 1000 }));
  const expired = `url: "https://localhost:${old.port}/v1", ${ca('ours', ours)}`;
  assert.equal(await statusOf(await start(t, expired)), 502, 'expired');
  assert.deepEqual([wrong.seen, old.seen], [[], []]);
});

test('certificates that cannot be used are found before anything takes effect', async (t) => {
  const gateway = await start(t, `url: "${upstream.url}/v1"`);
  const { cert, key } = await (await makeAuthority('one')).issue([['dns', 'x']]);
  const another = await (await makeAuthority('two')).issue([['dns', 'x']]);
  const file = join(gateway.folder, 'gatehouse.yaml');
  for (const tls of [
    `ca: "${fileOf('rubbish', 'no certificate')}"`,
    `cert: "${fileOf('own', cert)}", key: "${fileOf('foreign', another.key)}"`,
    `cert: "${fileOf('none', '')}", key: "${fileOf('own-key', key)}"`,
  ]) {
    writeFileSync(
      file,
      `listen: { port: 0 }\nupstreams: { up: { dialect: openai, url: "https://x.example", models: [m], tls: { ${tls} } } }\n`,
    );
    await assert.rejects(gateway.gateway.reload(), /upstreams\.up\.tls cannot be used/, tls);
  }
  assert.equal(await statusOf(gateway), 200);
});

test('the gateway shows its own certificate where a model server wants one', async (t) => {
  const authority = await makeAuthority('ours');
  const server = await authority.issue([['dns', 'localhost']]);
  const client = await authority.issue([['dns', 'gatehouse']]);
  const { seen, port } = await startTls(t, server, authority.cert);
  const ca = `ca: "${fileOf('ca', authority.cert)}"`;
  const pair = `cert: "${fileOf('cert', client.cert)}", key: "${fileOf('key', client.key)}"`;
  const url = `url: "https://localhost:${port}/v1"`;
  assert.equal(await statusOf(await start(t, `${url}, tls: { ${ca}, ${pair} }`)), 200);
  assert.equal(seen[0]?.client, true);
  assert.equal(await statusOf(await start(t, `${url}, tls: { ${ca} }`)), 502);
  assert.equal(seen.length, 1);
});

/** Headers with which a client could speak to the model server past the gateway. */
const CROSSING = {
  'x-api-key-2': 'a',
  cookie: 'session=1',
  forwarded: 'for=10.0.0.1;host=evil.example',
  'x-forwarded-for': '10.0.0.1',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-real-ip': '10.0.0.1',
  via: '1.1 evil.example',
  'proxy-authorization': 'Basic eDp5',
  'x-goog-api-key-2': 'a',
  'openai-organization': 'org-of-mine',
  'openai-project': 'project-of-mine',
  'x-custom': 'a',
  te: 'trailers',
  'accept-encoding': 'gzip',
  'user-agent': 'evil/1',
  'x-gatehouse-subject': 'ann@example.com',
  'x-gatehouse-purpose': 'support',
};

test('of a client’s headers none goes upstream that its endpoint does not name', async (t) => {
  const gateway = await start(t, `url: "${upstream.url}/v1"`);
  assert.equal((await ask(gateway, CROSSING)).status, 200);
  const headers = upstream.seen.at(-1)?.headers ?? {};
  assert.deepEqual(Object.keys(headers).sort(), [
    'accept-encoding',
    'authorization',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ]);
  assert.equal(headers.authorization, 'Bearer upstream-key');
  assert.equal(headers.host, new URL(upstream.url).host);
  assert.equal(headers['user-agent'], 'gatehouse');
  assert.equal(headers['accept-encoding'], 'identity');
});

test('a header that Connection names is no way round either', async (t) => {
  const gateway = await start(t, `url: "${upstream.url}/v1"`);
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(gateway.url);
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] });
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${gateway.key}\r\n` +
      'Connection: close, authorization, x-secret\r\nX-Secret: a\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  let text = '';
  for await (const chunk of socket) text += chunk;
  assert.match(text, /^HTTP\/1\.1 200 /);
  const headers = upstream.seen.at(-1)?.headers ?? {};
  assert.equal(headers['x-secret'], undefined);
  assert.equal(headers.authorization, 'Bearer upstream-key', 'the upstream’s own key is not taken away');
  assert.doesNotMatch(String(headers.connection), /secret|authorization/);
});

test('of a model server’s headers none comes back', async (t) => {
  const gateway = await start(t, `url: "${upstream.url}/v1"`);
  const theirs = {
    'set-cookie': 'session=upstream',
    authorization: 'Bearer upstream-key',
    'x-api-key': 'upstream-key',
    'www-authenticate': 'Bearer realm="upstream"',
    'openai-organization': 'org-of-the-gateway',
    'x-request-id': 'theirs',
    server: 'secret-server/1.0',
    via: '1.1 inner-proxy',
    location: 'http://inner.example/',
    'x-ratelimit-remaining-requests': '1234567',
    'access-control-allow-origin': '*',
    'alt-svc': 'h3=":443"',
    'strict-transport-security': 'max-age=1',
    'x-envoy-upstream-service-time': '3',
    trailer: 'x-late',
  };
  const before = await ask(gateway);
  const usual = [...before.headers.keys()].sort();
  for (const status of [200, 400, 401, 429, 500]) {
    upstream.script = json(completion('Hello'), status, theirs);
    const answer = await ask(gateway);
    const headers = JSON.stringify([...answer.headers]);
    assert.doesNotMatch(
      headers,
      /upstream|theirs|secret-server|inner|org-of|1234567|alt-svc|envoy|strict|x-late/,
      `${status}`,
    );
    if (status === 200) assert.deepEqual([...answer.headers.keys()].sort(), usual);
  }
  upstream.script = json(completion('Hello'));
});
