import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Passage } from '../passage.ts';
import { ownOrigin, ownParty } from './place.ts';

interface Given {
  readonly host: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly proxy?: boolean;
  readonly hosts?: readonly string[];
  readonly origin?: string;
}

const passage = ({ host, port = 8642, tls = false, proxy = false, hosts = [], origin }: Given) =>
  ({
    ask: { req: { headers: { host } }, secure: tls || proxy },
    house: {
      settings: {
        listen: { port, tls: tls ? {} : undefined, behind_proxy: proxy, hosts },
        people: { origin },
      },
    },
  }) as unknown as Passage;

test('the origin is the settings’, or the host that was asked, at the gateway’s own port', () => {
  const name = 'gate.example.com';
  for (const [given, origin] of [
    [{ host: 'localhost:8642' }, 'http://localhost:8642'],
    [{ host: 'localhost:41234', port: 0 }, 'http://localhost:41234'],
    [{ host: `${name}:8642`, tls: true, hosts: [name] }, `https://${name}:8642`],
    [{ host: name, tls: true, port: 443, hosts: [name] }, `https://${name}`],
    [{ host: name, proxy: true, hosts: [name] }, `https://${name}`],
    [{ host: 'GATE.example.com', proxy: true, hosts: [name] }, `https://${name}`],
    [{ host: 'whatever', origin: 'https://fixed.example' }, 'https://fixed.example'],
  ] as const)
    assert.equal(ownOrigin(passage(given)), origin);
});

test('another port is another’s, and a host that nobody named is its sender’s word', () => {
  for (const given of [
    { host: 'localhost:9999' },
    { host: 'localhost' },
    { host: 'evil.example:8642', tls: true },
    { host: 'gate.example.com:8443', proxy: true, hosts: ['gate.example.com'] },
    { host: '' },
    { host: 'a b' },
  ])
    assert.throws(() => ownOrigin(passage(given)), { code: 'request_invalid' }, given.host);
});

test('passkeys are for names', () => {
  assert.deepEqual(ownParty(passage({ host: 'localhost:8642' })), {
    origin: 'http://localhost:8642',
    rpId: 'localhost',
  });
  for (const host of ['127.0.0.1:8642', '[::1]:8642'])
    assert.throws(() => ownParty(passage({ host })), { code: 'request_invalid' });
});
