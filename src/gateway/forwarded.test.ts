import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ProxyTrust, readerOfPeers } from './forwarded.ts';

const TRUST: ProxyTrust = {
  behind_proxy: false,
  trusted_proxies: ['10.0.0.0/24', 'fd00::/64', '127.0.0.1', '::1'],
  proxy_header: 'x-forwarded-for',
};
const BY_RFC: ProxyTrust = { ...TRUST, proxy_header: 'forwarded' };

const came = (remoteAddress: string | undefined, headers: Record<string, string>, trust = TRUST) =>
  readerOfPeers(trust)({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
const by = (xff: string, from = '10.0.0.1') => came(from, { 'x-forwarded-for': xff });
const byRfc = (forwarded: string) => came('10.0.0.1', { forwarded }, BY_RFC);

test('without trusted proxies, and from anybody else, the other end of the connection is the client', () => {
  const lies = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    forwarded: 'for=203.0.113.9',
  };
  for (const trust of [{ ...TRUST, trusted_proxies: [] }, TRUST, BY_RFC])
    for (const peer of ['192.0.2.1', '2001:db8::5', '10.0.1.1', '::ffff:10.0.1.1', ''])
      assert.deepEqual(came(peer, lies, trust), { peer, secure: false, unclear: false });
  assert.equal(came(undefined, lies).peer, '');
  assert.equal(came('10.0.0.1', lies, { ...TRUST, trusted_proxies: [] }).peer, '10.0.0.1');
});

test('the client is the first from the right that is no trusted proxy, whatever it has written itself', () => {
  for (const [header, peer] of [
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.7,203.0.113.9 , 10.0.0.2,\t10.0.0.3', '203.0.113.9'],
    ['"; drop, not an address, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.8, 10.0.0.7', '10.0.0.8'],
    [', ,203.0.113.9,,', '203.0.113.9'],
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:DB8::9]:4711, [fd00::1]', '2001:db8::9'],
    ['2001:db8::9', '2001:db8::9'],
    ['::ffff:203.0.113.9', '::ffff:203.0.113.9'],
    ['203.0.113.9, ::ffff:10.0.0.2', '203.0.113.9'],
    ['203.0.113.9, unknown', '10.0.0.1'],
    ['203.0.113.9, _hidden, 10.0.0.2', '10.0.0.2'],
    ['', '10.0.0.1'],
  ] as const)
    assert.deepEqual(by(header), { peer, secure: false, unclear: false }, header);
  assert.equal(came('::ffff:10.0.0.1', { 'x-forwarded-for': '203.0.113.9' }).peer, '203.0.113.9');
  assert.equal(came('fd00::2%eth0', { 'x-forwarded-for': '203.0.113.9' }).peer, '203.0.113.9');
  assert.equal(came('10.0.0.1', { forwarded: 'for=203.0.113.9' }).peer, '10.0.0.1');
});

test('what a trusted proxy writes is understood, or the request is', () => {
  for (const header of [
    'example.com',
    '203.0.113.9, 1.2.3',
    '203.0.113.9, 010.0.0.1',
    '203.0.113.9, 1.2.3.4/8',
    '203.0.113.9, [::1',
    '203.0.113.9, fe80::1%eth0',
    '203.0.113.9, "10.0.0.2"',
    'garbage, 10.0.0.2',
  ])
    assert.ok(by(header).unclear, header);
});

test('by RFC 7239', () => {
  for (const [header, peer, secure] of [
    ['for=203.0.113.9', '203.0.113.9', false],
    ['For="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17', false],
    ['for=203.0.113.9;proto=https;by=10.0.0.1', '203.0.113.9', true],
    ['for=198.51.100.1;proto=https, for=203.0.113.9;proto=http', '203.0.113.9', false],
    ['for=203.0.113.9;proto=HTTPS, for=10.0.0.2;proto=http', '203.0.113.9', true],
    // A quote that the client has opened.
    ['for="198.51.100.1, for=203.0.113.9', '203.0.113.9', false],
    ['for=203.0.113.9, for=unknown', '10.0.0.1', false],
    ['for=203.0.113.9, for="_gazonk:1"', '10.0.0.1', false],
  ] as const)
    assert.deepEqual(byRfc(header), { peer, secure, unclear: false }, header);
  for (const header of [
    'proto=https',
    '203.0.113.9',
    'for=203.0.113.9;for=198.51.100.1',
    'for=203.0.113.9;',
    'for= 203.0.113.9',
    'for=203.0.113.9;host="a,for=198.51.100.1"',
    'for=203.0.113.9;host="a,for=198.51.100.1;z="',
    'for="203.0.113.9',
    'for="20\\3.0.113.9"',
  ])
    assert.ok(byRfc(header).unclear, header);
  assert.equal(came('10.0.0.1', { 'x-forwarded-for': '203.0.113.9' }, BY_RFC).peer, '10.0.0.1');
});

test('TLS is what the nearest proxy says, where the gateway and its settings do not', () => {
  const over = (proto: string, trust = TRUST, from = '10.0.0.1') =>
    came(from, { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': proto }, trust).secure;
  assert.ok(over('https'));
  assert.ok(over('http, HTTPS'));
  assert.ok(!over('https, http'));
  assert.ok(!over(''));
  assert.ok(!over('https', TRUST, '192.0.2.1'));
  for (const trust of [
    { ...TRUST, behind_proxy: true },
    { ...TRUST, tls: {} },
  ])
    for (const from of ['10.0.0.1', '192.0.2.1']) assert.ok(over('http', trust, from));
});

test('no text gets another peer than the one that the trusted proxy has added', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.ipV4(), (written, client) => {
      fc.pre(!client.startsWith('10.0.0.') && client !== '127.0.0.1');
      assert.equal(by(`${written}, ${client}`).peer, client);
      assert.equal(byRfc(`${written}, for=${client}`).peer, client);
    }),
  );
});

test('a header as long as may be is read in no time', () => {
  const hops = '10.0.0.2,'.repeat(1_800);
  assert.equal(by(`${hops}203.0.113.9`).peer, '203.0.113.9');
  assert.equal(by(`203.0.113.9,${hops}`).peer, '203.0.113.9');
  assert.ok(by('"'.repeat(16_000)).unclear);
});
