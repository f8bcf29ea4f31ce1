import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { asAdmin, Browser, enrol, enrolled, HandClock, onClock, PASSPHRASE, signIn } from './browser.ts';

/** People at a real gateway, over HTTP: real store, real ledger, real factors; only the time is the test's. */

const POLICY = `  operator: { allow: [{ actions: ["config.*", policy.read, callers.read] }] }
  auditor: { allow: [{ actions: [audit.read, policy.read] }] }
  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read, "config.*", audit.read, metrics.read, "vault.*", content.read] }] }
guards: []
`;

async function scene(t: TestContext, more = ''): Promise<{ gateway: TestGateway; clock: HandClock }> {
  const clock = new HandClock();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: POLICY,
    settings: `people: { idle: 30m${more} }\nabuse: { repeats: off, invalid_requests: off, strangers: off }`,
    replace: onClock(clock),
  });
  t.after(() => gateway.close());
  const store = gateway.gateway.gate.store;
  store.callers.update('admin', { roles: ['admin', 'keeper'] });
  return { gateway, clock };
}

const kindsOf = (gateway: TestGateway, prefix: string) =>
  gateway
    .entries()
    .map(({ kind }) => String(kind))
    .filter((kind) => kind.startsWith(prefix));

suite('people', { concurrency: 2 }, () => {
  test('by a link to two factors, a session, and the admin API; all in the ledger, and no secret', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann Miller', ['operator']);
    assert.equal(ann.login, 'ann.miller');
    assert.match(ann.browser.cookie ?? '', /^gatehouse=ghs_/);
    const session = await ann.browser.get('/auth/v1/session');
    assert.equal(session.status, 200);
    assert.deepEqual(session.body.session.factors, ['passphrase', 'totp']);
    assert.deepEqual(session.body.may, ['callers.read', 'policy.read', 'config.read', 'config.reload']);
    assert.equal((await ann.browser.get('/admin/v1/policy')).status, 200);
    assert.equal((await ann.browser.post('/admin/v1/reload')).status, 200);
    assert.equal((await ann.browser.get('/admin/v1/people')).body.code, 'forbidden');

    const out = await ann.browser.post('/auth/v1/sign-out');
    assert.equal(out.headers.get('clear-site-data'), '"cache", "storage"');
    assert.equal(ann.browser.cookie, undefined);
    assert.equal((await ann.browser.get('/admin/v1/policy')).body.code, 'credential_missing');

    const again = await signIn(ann.browser, 'Ann.Miller', ann.app.next());
    assert.equal(again.status, 200);
    assert.equal((await ann.browser.get('/admin/v1/policy')).status, 200);
    assert.deepEqual(kindsOf(gateway, 'person.'), [
      'person.factor_added',
      'person.signed_in',
      'person.signed_in',
    ]);
    assert.deepEqual(kindsOf(gateway, 'session.'), ['session.ended']);
    const acts = gateway.entries().filter(({ operation }) => operation === 'config.reload');
    const by = acts[0]?.caller as { readonly id: string; readonly credential: string };
    assert.equal(by.id, ann.id);
    assert.match(by.credential, /^session:/);
    const written = JSON.stringify([gateway.entries(), gateway.log]);
    for (const secret of [PASSPHRASE, ...ann.recovery, ann.browser.cookie ?? '-', ann.browser.csrf])
      assert.ok(!written.includes(secret));
  });

  test('the cookie is for this host, over HTTP alone, and for no other site', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    ann.browser.cookie = undefined;
    const done = await signIn(ann.browser, 'ann', ann.app.next());
    assert.match(
      done.headers.get('set-cookie') ?? '',
      /^gatehouse=ghs_\w{10}_\w{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    for (const path of ['/auth/v1/session', '/auth/v1/nowhere']) {
      const { headers } = await ann.browser.get(path);
      assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('cache-control'), 'no-store');
    }
  });

  test('a recovery code opens the door once', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const [code = ''] = ann.recovery;
    const browser = new Browser(gateway.url);
    const done = await signIn(browser, 'ann', code);
    assert.deepEqual(done.body.session.factors, ['passphrase', 'recovery_code']);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', code)).body.code, 'sign_in_refused');
    const { factors } = (await browser.get('/auth/v1/factors')).body;
    assert.equal(factors.find(({ kind }) => kind === 'recovery')?.left, 9);
    const renewed = await browser.post('/auth/v1/recovery-codes');
    assert.equal(renewed.body.recovery_codes.length, 10);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.recovery[1] ?? '')).status, 401);
  });

  test('dangerous acts ask for a factor shown just now; keys are not asked', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    clock.pass(11 * 60_000);
    assert.equal((await ann.browser.get('/admin/v1/config')).status, 200);
    const refused = await ann.browser.post('/admin/v1/reload');
    assert.deepEqual([refused.status, refused.body.code], [403, 'factor_needed']);
    const before = ann.browser.cookie;
    assert.equal((await ann.browser.post('/auth/v1/fresh', { code: ann.app.next() })).status, 200);
    assert.notEqual(ann.browser.cookie, before);
    assert.equal((await ann.browser.post('/admin/v1/reload')).status, 200);
    assert.equal((await asAdmin(gateway).post('/admin/v1/reload')).status, 200);
    // The old token is over.
    const thief = new Browser(gateway.url);
    thief.cookie = before;
    assert.equal((await thief.get('/auth/v1/session')).body.code, 'session_ended');
  });

  test('sessions end when they are not used, and at their longest', async (t) => {
    const { gateway, clock } = await scene(t, ', longest: 2h');
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    clock.pass(29 * 60_000);
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 200);
    clock.pass(29 * 60_000);
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 200);
    clock.pass(31 * 60_000);
    assert.equal((await ann.browser.get('/auth/v1/session')).body.code, 'session_ended');
    ann.browser.cookie = undefined;
    await signIn(ann.browser, 'ann', ann.app.next());
    for (let minutes = 0; minutes < 100; minutes += 20) {
      clock.pass(20 * 60_000);
      assert.equal((await ann.browser.get('/auth/v1/session')).status, 200);
    }
    // A fresh factor does not make it longer.
    assert.equal((await ann.browser.post('/auth/v1/fresh', { code: ann.app.next() })).status, 200);
    clock.pass(20 * 60_000);
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 401);
  });

  test('a person sees and ends their own sessions, and no others', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const bob = await enrolled(gateway, clock, 'Bob', ['operator']);
    const phone = new Browser(gateway.url);
    phone.agent = 'phone';
    await signIn(phone, 'ann', ann.app.next());
    const { sessions, current } = (await ann.browser.get('/auth/v1/sessions')).body;
    assert.equal(sessions.filter(({ open }) => open).length, 2);
    const other = sessions.find(({ id }) => id !== current)?.id;
    assert.deepEqual((await bob.browser.post('/auth/v1/sessions/end', { session: other })).body.ended, []);
    assert.equal((await phone.get('/auth/v1/session')).status, 200);
    assert.deepEqual((await ann.browser.post('/auth/v1/sessions/end', { session: other })).body.ended, [
      other,
    ]);
    assert.equal((await phone.get('/auth/v1/session')).status, 401);
  });

  test('a new passphrase needs the old one, and ends every other session', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const phone = new Browser(gateway.url);
    await signIn(phone, 'ann', ann.app.next());
    const next = 'quite another one of them';
    const wrong = await ann.browser.post('/auth/v1/passphrase', { passphrase: 'not it at all, no', next });
    assert.equal(wrong.body.code, 'sign_in_refused');
    const weak = await ann.browser.post('/auth/v1/passphrase', {
      passphrase: PASSPHRASE,
      next: 'password1234',
    });
    assert.deepEqual([weak.body.code, weak.body.field], ['request_invalid', '/passphrase']);
    assert.equal(
      (await ann.browser.post('/auth/v1/passphrase', { passphrase: PASSPHRASE, next })).status,
      200,
    );
    assert.equal((await phone.get('/auth/v1/session')).status, 401);
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 200);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next())).status, 401);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next(), next)).status, 200);
  });

  test('what an admin takes away is gone at once: session, role, the person', async (t) => {
    const { gateway, clock } = await scene(t);
    const admin = asAdmin(gateway);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    assert.equal((await ann.browser.get('/admin/v1/config')).status, 200);
    await admin.post(`/admin/v1/people/${ann.id}/update`, { roles: ['auditor'] });
    assert.equal((await ann.browser.get('/admin/v1/config')).body.code, 'forbidden');
    assert.equal((await ann.browser.get('/admin/v1/policy')).status, 200);
    const { ended } = (await admin.post(`/admin/v1/people/ann/sign-out`)).body;
    assert.equal(ended.length, 1);
    assert.equal((await ann.browser.get('/admin/v1/policy')).body.code, 'session_ended');
    await signIn(ann.browser, 'ann', ann.app.next());
    assert.equal((await ann.browser.get('/admin/v1/policy')).status, 200);
    await admin.post('/admin/v1/people/ann/disable');
    assert.equal((await ann.browser.get('/admin/v1/policy')).body.code, 'session_ended');
    assert.equal(
      (await signIn(new Browser(gateway.url), 'ann', ann.app.next())).body.code,
      'sign_in_refused',
    );
    await admin.post('/admin/v1/people/ann/enable');
    assert.equal((await ann.browser.get('/admin/v1/policy')).status, 401);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next())).status, 200);
  });

  test('whoever looks on live looks on no longer when the role is gone', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['auditor']);
    const { cookie = '', agent } = ann.browser;
    const live = await fetch(`${gateway.url}/admin/v1/live`, { headers: { cookie, 'user-agent': agent } });
    assert.match(live.headers.get('content-type') ?? '', /^text\/event-stream/);
    await asAdmin(gateway).post('/admin/v1/people/ann/update', { roles: ['operator'] });
    await live.text();
    assert.equal((await ann.browser.get('/admin/v1/live')).body.code, 'forbidden');
  });

  test('a session that is not used any more shows nothing live: to look on is not to use it', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['auditor']);
    const { cookie = '', agent } = ann.browser;
    const live = await fetch(`${gateway.url}/admin/v1/live`, { headers: { cookie, 'user-agent': agent } });
    assert.equal(live.status, 200);
    clock.pass(31 * 60_000);
    await live.text();
    assert.equal((await ann.browser.get('/admin/v1/live')).body.code, 'session_ended');
  });

  test('a reset ends what was there, and its link sets new factors once', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { token, link, url } = (await asAdmin(gateway).post('/admin/v1/people/ann/reset')).body;
    assert.equal(link, `/console/#enrol=${token}`);
    assert.equal(url, gateway.url + link);
    assert.equal((await ann.browser.get('/auth/v1/session')).status, 401);
    const anew = await enrol(gateway, clock, token);
    assert.equal(anew.id, ann.id);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.app.next())).status, 401);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', ann.recovery[0] ?? '')).status, 401);
    assert.equal((await new Browser(gateway.url).post('/auth/v1/enrolment', { link: token })).status, 401);
    const late = (await asAdmin(gateway).post('/admin/v1/people/ann/reset')).body.token;
    clock.pass(25 * 3_600_000);
    assert.equal((await new Browser(gateway.url).post('/auth/v1/enrolment', { link: late })).status, 401);
  });

  test('a reset closes the account at once: nothing that was shown before opens it, link or no link', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const thief = new Browser(gateway.url);
    const begun = await thief.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
    const { token, person } = (await asAdmin(gateway).post('/admin/v1/people/ann/reset')).body;
    const second = await thief.post('/auth/v1/sign-in/code', {
      pending: begun.body.pending,
      code: ann.app.next(),
    });
    assert.equal(second.body.code, 'sign_in_refused');
    for (const code of [ann.app.next(), ann.recovery[0] ?? ''])
      assert.equal((await signIn(new Browser(gateway.url), 'ann', code)).body.code, 'sign_in_refused');
    assert.deepEqual((await asAdmin(gateway).get('/admin/v1/people/ann')).body.factors, []);
    const removed = gateway.entries().filter(({ kind }) => kind === 'person.factor_removed');
    assert.equal(removed.length, 1);
    assert.deepEqual(new Set(removed[0]?.factors as string[]), new Set(['passphrase', 'recovery', 'totp']));
    assert.deepEqual(removed[0]?.person, { id: person.id, team: 'default' });
    assert.equal((await enrol(gateway, clock, token)).id, ann.id);
    // Nobody is told off twice: a second reset finds nothing but what the link has set.
    const again = await asAdmin(gateway).post('/admin/v1/people/ann/reset');
    assert.equal(again.status, 200);
    assert.equal((await asAdmin(gateway).post('/admin/v1/people/ann/reset')).status, 200);
    assert.equal(gateway.entries().filter(({ kind }) => kind === 'person.factor_removed').length, 2);
  });

  test('what a session had begun when its person was reset sets no factor', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { people } = gateway.gateway.gate;
    const { argon2id } = people.passphrases;
    let reset = 0;
    // While the new passphrase is hashed; the first hash is of the old one.
    const means = {
      ...people.passphrases,
      argon2id: async (question: Parameters<typeof argon2id>[0]) => {
        reset += 1;
        if (reset === 2) await asAdmin(gateway).post('/admin/v1/people/ann/reset');
        return argon2id(question);
      },
    };
    Object.defineProperty(people, 'passphrases', { value: means });
    const change = { passphrase: PASSPHRASE, next: 'five words that she chose' };
    assert.equal((await ann.browser.post('/auth/v1/passphrase', change)).body.code, 'session_ended');
    assert.equal(reset, 2);
    assert.deepEqual(gateway.gateway.gate.store.factors.of(ann.id), []);
  });

  test('nobody makes a person who may do more than they may', async (t) => {
    const { gateway, clock } = await scene(t);
    gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
    const keeper = await enrolled(gateway, clock, 'Kim', ['keeper']);
    const made = await keeper.browser.post('/admin/v1/people', { name: 'Dan', roles: ['operator'] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const lesser = await enrolled(gateway, clock, 'Lou', ['auditor']);
    assert.equal(
      (await lesser.browser.post('/admin/v1/people', { name: 'X', roles: ['auditor'] })).status,
      403,
    );
    assert.equal(
      (await keeper.browser.post('/admin/v1/people', { name: 'Y', roles: ['unheard'] })).status,
      400,
    );
    assert.equal(
      (await keeper.browser.post('/admin/v1/people', { name: 'DAN', roles: ['auditor'] })).status,
      409,
    );
  });
});
