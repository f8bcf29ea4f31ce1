import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Pool } from 'undici';
import { parseRange } from '../base/addresses.ts';
import { PUBLIC, REACHES, type Reach, reachOf } from '../base/reach.ts';
import { guardedConnect, type Resolve } from './reach.ts';

let server: http.Server;
let port: number;
const hosts: (string | undefined)[] = [];
before(async () => {
  server = http.createServer((req, res) => {
    hosts.push(req.headers.host);
    res.setHeader('connection', 'close').end(`at ${req.socket.localAddress}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

/** Asks `http://<host>` through a pool that reaches so far; the answer's text, or the code of the error. */
async function get(host: string, reach: Reach, resolve?: Resolve): Promise<string> {
  const pool = new Pool(`http://${host}:${port}`, {
    connect: guardedConnect({ reach, timeout: 2000, resolve }),
  });
  try {
    const { body } = await pool.request({ method: 'GET', path: '/' });
    return await body.text();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    await pool.destroy();
  }
}

const names = (...answers: readonly (readonly string[])[]): Resolve & { asked: number } => {
  const resolve = Object.assign<Resolve, { asked: number }>(
    (_name, done) => {
      const addresses = answers[Math.min(resolve.asked, answers.length - 1)] ?? [];
      resolve.asked += 1;
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
    { asked: 0 },
  );
  return resolve;
};

const range = (text: string) => {
  const read = parseRange(text);
  if (read === undefined) throw new Error(text);
  return read;
};
const ONLY_TWO: Reach = { classes: [], ranges: [range('127.0.0.2')] };

test('a name that means an address out of reach is not connected to', async () => {
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    'fd00:ec2::254',
    '100.64.0.1',
    '127.1',
    'fe80::1%lo',
  ]) {
    assert.equal(await get('models.example', PUBLIC, names([address])), 'ADDRESS_REFUSED', address);
  }
});

test('one address out of reach spoils the answer', async () => {
  assert.equal(await get('models.example', ONLY_TWO, names(['127.0.0.2', '127.0.0.1'])), 'ADDRESS_REFUSED');
  assert.equal(await get('models.example', ONLY_TWO, names([])), 'ADDRESS_REFUSED');
});

test('DNS rebinding: what was checked is what is connected to, and every connection is checked', async () => {
  const turning = names(['127.0.0.2'], ['127.0.0.1']);
  assert.equal(await get('models.example', ONLY_TWO, turning), 'at 127.0.0.2');
  assert.equal(turning.asked, 1, 'one look-up for one connection');
  assert.equal(hosts.at(-1), `models.example:${port}`, 'the server still hears its name');
  assert.equal(await get('models.example', ONLY_TWO, turning), 'ADDRESS_REFUSED');
});

test('an address in the URL is reached where it is allowed, and no other', async () => {
  assert.equal(await get('127.0.0.2', reachOf('127.0.0.2')), 'at 127.0.0.2');
  assert.equal(await get('127.0.0.1', reachOf('127.0.0.2')), 'ADDRESS_REFUSED');
  assert.equal(await get('127.0.0.1', PUBLIC), 'ADDRESS_REFUSED');
  assert.equal(await get('[::ffff:127.0.0.1]', PUBLIC), 'ADDRESS_REFUSED');
  // The URL parser has made plain addresses of these before they get here.
  for (const odd of ['127.1', '2130706433', '0x7f000001', '0177.0.0.1']) {
    assert.equal(await get(odd, PUBLIC), 'ADDRESS_REFUSED', odd);
  }
});

test('localhost is this machine, whatever a name server says', async () => {
  const { address } = server.address() as AddressInfo;
  assert.equal(address, '0.0.0.0');
  assert.equal(await get('localhost', reachOf('localhost'), names(['127.0.0.1'])), 'at 127.0.0.1');
  assert.equal(await get('localhost', reachOf('localhost'), names(['10.0.0.1'])), 'ADDRESS_REFUSED');
});

test('what the host of a URL allows by itself', () => {
  assert.deepEqual(reachOf('models.example'), PUBLIC);
  assert.deepEqual(reachOf('models.localhost').classes, REACHES.loopback);
  assert.deepEqual(reachOf('10.1.2.3').ranges, [range('10.1.2.3')]);
  assert.deepEqual(reachOf('[fd12::1]').ranges, [range('fd12::1')]);
  for (const host of [
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[::ffff:a9fe:a9fe]',
    '0.0.0.0',
    '[::]',
    '224.0.0.1',
  ]) {
    assert.deepEqual(reachOf(host), { classes: [], ranges: [] }, host);
  }
});
