import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { Authenticator } from './authenticator.ts';
import {
  App,
  asAdmin,
  Browser,
  enrolled,
  HandClock,
  onClock,
  PASSPHRASE,
  type SomeBody,
  signIn,
} from './browser.ts';

/** What is tried by whoever holds a part of an account: an old passphrase, a session, a network full of machines. */

const POLICY = `  operator: { allow: [{ actions: ["config.*", policy.read, callers.read, audit.read] }] }
  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read, "config.*", audit.read] }] }
guards: []
`;

async function scene(t: TestContext, people = ''): Promise<{ gateway: TestGateway; clock: HandClock }> {
  const clock = new HandClock();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    listen: 'trusted_proxies: [127.0.0.1]',
    settings: `people: { idle: 30m${people} }\nabuse: { repeats: off, invalid_requests: off, strangers: off }`,
    replace: onClock(clock),
  });
  t.after(() => gateway.close());
  gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
  return { gateway, clock };
}

const from = (address: string) => ({ 'x-forwarded-for': address });
const NEXT = 'other words that I keep';

const changePassphrase = (who: SomeBody, next = NEXT) =>
  who.browser.post('/auth/v1/passphrase', { passphrase: PASSPHRASE, next });

suite('attacks with a part of an account', { concurrency: 2 }, () => {
  test('a first step that was taken with the old passphrase is over when there is a new one', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const thief = new Browser(gateway.url);
    const { pending } = (await thief.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE })).body;
    assert.equal((await changePassphrase(ann)).status, 200);
    const second = await thief.post('/auth/v1/sign-in/code', { pending, code: ann.app.next() });
    assert.equal(second.body.code, 'sign_in_refused');
    for (const path of ['/auth/v1/sign-in/passkey/begin', '/auth/v1/sign-in/passkey'])
      assert.ok((await thief.post(path, { pending, credential: {} })).status >= 400, path);
    assert.equal((await signIn(thief, 'ann', ann.app.next())).body.code, 'sign_in_refused');
    clock.pass(3_600_000);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next(), NEXT)).status, 200);
  });

  test('a factor that is taken out of use takes the sessions with it that may be of whoever has it', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { factors } = gateway.gateway.gate.store;
    const stolen = factors.add({ person: ann.id, kind: 'passkey', name: 'a key', held: '{}' });
    const thief = new Browser(gateway.url);
    assert.equal((await signIn(thief, 'ann', ann.app.next())).status, 200);
    const removed = await ann.browser.post('/auth/v1/factors/remove', { factor: stolen.id });
    assert.equal(removed.status, 200, removed.text);
    assert.equal((await thief.get('/auth/v1/session')).body.code, 'session_ended');
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 200);
    const ended = gateway.entries().findLast(({ kind }) => kind === 'session.ended');
    assert.equal(ended?.why, 'factor_removed');
    // The other one is the last, whichever is asked for first, and of two at once too.
    const [app] = factors.of(ann.id, 'totp');
    const spare = factors.add({ person: ann.id, kind: 'passkey', name: 'another', held: '{}' });
    const both = await Promise.all(
      [app?.id, spare.id].map((factor) => ann.browser.post('/auth/v1/factors/remove', { factor })),
    );
    assert.equal(both.filter(({ status }) => status === 200).length, 1);
    assert.equal(factors.of(ann.id, 'totp', 'passkey').length, 1);
  });

  test('a fresh factor is one’s own, of now, and no weaker: nothing of another person, nothing used, no passphrase', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const eve = await enrolled(gateway, clock, 'Eve', ['operator']);
    clock.pass(11 * 60_000);
    const act = () => ann.browser.post('/admin/v1/reload');
    assert.equal((await act()).body.code, 'factor_needed');
    for (const code of [eve.app.next(), eve.recovery[0] ?? '', PASSPHRASE])
      assert.equal((await ann.browser.post('/auth/v1/fresh', { code })).status >= 400, true, code);
    clock.pass(3_600_000 / 4);
    const [once = ''] = ann.recovery;
    assert.equal((await ann.browser.post('/auth/v1/fresh', { code: once })).status, 200);
    assert.equal((await act()).status, 200);
    clock.pass(11 * 60_000);
    assert.equal((await ann.browser.post('/auth/v1/fresh', { code: once })).body.code, 'sign_in_refused');
    assert.equal((await act()).body.code, 'factor_needed');
    // A second sign-in does not freshen the first session.
    await signIn(new Browser(gateway.url), 'ann', ann.app.next());
    assert.equal((await act()).body.code, 'factor_needed');
  });

  test('whoever knows a passphrase cannot keep its owner from their passkey', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const origin = gateway.url.replace('127.0.0.1', 'localhost');
    const browser = Object.assign(new Browser(origin), {
      cookie: ann.browser.cookie,
      csrf: ann.browser.csrf,
    });
    const key = new Authenticator(origin);
    const { options } = (await browser.post('/auth/v1/passkeys/begin')).body;
    const added = await browser.post('/auth/v1/passkeys', { name: 'key', credential: key.create(options) });
    assert.equal(added.status, 200, added.text);
    const thief = new Browser(origin);
    const there = from('198.51.100.1');
    const codes: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      const login = { login: 'ann', passphrase: PASSPHRASE };
      const { pending } = (await thief.post('/auth/v1/sign-in', login, there)).body;
      const begun = await thief.post('/auth/v1/sign-in/passkey/begin', { pending }, there);
      const credential = key.get(begun.body.options, { challenge: 'another' });
      codes.push((await thief.post('/auth/v1/sign-in/passkey', { pending, credential }, there)).body.code);
    }
    assert.deepEqual([codes[0], codes.at(-1)], ['sign_in_refused', 'cooling_down']);
    const asked = await new Browser(origin).get('/auth/v1/sign-in/passkey');
    const alone = await new Browser(origin).post('/auth/v1/sign-in/passkey', {
      credential: key.get(asked.body.options),
    });
    assert.equal(alone.status, 200, alone.text);
  });

  test('a recovery code and a link are good once, at the same time too', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const [code = ''] = ann.recovery;
    const steps = await Promise.all(
      ['a', 'b', 'c'].map(async () => {
        const browser = new Browser(gateway.url);
        const first = await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
        return { browser, pending: first.body.pending };
      }),
    );
    const done = await Promise.all(
      steps.map(({ browser, pending }) => browser.post('/auth/v1/sign-in/code', { pending, code })),
    );
    assert.deepEqual(done.map(({ status }) => status).sort(), [200, 401, 401]);
    const { left } = (await ann.browser.get('/auth/v1/factors')).body.factors.find(
      ({ kind }) => kind === 'recovery',
    ) ?? { left: -1 };
    assert.equal(left, 9);
    // A second link ends the first, before and after it was looked at.
    const reset = () => asAdmin(gateway).post('/admin/v1/people/ann/reset');
    const old = (await reset()).body.token;
    const begun = await new Browser(gateway.url).post('/auth/v1/enrolment', { link: old });
    await reset();
    const app = new App(begun.body.totp.uri, clock);
    const { enrolment } = begun.body;
    const late = await new Browser(gateway.url).post('/auth/v1/enrolment/finish', {
      enrolment,
      passphrase: PASSPHRASE,
      code: app.next(),
    });
    assert.equal(late.body.code, 'credential_invalid');
    assert.equal((await new Browser(gateway.url).post('/auth/v1/enrolment', { link: old })).status, 401);
  });

  for (const [how, end] of [
    ['signed out', (ann: SomeBody) => ann.browser.post('/auth/v1/sign-out')],
    [
      'ended by its admin',
      (_: SomeBody, gateway: TestGateway) => asAdmin(gateway).post('/admin/v1/people/ann/sign-out'),
    ],
    [
      'disabled',
      (_: SomeBody, gateway: TestGateway) => asAdmin(gateway).post('/admin/v1/people/ann/disable'),
    ],
    ['reset', (_: SomeBody, gateway: TestGateway) => asAdmin(gateway).post('/admin/v1/people/ann/reset')],
    [
      'replaced by a fresh factor',
      (ann: SomeBody) => ann.browser.post('/auth/v1/fresh', { code: ann.app.next() }),
    ],
  ] as const)
    test(`a live view ends with its session: ${how}`, async (t) => {
      const { gateway, clock } = await scene(t);
      const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
      const { cookie = '', agent } = ann.browser;
      const live = await fetch(`${gateway.url}/admin/v1/live`, { headers: { cookie, 'user-agent': agent } });
      assert.equal(live.status, 200);
      assert.equal((await end(ann, gateway)).status, 200);
      // It never comes to an end by itself.
      await live.text();
      const after = await fetch(`${gateway.url}/admin/v1/live`, { headers: { cookie, 'user-agent': agent } });
      assert.equal(after.status, 401);
    });

  test('twenty sessions at once, each ended alone; the oldest gives way, and idle ones open nothing', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const browsers: Browser[] = [ann.browser];
    for (let i = 0; i < 20; i += 1) {
      const browser = new Browser(gateway.url);
      assert.equal((await signIn(browser, 'ann', ann.app.next())).status, 200);
      browsers.push(browser);
    }
    const states = await Promise.all(browsers.map((browser) => browser.get('/auth/v1/session')));
    assert.deepEqual(
      states.map(({ status }) => status),
      [401, ...browsers.slice(1).map(() => 200)],
    );
    const [, one, two] = browsers;
    assert.ok(one !== undefined && two !== undefined);
    const { current } = (await one.get('/auth/v1/sessions')).body;
    assert.deepEqual((await two.post('/auth/v1/sessions/end', { session: current })).body.ended, [current]);
    assert.equal((await one.get('/auth/v1/session')).body.code, 'session_ended');
    assert.equal((await two.get('/auth/v1/session')).status, 200);
  });

  test('bind_network: a session is of the network that it was opened from, and a proxy’s word counts only where it is trusted', async (t) => {
    const { gateway, clock } = await scene(t, ', bind_network: true');
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const home = new Browser(gateway.url);
    const first = await home.post(
      '/auth/v1/sign-in',
      { login: 'ann', passphrase: PASSPHRASE },
      from('203.0.113.7'),
    );
    const code = { pending: first.body.pending, code: ann.app.next() };
    assert.equal((await home.post('/auth/v1/sign-in/code', code, from('203.0.113.7'))).status, 200);
    const at = async (address: string) => (await home.get('/auth/v1/session', from(address))).status;
    assert.deepEqual(
      [await at('203.0.113.7'), await at('203.0.113.250'), await at('198.51.100.1')],
      [200, 200, 401],
    );
    // Whoever stands before the trusted proxy may write what they like: the proxy adds the address that it saw.
    assert.deepEqual(
      [await at('203.0.113.7, 198.51.100.1'), await at('198.51.100.1, 203.0.113.7')],
      [401, 200],
    );
    assert.equal((await home.get('/auth/v1/session')).status, 401);
  });

  test('guesses from everywhere at one account, and from one network at all accounts, are slowed alike', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    await enrolled(gateway, clock, 'Eve', ['operator']);
    const guess = (login: string, address: string, passphrase = 'not the right passphrase') =>
      new Browser(gateway.url).post('/auth/v1/sign-in', { login, passphrase }, from(address));
    const spread = await Promise.all(Array.from({ length: 24 }, (_, i) => guess('ann', `198.51.${i}.1`)));
    assert.equal(spread.filter(({ status }) => status === 401).length, 3);
    assert.equal((await guess('ann', '192.0.2.1', PASSPHRASE)).status, 429);
    // Letter case and blanks name no other account.
    for (const login of ['ANN', ' ann ', 'Ann'])
      assert.equal((await guess(login, '192.0.2.9')).status, 429, login);
    // The owner is let in meanwhile, from where they have signed in before.
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next())).status, 200);

    const sprayed: number[] = [];
    for (let i = 0; i < 24; i += 1)
      sprayed.push((await guess(`nobody${i}`, `2001:db8:1:${i.toString(16)}::${i}`)).status);
    assert.equal(sprayed.filter((status) => status === 401).length, 20, 'one /48 is one network');
    assert.equal((await guess('nobody77', '2001:db8:2::1')).status, 401);
    // Who has an account of their own cannot buy tries with it.
    const inside = new Browser(gateway.url);
    const begun = await inside.post(
      '/auth/v1/sign-in',
      { login: 'eve', passphrase: PASSPHRASE },
      from('2001:db8:1::5'),
    );
    assert.equal(begun.body.code, 'cooling_down');
  });
});
