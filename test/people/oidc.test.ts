import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { hashPassphrase } from '../../src/factors/passphrase.ts';
import { askProviders } from '../../src/gateway/people/oidc/provider.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { asAdmin, HandClock, onClock } from './browser.ts';
import { CLIENT, JarBrowser, startProvider, type TestProvider } from './provider.ts';

/** Signing in with a real OpenID provider, by plain HTTP with cookies. */

const BACK = '/auth/v1/oidc/callback/';

const settings = (url: string) => `people:
  fresh: 10m
  oidc:
    corp:
      issuer: ${url}
      client_id: ${CLIENT.id}
      client_secret: ${CLIENT.secret}
      label: Corp login
      sign_out: true
      userinfo: true
      scopes: [openid, profile, email]
      claims: { roles: groups }
      roles: { engineers: operator, chiefs: [operator, keeper] }
    other:
      issuer: https://127.0.0.1:1
      client_id: x
      everyone: operator
    closed:
      issuer: http://localhost:1
      client_id: x
      everyone: operator
abuse: { repeats: off, invalid_requests: off, strangers: off }`;

let provider: TestProvider;
let gateway: TestGateway;
const clock = new HandClock();

before(async () => {
  provider = await startProvider();
  gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: `  operator: { allow: [{ actions: [policy.read] }] }
  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read] }] }
guards: []
`,
    settings: settings(provider.url),
    replace: onClock(clock),
  });
  gateway.gateway.gate.store.callers.update('admin', { roles: ['admin', 'keeper'] });
  provider.register(
    ['corp', 'other'].map((name) => gateway.url + BACK + name),
    [`${gateway.url}/console/`],
  );
});
after(async () => {
  await gateway.close();
  await provider.close();
});

const at = (path: string) => gateway.url + path;

/** Begins in a window: where the browser is to go. */
async function begin(browser: JarBrowser, query = 'provider=corp'): Promise<string> {
  const { status, location } = await browser.json(at(`/auth/v1/oidc/begin?${query}`));
  assert.equal(status, 200);
  return location;
}

/** Until the provider leads back: that address. */
async function wayBack(browser: JarBrowser, subject: string): Promise<string> {
  provider.subject = subject;
  return browser.walk(await begin(browser));
}

async function signIn(subject: string, browser = new JarBrowser()) {
  const page = await browser.arrive(await wayBack(browser, subject));
  return { browser, page };
}

const sessionOf = (browser: JarBrowser) => browser.json(at('/auth/v1/session'));

const last = (kind: string) => gateway.entries().findLast((entry) => entry.kind === kind);

