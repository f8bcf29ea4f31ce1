import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keysIn, serve, tempFolder } from './harness/cli.ts';
import { startGateway } from './harness/gateway.ts';
import { completion, json, startUpstream } from './harness/upstream.ts';

interface Attribute {
  readonly key: string;
  readonly value: Record<string, unknown>;
}

interface SpanSeen {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { code: number };
  readonly attributes: readonly Attribute[];
}

const valuesOf = (attributes: readonly Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

/** A collector: a real server that keeps what it is sent, and says 503 the first time. */
async function collector(t: TestContext, trouble = 0) {
  const got: { path: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  let left = trouble;
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    if (left-- > 0) return res.writeHead(503, { 'retry-after': '0' }).end();
    got.push({ path: req.url ?? '', headers: req.headers, body });
    return res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const spans = (): SpanSeen[] =>
    got
      .filter(({ path }) => path === '/otel/v1/traces')
      .flatMap(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans as SpanSeen[]);
  const metrics = () =>
    got
      .filter(({ path }) => path === '/otel/v1/metrics')
      .flatMap(({ body }) => JSON.parse(body).resourceMetrics[0].scopeMetrics[0].metrics);
  return { url: `http://127.0.0.1:${port}/otel`, got, spans, metrics };
}

const chat = (content: string, model = 'renamed') => ({
  model,
  messages: [{ role: 'user', content }],
});

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

test('a collector gets a trace and metrics of each request, by the conventions, without text or secrets', async (t) => {
  const { url, got, spans, metrics } = await collector(t, 1);
  const upstream = await startUpstream(json(completion('canary answer')));
  t.after(() => upstream.close());
  const gateway = await startGateway({
    upstream: upstream.url,
    settings: `telemetry: { otlp: { endpoint: "${url}", headers: { x-collector-key: canary-header }, propagate: true } }`,
  });
  const ask = (content: string) =>
    gateway.post('/v1/chat/completions', chat(content), { traceparent: TRACEPARENT });
  const answer = await ask('canary prompt');
  assert.equal(answer.status, 200, await answer.text());
  const id = answer.headers.get('x-request-id');
  assert.equal((await ask('forbidden fruit')).status, 403);
  // The collector said once that it was busy: they are sent again.
  while (spans().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await gateway.close();

  const all = spans();
  const whole = all.find(({ attributes }) => valuesOf(attributes)['gatehouse.request.id'] === id);
  assert.ok(whole !== undefined);
  assert.deepEqual(
    [whole.traceId, whole.parentSpanId, whole.kind, whole.name],
    ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', 2, 'POST openai.chat'],
  );
  assert.equal(valuesOf(whole.attributes)['http.response.status_code'], 200);
  const inside = all.filter(({ parentSpanId }) => parentSpanId === whole.spanId);
  assert.deepEqual(
    inside.map(({ name }) => name),
    ['identify', 'authorize', 'limit', 'inspect', 'record', 'forward', 'chat inner'],
  );
  const call = inside.find(({ kind }) => kind === 3);
  const said = valuesOf(call?.attributes ?? []);
  assert.equal(said['gen_ai.operation.name'], 'chat');
  assert.equal(said['gen_ai.provider.name'], 'openai');
  assert.equal(said['gen_ai.request.model'], 'inner');
  assert.equal(said['server.address'], '127.0.0.1');
  assert.equal(typeof said['gen_ai.usage.input_tokens'], 'number');
  // The model server learns which span called it.
  const sent = upstream.seen[0]?.headers.traceparent;
  assert.equal(sent, `00-${whole.traceId}-${call?.spanId}-01`);

  const blocked = all.find(
    ({ attributes }) => valuesOf(attributes)['gatehouse.refusal'] === 'prompt_blocked',
  );
  assert.equal(blocked?.status.code, 0, 'no failure of the server');
  assert.ok(!all.some(({ kind, parentSpanId }) => kind === 3 && parentSpanId === blocked?.spanId));

  const byName = new Map<string, unknown>(metrics().map((metric) => [metric.name, metric]));
  for (const name of [
    'gen_ai.client.operation.duration',
    'gen_ai.client.token.usage',
    'http.server.request.duration',
  ])
    assert.ok(byName.has(name), name);

  assert.ok(got.every(({ headers }) => headers['x-collector-key'] === 'canary-header'));
  for (const { body } of got) assert.ok(!/canary|forbidden|ghk_|upstream-key/.test(body), body);
});

test('model servers learn nothing of a trace by default, and callers cannot have themselves traced', async (t) => {
  const { url, spans } = await collector(t);
  const upstream = await startUpstream(json(completion('x')));
  t.after(() => upstream.close());
  const gateway = await startGateway({
    upstream: upstream.url,
    settings: `telemetry: { otlp: { endpoint: "${url}", sample: 0 } }`,
  });
  const answer = await gateway.post('/v1/chat/completions', chat('hello', 'm'), {
    traceparent: TRACEPARENT.replace(/00$/, '01'),
  });
  assert.equal(answer.status, 200);
  await gateway.close();
  assert.equal(upstream.seen[0]?.headers.traceparent, undefined);
  assert.deepEqual(spans(), []);
});

test('a collector that cannot be reached, or that the settings do not let be, changes no answer', async (t) => {
  const upstream = await startUpstream(json(completion('x')));
  t.after(() => upstream.close());
  const { url, got } = await collector(t);
  const outOfReach = `"${url.replace('127.0.0.1', 'localhost')}", reach: public`;
  for (const endpoint of ['"http://127.0.0.1:9"', outOfReach]) {
    const gateway = await startGateway({
      upstream: upstream.url,
      settings: `telemetry: { otlp: { endpoint: ${endpoint} } }`,
    });
    const answer = await gateway.post('/v1/chat/completions', chat('hello', 'm'));
    assert.equal(answer.status, 200);
    await gateway.close();
    const { metrics } = gateway.gateway.gate;
    assert.match(
      await metrics.registry.metrics(),
      /gatehouse_telemetry_dropped_total\{signal="traces"\} [1-9]/,
    );
  }
  assert.deepEqual(got, []);
});

test('each worker exports for itself, as an instance of its own', async (t) => {
  const { url, got } = await collector(t);
  const upstream = await startUpstream(json(completion('x')));
  t.after(() => upstream.close());
  const folder = tempFolder(t);
  writeFileSync(
    join(folder, 'gatehouse.yaml'),
    `upstreams: { open: { dialect: openai, url: "${upstream.url}/v1", key: k, models: [m] } }
telemetry: { otlp: { endpoint: "${url}", traces: false } }\n`,
  );
  writeFileSync(
    join(folder, 'policy.yaml'),
    'version: 1\nroles:\n  app: { allow: [{ actions: [chat], models: ["*"] }] }\n  admin: { allow: [{ actions: [policy.read] }] }\n',
  );
  const served = await serve(t, folder, ['--workers', '2']);
  const { app } = keysIn(served.out());
  // A connection each, so that both workers have some.
  for (let i = 0; i < 16; i++) {
    const answer = await fetch(`${served.address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(chat('hello', 'm')),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  await served.stop();
  const resources = got.map(({ body }) => JSON.parse(body).resourceMetrics[0]);
  const instances = resources.map(({ resource }) => valuesOf(resource.attributes)['service.instance.id']);
  assert.equal(new Set(instances).size, resources.length);
  const counted = resources
    .flatMap(({ scopeMetrics }) => scopeMetrics[0].metrics)
    .filter(({ name }) => name === 'gen_ai.client.operation.duration')
    .flatMap(({ histogram }) => histogram.dataPoints as { count: number }[]);
  assert.equal(
    counted.reduce((sum, { count }) => sum + count, 0),
    16,
  );
});
