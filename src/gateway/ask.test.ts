import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeEdge } from './ask.ts';

const OPEN = { behind_proxy: false, trusted_proxies: [], proxy_header: 'x-forwarded-for' } as const;
const edge = (address: string, hosts: string[] = []) => makeEdge({ ...OPEN, address, hosts, origins: [] });
const OWN = ['localhost:8642', '127.0.0.1', '[::1]:8642'];

test('on loopback only its own names and those of the settings', () => {
  for (const address of ['127.0.0.1', '::1', 'localhost']) {
    for (const host of OWN) assert.ok(edge(address).answersTo(host), host);
    for (const host of [undefined, '', 'evil.example', '127.0.0.1.evil.example', 'localhost.', '[::2]']) {
      assert.equal(edge(address).answersTo(host), false, String(host));
    }
    assert.ok(edge(address, ['Gate.Example.com']).answersTo('gate.example.com:443'));
  }
});

test('beyond loopback its own names beside those of the settings, and any where there are none', () => {
  for (const [address, own] of [
    ['0.0.0.0', '127.0.0.1:8642'],
    ['10.0.0.5', '10.0.0.5:8642'],
    ['fd00::5', '[fd00::5]:8642'],
  ] as const) {
    const named = edge(address, ['gate.example.com']);
    for (const host of [own, 'gate.example.com', ...OWN]) assert.ok(named.answersTo(host), host);
    assert.equal(named.answersTo('evil.example'), false);
    assert.ok(edge(address).answersTo('any.example'));
  }
});

test('web origins are those of the settings', () => {
  const { allowsOrigin } = makeEdge({
    ...OPEN,
    address: '127.0.0.1',
    hosts: [],
    origins: ['https://App.example.com'],
  });
  assert.ok(allowsOrigin('https://app.example.com'));
  for (const origin of [
    'https://evil.example',
    'null',
    'http://app.example.com',
    'https://app.example.com.evil',
  ])
    assert.equal(allowsOrigin(origin), false, origin);
});
