import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startGateway, type TestGateway } from './harness/gateway.ts';
import { type ScriptedUpstream, startUpstream } from './harness/upstream.ts';

const PAGE = 'https://app.example.com';
let upstream: ScriptedUpstream;
let gateway: TestGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url, listen: `origins: ["${PAGE}"]` });
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const preflight = (path: string, origin: string) =>
  fetch(gateway.url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });

test('a page on a named origin may ask: the preflight needs no key, the request does', async () => {
  const asked = await preflight('/v1/chat/completions', PAGE);
  assert.equal(asked.status, 200);
  assert.equal(asked.headers.get('access-control-allow-origin'), PAGE);
  assert.match(asked.headers.get('access-control-allow-headers') ?? '', /authorization/);
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
  const answer = await gateway.post('/v1/chat/completions', body, { origin: PAGE });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('access-control-allow-origin'), PAGE);
  assert.match(answer.headers.get('vary') ?? '', /^origin/);
  const refused = await gateway.post('/v1/chat/completions', body, {
    origin: PAGE,
    authorization: 'Bearer no',
  });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('access-control-allow-origin'), PAGE, 'a page may read why');
});

test('any other page may not, nor any page the admin API', async () => {
  for (const [path, origin] of [
    ['/v1/chat/completions', 'https://evil.example'],
    ['/v1/chat/completions', 'null'],
    ['/admin/v1/callers', PAGE],
    ['/metrics', PAGE],
  ] as const) {
    const answer = await preflight(path, origin);
    assert.equal(answer.status, 403, `${path} from ${origin}`);
    assert.equal(answer.headers.get('access-control-allow-methods'), null);
  }
});
