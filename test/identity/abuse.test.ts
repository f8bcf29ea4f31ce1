import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { startUpstream } from '../harness/upstream.ts';

const ask = (gateway: TestGateway, content: unknown, url = gateway.url, key = gateway.key) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] }),
  });
const suspects = (gateway: TestGateway) =>
  gateway.entries().filter(({ kind }) => kind === 'caller.suspect') as {
    check: string;
    action: string;
    count: number;
  }[];
const metrics = async (gateway: TestGateway) =>
  (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
  ).text();

test('repeats and invalid requests: told once, counted, and made to wait where that is asked for', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    upstream: upstream.url,
    settings: `abuse:
  repeats: { action: flag, count: 5 }
  invalid_requests: { action: block, count: 3, cooldown: 1m }
`,
  });
  try {
    for (let i = 0; i < 12; i++) assert.equal((await ask(gateway, 'again')).status, 200);
    for (let i = 0; i < 12; i++) assert.equal((await ask(gateway, `other ${i}`)).status, 200);
    assert.deepEqual(
      suspects(gateway).map(({ check, action, count }) => [check, action, count]),
      [['repeats', 'flag', 6]],
    );
    for (let i = 0; i < 4; i++) assert.equal((await ask(gateway, i)).status, 400);
    const slow = await ask(gateway, 'fine again');
    assert.equal(slow.status, 429);
    assert.equal(slow.headers.get('retry-after'), '60');
    assert.equal(((await slow.json()) as { error: { code: string } }).error.code, 'cooling_down');
    assert.equal(suspects(gateway).length, 2);
    assert.ok(!JSON.stringify(suspects(gateway)).includes('again'), 'no text');
    assert.match(
      await metrics(gateway),
      /gatehouse_suspects_total\{check="invalid_requests",action="block"\} 1/,
    );
  } finally {
    await gateway.close();
    await upstream.close();
  }
});

/** An address of this machine that is not loopback; networks of loopback are not told apart. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;

test('strangers who guess are told to wait; who has a key comes in from the same network', {
  skip: outside === undefined ? 'this machine has loopback only' : false,
}, async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({
    upstream: upstream.url,
    listen: 'address: 0.0.0.0, behind_proxy: true',
    settings: 'abuse: { strangers: { count: 5 } }\n',
  });
  try {
    const url = `http://${outside}:${new URL(gateway.url).port}`;
    const codes: number[] = [];
    for (let i = 0; i < 9; i++)
      codes.push((await ask(gateway, 'x', url, `ghk_${'a'.repeat(10)}_${String(i).repeat(43)}`)).status);
    assert.deepEqual(codes, [401, 401, 401, 401, 401, 429, 429, 429, 429]);
    assert.equal((await ask(gateway, 'Hi', url)).status, 200, 'behind the same address');
    const [found, ...more] = suspects(gateway) as unknown as { check: string; network: string }[];
    assert.deepEqual([found?.check, more.length], ['strangers', 0]);
    assert.match(found?.network ?? '', /\.0\/24$/);
    for (let i = 0; i < 9; i++)
      assert.equal((await ask(gateway, 'x', gateway.url, 'ghk_no')).status, 401, 'loopback');
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
