import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../harness/gateway.ts';
import { startUpstream } from '../harness/upstream.ts';
import { until } from './scene.ts';
import { says } from './upstream-scripts.ts';

test('a request whose caller leaves while it waits for a connection never leaves', async () => {
  const held: (() => void)[] = [];
  const upstream = await startUpstream((res, seen) => void held.push(() => says('Hello')(res, seen)));
  const gateway = await startGateway({
    upstream: upstream.url,
    upstreams: `  open: { dialect: openai, url: "${upstream.url}/v1", key: k, connections: 1, models: [m] }`,
  });
  try {
    const { gate } = gateway.gateway;
    const path = '/v1/chat/completions';
    const ask = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] });
    const first = gateway.post(path, ask('first'));
    await until('the first request has the one connection', () => held.length === 1);

    const begun = () => gateway.entries().filter(({ kind }) => kind === 'request.begin').length;
    const leaving = new AbortController();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}` };
    const body = JSON.stringify(ask('second'));
    const second = fetch(gateway.url + path, { method: 'POST', headers, body, signal: leaving.signal });
    second.catch(() => {});
    await until('the second request waits', () => begun() === 2);
    leaving.abort();
    await until('only the first is at work', () => gate.open === 1);
    const last = gateway.entries().at(-1);
    assert.deepEqual([last?.kind, last?.outcome, last?.code], ['request.end', 'failed', 'client_gone']);

    held[0]?.();
    assert.equal((await first).status, 200);
    const third = gateway.post(path, ask('third'));
    await until('the third request is there', () => held.length === 2);
    held[1]?.();
    assert.equal((await third).status, 200);
    assert.deepEqual(
      upstream.seen.map(({ text }) => /first|second|third/.exec(text)?.[0]),
      ['first', 'third'],
    );
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
