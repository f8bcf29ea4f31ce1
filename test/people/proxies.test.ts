import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { Browser, enrolled, HandClock, onClock, type SomeBody, signIn } from './browser.ts';

/** A gateway behind a proxy on this machine: who asks is told apart by what the proxy says, and by nothing that a client says. */

const POLICY = `  keeper: { allow: [{ actions: ["people.*"] }] }
guards: []
`;
const ANN = '198.51.100.7';
const EVE = '203.0.113.9';

/** As a proxy that ends TLS passes a request on: it adds to what its client has written. */
const through = (client: string, written = '') => ({
  'x-forwarded-for': `${written}${client}`,
  'x-forwarded-proto': 'https',
});

class Proxied extends Browser {
  readonly #client: string;
  readonly #written: () => string;

  constructor(url: string, client: string, written = () => '') {
    super(url);
    this.#client = client;
    this.#written = written;
  }

  override ask(...[method, path, body, headers]: Parameters<Browser['ask']>) {
    return super.ask(method, path, body, { ...through(this.#client, this.#written()), ...headers });
  }
}

async function start(listen: string, clock: HandClock): Promise<TestGateway> {
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    listen,
    settings: 'abuse: { repeats: off, invalid_requests: off, strangers: { count: 5 } }',
    replace: onClock(clock),
  });
  gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
  return gateway;
}

/** Guesses until it has to wait: how many were looked at. */
async function guesses(browser: Browser, most: number): Promise<number> {
  for (let count = 0; count < most; count++) {
    const { status } = await browser.post('/auth/v1/sign-in', {
      login: `nobody-${count}`,
      passphrase: 'a guess',
    });
    if (status === 429) return count;
    assert.equal(status, 401);
  }
  return most;
}

suite('behind a proxy that is trusted', () => {
  const clock = new HandClock();
  let gateway: TestGateway;
  let ann: SomeBody;

  before(async () => {
    gateway = await start('trusted_proxies: ["127.0.0.1", "::1", 10.0.0.0/24]', clock);
    ann = await enrolled(gateway, clock, 'Ann', ['keeper']);
  });
  after(() => gateway.close());

  test('a session is of the client’s network, and its cookie for TLS only', async () => {
    const browser = new Proxied(gateway.url, ANN);
    const done = await signIn(browser, 'ann', ann.app.next());
    assert.equal(done.status, 200);
    assert.match(done.headers.getSetCookie().join(), /^__Host-gatehouse=ghs_[^;]+; .*; Secure$/);
    const here = gateway.entries().findLast(({ kind }) => kind === 'person.signed_in');
    assert.equal(here?.network, '198.51.100.0/24');
    assert.equal((await browser.get('/auth/v1/session')).status, 200);
    // The same browser, past the proxy: another cookie is looked for.
    const plain = new Browser(gateway.url);
    plain.cookie = browser.cookie;
    assert.equal((await plain.get('/auth/v1/session')).status, 401);
  });

  test('guessing makes its own network wait, whatever it writes into the header', async () => {
    let count = 0;
    const lies = () => `192.0.2.${++count}, 127.0.0.1, not an address, `;
    assert.equal(await guesses(new Proxied(gateway.url, EVE, lies), 30), 20);
    assert.equal(await guesses(new Proxied(gateway.url, '203.0.113.77'), 1), 0, 'the same /24');
    assert.equal(await guesses(new Proxied(gateway.url, '203.0.113.77, 10.0.0.9'), 1), 0, 'by two proxies');
    const other = await signIn(new Proxied(gateway.url, ANN), 'ann', ann.app.next());
    assert.equal(other.status, 200, 'Ann, by the same proxy');
  });

  test('a key that is nobody’s counts for the network of whoever shows it', async () => {
    const ask = async (client: string, written = '') => {
      const response = await fetch(`${gateway.url}/v1/models`, {
        headers: {
          authorization: `Bearer ghk_${'a'.repeat(10)}_${'b'.repeat(43)}`,
          ...through(client, written),
        },
      });
      await response.body?.cancel();
      return response.status;
    };
    const first = [];
    for (let i = 0; i < 7; i++) first.push(await ask('2001:db8:1:2::1', `192.0.2.${i}, `));
    assert.deepEqual(first, [401, 401, 401, 401, 401, 429, 429]);
    assert.equal(await ask('2001:db8:1:2::ffff'), 429);
    assert.equal(await ask('2001:db8:1:3::1'), 401);
    assert.equal(await ask('[2001:db8:1:2::9]:4711'), 429);
  });

  test('the ledger has the client’s address; of a proxy that cannot be understood nothing is taken', async () => {
    const models = (headers: Record<string, string>) =>
      fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${gateway.key}`, ...headers } });
    const peerOf = async (response: Response) => {
      await response.body?.cancel();
      const id = response.headers.get('x-request-id');
      return gateway.entries().find((entry) => entry.id === id)?.peer;
    };
    assert.equal(await peerOf(await models(through(ANN))), ANN);
    assert.equal(await peerOf(await models({})), '127.0.0.1');
    assert.equal(await peerOf(await models({ forwarded: `for=${EVE}` })), '127.0.0.1');
    const refused = await models({ 'x-forwarded-for': `${ANN}, {"seq":1}` });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /header_refused/);
  });
});

test('without trusted proxies such headers are anybody’s, and count for nothing', async (t) => {
  const clock = new HandClock();
  const gateway = await start('behind_proxy: false', clock);
  t.after(() => gateway.close());
  let count = 0;
  const eve = new Proxied(gateway.url, EVE, () => `192.0.2.${++count}, `);
  assert.equal(await guesses(eve, 30), 20);
  assert.equal(await guesses(new Proxied(gateway.url, ANN), 1), 0, 'all are of one network');
  clock.pass(3_600_000);
  const ann = await enrolled(gateway, clock, 'Ann', ['keeper']);
  const done = await signIn(new Proxied(gateway.url, ANN), 'ann', ann.app.next());
  assert.match(done.headers.getSetCookie().join(), /^gatehouse=ghs_(?!.*Secure)/);
  const refused = gateway.entries().filter(({ kind }) => kind === 'person.sign_in_refused');
  assert.deepEqual([...new Set(refused.map(({ network }) => network))], ['']);
});