suite('OpenID providers', () => {
  test('out and back: a person, a session, roles of the table; nothing secret in ledger, log and page', async () => {
    provider.people['subject-ann'] = {
      preferred_username: 'ann',
      name: 'Ann Miller',
      groups: ['engineers', 'unmapped'],
      amr: ['pwd', 'otp', 'x\ny'],
    };
    const { providers } = await new JarBrowser().json(at('/auth/v1/oidc/providers'));
    assert.deepEqual(providers[0], { name: 'corp', label: 'Corp login' });
    const browser = new JarBrowser();
    const going = new URL(await begin(browser, 'provider=corp&to=/console/review'));
    for (const [name, value] of Object.entries({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: at(`${BACK}corp`),
      scope: 'openid profile email',
    }))
      assert.equal(going.searchParams.get(name), value);
    provider.subject = 'subject-ann';
    const back = await browser.walk(going.href);
    const page = await browser.arrive(back);
    assert.equal(page.status, 200, page.text);
    assert.match(page.text, /<meta http-equiv="refresh" content="0;url=\/console\/review">/);
    assert.ok(!page.text.includes('<script'));
    assert.equal(page.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
    assert.equal(page.headers['cache-control'], 'no-store');
    assert.deepEqual([...browser.jar(gateway.url).keys()], ['gatehouse'], 'what they left with is gone');
    const { person, session } = await sessionOf(browser);
    assert.match(person.id, /^per_/);
    assert.deepEqual(
      [person.login, person.name, person.roles, person.source, session.factors],
      ['corp+ann', 'Ann Miller', ['operator'], 'oidc:corp', ['oidc:corp']],
    );
    assert.equal((await browser.ask(at('/admin/v1/policy'))).status, 200);
    assert.deepEqual(last('person.signed_in')?.vouched, { amr: ['pwd', 'otp'] });
    assert.equal(last('person.created')?.by, 'oidc:corp');
    const written = JSON.stringify([gateway.entries(), gateway.log]);
    const { searchParams } = new URL(back);
    for (const secret of ['code', 'state'].map((name) => searchParams.get(name) ?? '-'))
      assert.ok(!written.includes(secret) && !page.text.includes(secret));
    assert.ok(!written.includes(CLIENT.secret) && !written.includes('subject-ann'));
  });

  test('issuer and subject are somebody; a name, a login or an address that is the same is not', async () => {
    provider.people['subject-bob'] = {
      preferred_username: 'bob',
      email: 'b@x.example',
      groups: ['engineers'],
    };
    provider.people['subject-eve'] = {
      preferred_username: 'bob',
      email: 'b@x.example',
      groups: ['engineers'],
    };
    const bob = (await sessionOf((await signIn('subject-bob')).browser)).person;
    const eve = (await sessionOf((await signIn('subject-eve')).browser)).person;
    assert.notEqual(bob.id, eve.id);
    assert.equal(bob.login, 'corp+bob');
    assert.match(eve.login, /^corp\+[0-9a-f]{12}$/);
    provider.people['subject-bob'] = { preferred_username: 'robert', name: 'Robert', groups: ['chiefs'] };
    const again = (await sessionOf((await signIn('subject-bob')).browser)).person;
    assert.deepEqual([again.id, again.login, again.name], [bob.id, 'corp+bob', 'Robert']);
    assert.deepEqual(again.roles, ['operator', 'keeper'], 'roles are as the provider says now');
    assert.deepEqual(last('person.changed')?.roles, ['operator', 'keeper']);
    // A local account is never theirs, whatever they are called, and has no passphrase of theirs.
    const made = await asAdmin(gateway).post('/admin/v1/people', { name: 'bob', roles: ['operator'] });
    assert.equal(made.status, 201);
  });

  test('who lost all roles is out at once; who was switched off stays off; a new one without a role is nobody', async () => {
    provider.people['subject-dan'] = { preferred_username: 'dan', groups: ['engineers'] };
    const { browser } = await signIn('subject-dan');
    const { person } = await sessionOf(browser);
    provider.people['subject-dan'] = { preferred_username: 'dan', groups: ['unmapped', '__proto__'] };
    assert.equal((await signIn('subject-dan')).page.status, 401);
    assert.equal((await browser.ask(at('/auth/v1/session'))).status, 401, 'the session that they had');
    assert.deepEqual(last('person.changed')?.roles, []);
    assert.equal(last('session.ended')?.why, 'no_role');
    provider.people['subject-dan'] = { preferred_username: 'dan', groups: ['engineers'] };
    assert.equal((await signIn('subject-dan')).page.status, 200);
    assert.equal((await asAdmin(gateway).post(`/admin/v1/people/${person.id}/disable`)).status, 200);
    assert.equal((await signIn('subject-dan')).page.status, 401);
    provider.people['subject-new'] = { groups: [] };
    const before = (await asAdmin(gateway).get('/admin/v1/people')).body.people.length;
    assert.equal((await signIn('subject-new')).page.status, 401);
    assert.equal((await asAdmin(gateway).get('/admin/v1/people')).body.people.length, before);
    assert.equal(last('person.sign_in_refused')?.factor, 'oidc:corp');
    clock.pass(60 * 60_000);
  });

  test('login CSRF: another browser’s way back ends nowhere; neither does one without its cookie', async () => {
    const back = await wayBack(new JarBrowser(), 'subject-ann');
    const victim = new JarBrowser();
    const page = await victim.arrive(back);
    assert.equal(page.status, 401);
    assert.equal(victim.jar(gateway.url).size, 0);
    // Neither where the victim has begun, too.
    await begin(victim);
    assert.equal((await victim.arrive(back)).status, 401);
    assert.ok(!victim.jar(gateway.url).has('gatehouse'));
    clock.pass(60 * 60_000);
  });

  test('a code is redeemed once, in its own window: replay, injection, changed state, too late', async () => {
    const browser = new JarBrowser();
    const back = await wayBack(browser, 'subject-ann');
    const kept = new Map(browser.jar(gateway.url));
    assert.equal((await browser.arrive(back)).status, 200);
    const thief = new JarBrowser();
    for (const [name, value] of kept) thief.jar(gateway.url).set(name, value);
    assert.equal((await thief.arrive(back)).status, 401, 'a replay, with the cookie');

    // Another authorization's code, in a window of one's own: nonce and PKCE do not fit.
    const stolen = new URL(await wayBack(new JarBrowser(), 'subject-bob')).searchParams.get('code');
    const own = new JarBrowser();
    const mine = new URL(await wayBack(own, 'subject-ann'));
    mine.searchParams.set('code', stolen ?? '');
    assert.equal((await own.arrive(mine.href)).status, 401);

    const changed = new JarBrowser();
    const url = new URL(await wayBack(changed, 'subject-ann'));
    const state = url.searchParams.get('state') ?? '';
    url.searchParams.set('state', `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`);
    assert.equal((await changed.arrive(url.href)).status, 401);

    const late = new JarBrowser();
    const lateBack = await wayBack(late, 'subject-ann');
    clock.pass(10 * 60_000 + 1);
    assert.equal((await late.arrive(lateBack)).status, 401);
    clock.pass(60 * 60_000);
  });

  test('mix-up: an answer of another issuer, of none, and at another provider’s address', async () => {
    for (const change of [
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      (url: URL) => url.searchParams.delete('iss'),
      (url: URL) => url.searchParams.append('iss', provider.url),
      (url: URL) => {
        url.pathname = `${BACK}other`;
      },
    ]) {
      const browser = new JarBrowser();
      const url = new URL(await wayBack(browser, 'subject-ann'));
      change(url);
      const asked = provider.asked.length;
      assert.equal((await browser.arrive(url.href)).status, 401, `${url}`);
      assert.ok(!provider.asked.slice(asked).includes('POST /token'), 'the code is given to nobody');
      clock.pass(60 * 60_000);
    }
  });

  test('no open redirect, no echo: the console alone, and words of ours', async () => {
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '/console/../x',
      '/console//evil',
      '/',
      '/console/"x',
    ])
      assert.equal(
        (await new JarBrowser().ask(at(`/auth/v1/oidc/begin?provider=corp&to=${encodeURIComponent(to)}`)))
          .status,
        400,
        to,
      );
    const browser = new JarBrowser();
    const back = new URL(await wayBack(browser, 'subject-ann'));
    const asked = new URL(at(`${BACK}corp`));
    asked.searchParams.set('error', 'access_denied');
    asked.searchParams.set('error_description', '<script>alert(1)</script>');
    asked.searchParams.set('iss', provider.url);
    asked.searchParams.set('state', back.searchParams.get('state') ?? '');
    const page = await browser.arrive(asked.href);
    assert.equal(page.status, 401);
    assert.ok(!/script|alert|access_denied/.test(page.text));
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    assert.ok(!/script|alert/.test(JSON.stringify([gateway.entries(), gateway.log])));
    assert.ok(gateway.log.some((line) => /OpenID provider failed.*"error":"\w+Error/.test(line)));
    clock.pass(60 * 60_000);
  });

  test('another site may lead a browser there, and nothing else: no frame, no script, no other path', async () => {
    const cross = { 'sec-fetch-site': 'cross-site' };
    const browser = new JarBrowser();
    for (const headers of [
      cross,
      { ...cross, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { ...cross, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
      {
        ...cross,
        origin: 'https://evil.example',
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
      },
    ])
      assert.equal((await browser.ask(at(`${BACK}corp?code=x&state=y`), headers)).status, 403);
    for (const path of ['/auth/v1/oidc/begin?provider=corp', '/auth/v1/session', '/admin/v1/policy'])
      assert.equal((await browser.arrive(at(path))).status, 403, path);
    assert.equal((await browser.arrive(at(`${BACK}nobody?code=x&state=y`))).status, 404);
  });

  test('two windows: both go on; of many that were left open the older ones are let go', async () => {
    const browser = new JarBrowser();
    const [one, two] = [await wayBack(browser, 'subject-ann'), await wayBack(browser, 'subject-ann')];
    assert.equal((await browser.arrive(one)).status, 200);
    assert.equal((await browser.arrive(two)).status, 200);
    // A window that is left by whoever is in already: their session is over when they are in again.
    const third = await wayBack(browser, 'subject-bob');
    const had = browser.jar(gateway.url).get('gatehouse') ?? '';
    assert.equal((await browser.arrive(third)).status, 200);
    const { before } = last('person.signed_in') as { readonly before?: string };
    assert.equal(before, had.split('_')[1]);
    browser.jar(gateway.url).set('gatehouse', had);
    assert.equal((await browser.ask(at('/auth/v1/session'))).status, 401);
    for (let i = 0; i < 12; i += 1) await begin(browser);
    assert.ok(browser.jar(gateway.url).size <= 6);
  });

  test('a fresh factor: the provider asks again, and the same person must answer', async () => {
    const { browser } = await signIn('subject-bob');
    const before = await sessionOf(browser);
    clock.pass(11 * 60_000);
    assert.equal((await browser.json(at('/auth/v1/passkeys/begin'), {})).code, 'factor_needed');
    const { location } = await browser.json(at('/auth/v1/fresh/oidc'), { to: '/console/policy' });
    const going = new URL(location);
    assert.deepEqual(
      ['prompt', 'max_age'].map((name) => going.searchParams.get(name)),
      ['login', '0'],
    );
    provider.subject = 'subject-bob';
    const page = await browser.arrive(await browser.walk(going.href));
    assert.equal(page.status, 200);
    assert.match(page.text, /url=\/console\/policy"/);
    const now = await sessionOf(browser);
    assert.notEqual(now.session.id, before.session.id);
    assert.deepEqual(now.session.factors, ['oidc:corp', 'oidc:corp']);
    const vouched = last('person.fresh_factor')?.vouched as { auth_time?: number } | undefined;
    assert.equal(typeof vouched?.auth_time, 'number');
    // Fresh, but their provider vouches for them: a passkey of ours would be a way around it.
    assert.equal((await browser.json(at('/auth/v1/passkeys/begin'), {})).code, 'conflict');

    // Somebody else at the keyboard; and a browser that leaves out what was asked for.
    const second = new URL((await browser.json(at('/auth/v1/fresh/oidc'), {})).location);
    provider.subject = 'subject-ann';
    const kept = new Map(browser.jar(provider.url));
    browser.jar(provider.url).clear();
    assert.equal((await browser.arrive(await browser.walk(second.href))).status, 401);
    browser.jar(provider.url).clear();
    for (const [name, value] of kept) browser.jar(provider.url).set(name, value);
    const third = new URL((await browser.json(at('/auth/v1/fresh/oidc'), {})).location);
    for (const name of ['prompt', 'max_age']) third.searchParams.delete(name);
    provider.subject = 'subject-bob';
    assert.equal((await browser.arrive(await browser.walk(third.href))).status, 401);
    assert.equal((await sessionOf(browser)).session.id, now.session.id, 'the session is as it was');
    clock.pass(60 * 60_000);
  });

  test('no way around the provider: whom it vouches for has no factor here, and gets none', async () => {
    const { browser } = await signIn('subject-bob');
    const { person } = await sessionOf(browser);
    const { factors } = gateway.gateway.gate.store;
    for (const [path, body] of [
      ['/auth/v1/recovery-codes', {}],
      ['/auth/v1/passkeys/begin', {}],
      ['/auth/v1/passkeys', { name: 'mine', credential: {} }],
    ] as const)
      assert.equal((await browser.json(at(path), body)).code, 'conflict', path);
    const own = await browser.json(at('/auth/v1/passphrase'), { passphrase: '', next: 'four words to keep' });
    assert.equal(own.code, 'sign_in_refused');
    clock.pass(60 * 60_000);
    const fresh = await browser.json(at('/auth/v1/fresh'), { code: '000000' });
    assert.ok(['sign_in_refused', 'session_ended'].includes(fresh.code));
    const reset = await asAdmin(gateway).post(`/admin/v1/people/${person.id}/reset`);
    assert.equal(reset.body.code, 'conflict');
    assert.deepEqual(factors.of(person.id), []);
    // Not even with factors that somebody has put there: it is no local account.
    const { passphrases } = gateway.gateway.gate.people;
    const held = await hashPassphrase('four words to keep', passphrases);
    factors.add({ person: person.id, kind: 'passphrase', name: 'passphrase', held });
    factors.add({ person: person.id, kind: 'totp', name: 'app', held: '' });
    const login = { login: person.login, passphrase: 'four words to keep' };
    assert.equal((await new JarBrowser().json(at('/auth/v1/sign-in'), login)).code, 'sign_in_refused');
    factors.clear(person.id);
  });

  test('signing out ends the session here, and leads to the provider to end it there', async () => {
    const { browser } = await signIn('subject-bob');
    await sessionOf(browser);
    const { location, status } = await browser.json(at('/auth/v1/sign-out'), {});
    assert.equal(status, 200);
    const url = new URL(location);
    assert.equal(url.origin, provider.url);
    assert.equal(url.searchParams.get('post_logout_redirect_uri'), at('/console/'));
    assert.equal(url.searchParams.get('client_id'), CLIENT.id);
    assert.equal((await browser.ask(url.href)).status, 200, 'the provider asks whether they mean it');
    assert.ok(!browser.jar(gateway.url).has('gatehouse'));
    assert.equal((await browser.ask(at('/auth/v1/session'))).status, 401);
  });

  test('a provider that does not answer: it says so, and the log names it', async () => {
    const told = await new JarBrowser().json(at('/auth/v1/oidc/begin?provider=closed'));
    assert.deepEqual([told.status, told.code], [503, 'identity_unavailable']);
    assert.ok(gateway.log.some((line) => line.includes('an OpenID provider cannot be asked')));
    const { oidc } = gateway.gateway.gate.house.settings.people;
    await askProviders(oidc.filter(({ name }) => name === 'corp'));
    await assert.rejects(askProviders(oidc), /people\.oidc\.(other|closed) cannot be asked/);
    const unknown = await new JarBrowser().json(at('/auth/v1/oidc/begin?provider=nobody'));
    assert.equal(unknown.status, 404);
  });
});
