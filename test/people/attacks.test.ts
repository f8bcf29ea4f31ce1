import assert from 'node:assert/strict';
import http from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { suite, type TestContext, test } from 'node:test';
import type { AuthCall } from '../../src/gateway/people/endpoint.ts';
import { freshen, openSession } from '../../src/gateway/people/session.ts';
import { dataPaths } from '../../src/lifecycle/data-folder.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { App, asAdmin, Browser, enrolled, HandClock, onClock, PASSPHRASE, signIn } from './browser.ts';

/** What attackers try on people who sign in; each is named for its place in the OWASP testing guide (WSTG). */

const POLICY = `  operator: { allow: [{ actions: ["config.*", policy.read, callers.read] }] }
  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read, "config.*", audit.read, metrics.read] }] }
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
  gateway.gateway.gate.store.callers.update('admin', { roles: ['keeper'] });
  return { gateway, clock };
}

const WRONG = 'not the right passphrase';

suite('attacks on signing in', { concurrency: 2 }, () => {
  test('session fixation (WSTG-SESS-03): a token that was there before is good for nothing after', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const planted = `gatehouse=ghs_${'A'.repeat(10)}_${'B'.repeat(43)}`;
    const victim = new Browser(gateway.url);
    victim.cookie = planted;
    const done = await signIn(victim, 'ann', ann.app.next());
    assert.equal(done.status, 200);
    assert.notEqual(victim.cookie, planted);
    // One that was real, of the attacker's own account, is over; and it is not the victim's.
    const eve = await enrolled(gateway, clock, 'Eve', ['operator']);
    const eves = eve.browser.cookie;
    victim.cookie = eves;
    await signIn(victim, 'ann', ann.app.next());
    assert.notEqual(victim.cookie, eves);
    const thief = new Browser(gateway.url);
    for (const cookie of [planted, eves]) {
      thief.cookie = cookie;
      assert.equal((await thief.get('/auth/v1/session')).status, 401);
    }
    // Nothing is set before both factors were shown.
    const half = await new Browser(gateway.url).post('/auth/v1/sign-in', {
      login: 'ann',
      passphrase: PASSPHRASE,
    });
    assert.equal(half.headers.get('set-cookie'), null);
  });

  test('what ended while a factor was checked does not come back by it', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { gate } = gateway.gateway;
    const person = gate.store.people.get(ann.id);
    const { id } = (await ann.browser.get('/auth/v1/session')).body.session;
    const session = gate.store.sessions.get(id);
    const call = { gate, house: gate.house } as AuthCall;
    gate.store.sessions.end(ann.id);
    await assert.rejects(freshen(call, { person, session }, 'passkey'), { code: 'session_ended' });
    gate.store.people.setDisabled(ann.id, true);
    await assert.rejects(openSession(call, person, ['passkey'], { before: undefined }), {
      code: 'sign_in_refused',
    });
    assert.ok(gate.store.sessions.of(ann.id, Number.POSITIVE_INFINITY).every(({ open }) => !open));
  });

  test('cross-site request forgery (WSTG-SESS-05): a cookie alone changes nothing', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { browser } = ann;
    const own = `http://${new URL(gateway.url).host}`;
    const reload = (headers: Record<string, string>) => browser.post('/admin/v1/reload', {}, headers);
    assert.equal((await reload({ 'x-gatehouse-csrf': '' })).body.code, 'csrf_refused');
    assert.equal((await reload({ 'x-gatehouse-csrf': `${browser.csrf}x` })).body.code, 'csrf_refused');
    for (const site of ['cross-site', 'same-site', 'none', 'SAME-ORIGIN'])
      assert.equal((await reload({ 'sec-fetch-site': site })).body.code, 'origin_refused', site);
    for (const origin of [
      'https://evil.example',
      'null',
      own.replace('http', 'https'),
      `${own}.evil.example`,
    ])
      assert.equal((await reload({ origin })).body.code, 'origin_refused', origin);
    assert.equal((await reload({ origin: own })).status, 200);
    // Another person's token, of a session that is open.
    const bob = await enrolled(gateway, clock, 'Bob', ['operator']);
    assert.equal((await reload({ 'x-gatehouse-csrf': bob.browser.csrf })).body.code, 'csrf_refused');
    assert.equal(
      (await browser.post('/auth/v1/sign-out', {}, { 'x-gatehouse-csrf': '' })).body.code,
      'csrf_refused',
    );
    // A form can send neither JSON nor the header.
    const form = await browser.post('/admin/v1/reload', {}, { 'content-type': 'text/plain' });
    assert.equal(form.body.code, 'content_type');
    const other = await browser.post(
      '/auth/v1/sign-in',
      {},
      { 'content-type': 'application/x-www-form-urlencoded' },
    );
    assert.equal(other.body.code, 'content_type');
  });

  test('without Sec-Fetch-Site and Origin, a change with a cookie is refused', async (t) => {
    const { gateway, clock } = await scene(t);
    const { browser } = await enrolled(gateway, clock, 'Ann', ['operator']);
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = {
        cookie: browser.cookie,
        'user-agent': browser.agent,
        'content-type': 'application/json',
        'x-gatehouse-csrf': browser.csrf,
      };
      const req = http.request(`${gateway.url}/admin/v1/reload`, { method: 'POST', headers }, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(text));
      });
      req.on('error', reject);
      req.end('{}');
    });
    assert.match(answer, /origin_refused/);
  });

  test('a stolen cookie (WSTG-SESS-09) is no use in another browser, nor as a key, nor for models', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const thief = new Browser(gateway.url);
    thief.cookie = ann.browser.cookie;
    thief.agent = 'curl/8';
    assert.equal((await thief.get('/admin/v1/policy')).body.code, 'credential_invalid');
    const token = (ann.browser.cookie ?? '').slice('gatehouse='.length);
    const asKey = await new Browser(gateway.url).get('/admin/v1/policy', {
      authorization: `Bearer ${token}`,
    });
    assert.equal(asKey.body.code, 'credential_invalid');
    assert.equal((await ann.browser.get(`/admin/v1/policy?x=${token}`)).body.code, 'credential_in_query');
    assert.equal((await ann.browser.get('/v1/models')).status, 401);
    assert.equal((await ann.browser.post('/v1/chat/completions', { model: 'm', messages: [] })).status, 401);
    const both = await ann.browser.get('/admin/v1/policy', { authorization: `Bearer ${gateway.adminKey}` });
    assert.equal(both.body.code, 'credential_ambiguous');
    const two = `${ann.browser.cookie}; ${ann.browser.cookie}`;
    assert.equal(
      (await ann.browser.get('/admin/v1/policy', { cookie: two })).body.code,
      'credential_ambiguous',
    );
  });

  test('a code of the app (RFC 6238, section 5.2) is good once, for a session and for a fresh factor', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const code = ann.app.next();
    assert.equal((await signIn(new Browser(gateway.url), 'ann', code)).status, 200);
    assert.equal((await signIn(new Browser(gateway.url), 'ann', code)).body.code, 'sign_in_refused');
    assert.equal((await ann.browser.post('/auth/v1/fresh', { code })).body.code, 'sign_in_refused');
    clock.pass(3_600_000);
    const two = await Promise.all(
      ['a', 'b', 'c'].map(async () => {
        const browser = new Browser(gateway.url);
        const first = await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
        return { browser, pending: first.body.pending };
      }),
    );
    clock.pass(60_000);
    const next = ann.app.next();
    const done = await Promise.all(
      two.map(({ browser, pending }) => browser.post('/auth/v1/sign-in/code', { pending, code: next })),
    );
    assert.deepEqual(done.map(({ status }) => status).sort(), [200, 401, 401]);
  });

  test('no factor is left out (WSTG-ATHN-11): a pending token opens nothing, a passphrase is no fresh factor', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const browser = new Browser(gateway.url);
    const { pending, second } = (
      await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE })
    ).body;
    assert.deepEqual(second, ['totp', 'recovery']);
    for (const cookie of [`gatehouse=${pending}`, `gatehouse=ghs_${pending}`]) {
      browser.cookie = cookie;
      assert.equal((await browser.get('/auth/v1/session')).body.code, 'credential_invalid');
    }
    browser.cookie = undefined;
    for (const code of [PASSPHRASE, '', 'null', '000000'])
      assert.equal((await browser.post('/auth/v1/sign-in/code', { pending, code })).status >= 400, true);
    for (const body of [{ passphrase: PASSPHRASE }, { code: null }, { code: 123456 }, {}])
      assert.equal((await ann.browser.post('/auth/v1/fresh', body)).body.code, 'request_invalid');
    // Whoever has a passphrase and no second factor is let in by neither.
    const store = gateway.gateway.gate.store;
    for (const { id, kind } of store.factors.of(ann.id))
      if (kind !== 'passphrase') store.factors.remove(ann.id, id);
    clock.pass(3_600_000);
    const alone = await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
    assert.equal(alone.body.code, 'sign_in_refused');
  });

  test('guessing (WSTG-ATHN-03) gets slower, at once too; the owner is let in from where they are known', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    // The throttle goes by account and network; all of this test's requests come from one.
    gateway.gateway.gate.store.sessions.end(ann.id);
    const guess = () =>
      new Browser(gateway.url).post('/auth/v1/sign-in', { login: 'ann', passphrase: WRONG });
    const burst = await Promise.all(Array.from({ length: 30 }, guess));
    const looked = burst.filter(({ body }) => body.code === 'sign_in_refused').length;
    assert.equal(looked, 3);
    const slow = burst.find(({ status }) => status === 429);
    assert.equal(slow?.body.code, 'cooling_down');
    assert.equal(slow?.headers.get('retry-after'), '1');
    // While it cools down, not even the right one is looked at: else the wait would tell.
    const right = () => signIn(new Browser(gateway.url), 'ann', ann.app.now());
    assert.equal((await right()).body.code, 'cooling_down');
    let waits = 0;
    for (let i = 0; i < 12; i += 1) {
      let answer = await guess();
      while (answer.status === 429) {
        const seconds = Number(answer.headers.get('retry-after'));
        waits = Math.max(waits, seconds);
        clock.pass(seconds * 1000);
        answer = await guess();
      }
    }
    assert.ok(waits >= 512 && waits <= 900, `${waits}`);
    // It is a delay and no lock: after the longest wait the owner is in.
    clock.pass(900_000);
    assert.equal((await right()).status, 200);
  });

  test('codes cannot be guessed either: a pending token is over after five, and the account cools down', async (t) => {
    const { gateway, clock } = await scene(t);
    await enrolled(gateway, clock, 'Ann', ['operator']);
    const browser = new Browser(gateway.url);
    let looked = 0;
    for (let i = 0; i < 40; i += 1) {
      const first = await browser.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
      if (first.status === 429) continue;
      const guesses = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          browser.post('/auth/v1/sign-in/code', { pending: first.body.pending, code: `00000${at}` }),
        ),
      );
      looked += guesses.filter(({ status }) => status === 401).length;
    }
    assert.ok(looked <= 13, `${looked}`);
  });

  test('who is there is not told (WSTG-IDNT-04): the same words, the same length, the same work', async (t) => {
    const { gateway, clock } = await scene(t);
    await enrolled(gateway, clock, 'Ann', ['operator']);
    await enrolled(gateway, clock, 'Dis', ['operator']);
    await asAdmin(gateway).post('/admin/v1/people/dis/disable');
    await asAdmin(gateway).post('/admin/v1/people', { name: 'Not Yet', roles: ['operator'] });
    const { passphrases } = gateway.gateway.gate.people;
    const work: unknown[] = [];
    const counting = {
      ...passphrases,
      argon2id: (question: Parameters<typeof passphrases.argon2id>[0]) => {
        const { memory, passes, parallelism, tagLength } = question;
        work.push([memory, passes, parallelism, tagLength]);
        return passphrases.argon2id(question);
      },
    };
    Object.assign(gateway.gateway.gate.people, { passphrases: counting });
    const told = [];
    for (const login of ['ann', 'dis', 'not.yet', 'nobody', '', "' OR 1=1 --", 'a'.repeat(5000)])
      told.push(await new Browser(gateway.url).post('/auth/v1/sign-in', { login, passphrase: WRONG }));
    const right = await new Browser(gateway.url).post('/auth/v1/sign-in', {
      login: 'dis',
      passphrase: PASSPHRASE,
    });
    const plain = (text: string) => text.replace(/"instance":"req_\w{26}"/, '');
    for (const one of [...told, right]) {
      assert.equal(one.status, 401);
      assert.equal(plain(one.text), plain(right.text));
      const names = [...one.headers.keys()].filter((name) => name !== 'date');
      assert.deepEqual(
        names,
        [...right.headers.keys()].filter((name) => name !== 'date'),
      );
    }
    assert.equal(work.length, told.length + 1);
    assert.equal(new Set(work.map((one) => JSON.stringify(one))).size, 1);
  });

  test('a name that would be a header, a line of the log or a page stays a name', async (t) => {
    const { gateway, clock } = await scene(t);
    const name = '<img src=x onerror=alert(1)>"; Path=/evil';
    const made = await asAdmin(gateway).post('/admin/v1/people', { name, login: 'mal', roles: ['operator'] });
    assert.equal(made.status, 201);
    for (const bad of ['a\r\nset-cookie: x=1', 'a\nb', 'a\u0000b'])
      assert.equal(
        (await asAdmin(gateway).post('/admin/v1/people', { name: bad, login: 'x', roles: ['operator'] }))
          .status,
        400,
      );
    for (const login of ['a b', 'a\r\nb', 'ann;x', '../x', 'ÄNN', '@ann'])
      assert.equal(
        (await asAdmin(gateway).post('/admin/v1/people', { name: 'X', login, roles: ['operator'] })).status,
        400,
      );
    const browser = new Browser(gateway.url);
    const begun = await browser.post('/auth/v1/enrolment', { link: made.body.token });
    assert.equal(begun.headers.get('content-type'), 'application/json');
    assert.doesNotMatch(begun.body.totp.uri, /[<>"; ]/);
    const twice = await browser.get('/auth/v1/session', { cookie: 'gatehouse=a\tb; gatehouse' });
    assert.equal(twice.status, 401);
    clock.pass(1);
  });

  test('a link is good once, for one person, and not for somebody who is switched off', async (t) => {
    const { gateway, clock } = await scene(t);
    const { token } = (await asAdmin(gateway).post('/admin/v1/people', { name: 'Ann', roles: ['operator'] }))
      .body;
    const browser = new Browser(gateway.url);
    for (const link of ['', 'ghl_x', token.slice(0, -1), `${token}x`, token.replace('ghl', 'ghs')])
      assert.equal((await browser.post('/auth/v1/enrolment', { link })).body.code, 'credential_invalid');
    const one = await browser.post('/auth/v1/enrolment', { link: token });
    const two = await browser.post('/auth/v1/enrolment', { link: token });
    const finish = (begun: typeof one, passphrase = PASSPHRASE) =>
      browser.post('/auth/v1/enrolment/finish', {
        enrolment: begun.body.enrolment,
        passphrase,
        code: new App(begun.body.totp.uri, clock).now(),
      });
    assert.deepEqual([(await finish(one, 'ann ann ann ann')).body.field], ['/passphrase']);
    const done = await Promise.all([finish(one), finish(two)]);
    assert.deepEqual(done.map(({ status }) => status).sort(), [200, 401]);
    const reset = (await asAdmin(gateway).post('/admin/v1/people/ann/reset')).body.token;
    await asAdmin(gateway).post('/admin/v1/people/ann/disable');
    assert.equal((await browser.post('/auth/v1/enrolment', { link: reset })).status, 401);
  });

  test('what is at rest opens nothing: no token, code or passphrase, and no secret of an app', async (t) => {
    const { gateway, clock } = await scene(t);
    const ann = await enrolled(gateway, clock, 'Ann', ['operator']);
    const { token } = (await asAdmin(gateway).post('/admin/v1/people', { name: 'Bob', roles: ['operator'] }))
      .body;
    const file = dataPaths(gateway.gateway.gate.house.settings.data).store;
    const database = new DatabaseSync(file, { readOnly: true });
    const rows = ['people', 'factors', 'links', 'sessions'].flatMap((table) =>
      database.prepare(`SELECT * FROM ${table}`).all(),
    );
    database.close();
    const text = JSON.stringify(rows, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    const session = (ann.browser.cookie ?? '').split('_').at(-1) ?? '-';
    for (const secret of [
      PASSPHRASE,
      session,
      token.split('_').at(-1) ?? '-',
      ...ann.recovery,
      ann.browser.agent,
    ])
      assert.ok(!text.includes(secret));
    assert.match(text, /\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});
