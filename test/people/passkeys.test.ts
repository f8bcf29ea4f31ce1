import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { suite, type TestContext, test } from 'node:test';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { Authenticator, type Wrongs } from './authenticator.ts';
import {
  asAdmin,
  Browser,
  enrolled,
  HandClock,
  onClock,
  PASSPHRASE,
  type SomeBody,
  type Told,
} from './browser.ts';

/** Passkeys at a real gateway over HTTP; the authenticator is written from the W3C's text. */

interface Scene {
  readonly gateway: TestGateway;
  readonly clock: HandClock;
  /** The gateway under the name that passkeys are good for. */
  readonly origin: string;
}

async function scene(t: TestContext): Promise<Scene> {
  const clock = new HandClock();
  const gateway = await startGateway({
    upstream: 'http://127.0.0.1:9',
    policy: `  operator: { allow: [{ actions: [policy.read] }] }
  keeper: { allow: [{ actions: ["people.*", "callers.*", policy.read] }] }
guards: []
`,
    settings: 'abuse: { repeats: off, invalid_requests: off, strangers: off }',
    replace: onClock(clock),
  });
  t.after(() => gateway.close());
  gateway.gateway.gate.store.callers.update('admin', { roles: ['admin', 'keeper'] });
  return { gateway, clock, origin: gateway.url.replace('127.0.0.1', 'localhost') };
}

/** Somebody whose browser has the gateway under its name. */
async function someone({ gateway, clock, origin }: Scene, name: string): Promise<SomeBody> {
  const body = await enrolled(gateway, clock, name, ['operator']);
  const browser = new Browser(origin);
  Object.assign(browser, { cookie: body.browser.cookie, csrf: body.browser.csrf });
  return { ...body, browser };
}

async function register(
  browser: Browser,
  authenticator: Authenticator,
  wrong: Wrongs = {},
  name = 'key',
): Promise<Told> {
  const begun = await browser.post('/auth/v1/passkeys/begin');
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  return browser.post('/auth/v1/passkeys', {
    name,
    credential: authenticator.create(begun.body.options, wrong),
  });
}

async function signInAlone(browser: Browser, authenticator: Authenticator, wrong: Wrongs = {}) {
  const { body } = await browser.get('/auth/v1/sign-in/passkey');
  assert.deepEqual(body.options.allowCredentials, [], 'it says of nobody that they have one');
  assert.equal(body.options.userVerification, 'required');
  return browser.post('/auth/v1/sign-in/passkey', { credential: authenticator.get(body.options, wrong) });
}

const refusedFor = (gateway: TestGateway) =>
  gateway
    .entries()
    .filter(({ kind }) => kind === 'person.sign_in_refused')
    .map(({ factor }) => factor);

suite('passkeys', { concurrency: 2 }, () => {
  for (const algorithm of ['ES256', 'EdDSA'] as const)
    test(`${algorithm}: registered, then the only step, the second step, and a fresh factor`, async (t) => {
      const at = await scene(t);
      const ann = await someone(at, 'Ann');
      const key = new Authenticator(at.origin, algorithm);
      const made = await register(ann.browser, key, {}, 'my key');
      assert.equal(made.status, 200, JSON.stringify(made.body));
      const { factor } = made.body;
      assert.deepEqual([factor.kind, factor.name], ['passkey', 'my key']);
      assert.match(factor.id, /^fac_[0-9a-f]{18}$/);

      const other = new Browser(at.origin);
      const alone = await signInAlone(other, key);
      assert.equal(alone.status, 200, JSON.stringify(alone.body));
      assert.deepEqual(alone.body.session.factors, ['passkey']);
      assert.equal(alone.body.person.id, ann.id);

      const first = await other.post('/auth/v1/sign-in', { login: 'ann', passphrase: PASSPHRASE });
      assert.deepEqual(first.body.second, ['passkey', 'totp', 'recovery']);
      const { pending } = first.body;
      const begun = await other.post('/auth/v1/sign-in/passkey/begin', { pending });
      assert.deepEqual(
        begun.body.options.allowCredentials.map(({ id }) => id),
        [key.id.toString('base64url')],
      );
      const second = await other.post('/auth/v1/sign-in/passkey', {
        pending,
        credential: key.get(begun.body.options, { userVerified: false }),
      });
      assert.equal(second.status, 200, JSON.stringify(second.body));
      assert.deepEqual(second.body.session.factors, ['passphrase', 'passkey']);

      at.clock.pass(11 * 60_000);
      assert.equal((await other.post('/auth/v1/passkeys/begin')).body.code, 'factor_needed');
      const asked = await other.post('/auth/v1/fresh/passkey/begin');
      const credential = key.get(asked.body.options);
      assert.equal((await other.post('/auth/v1/fresh/passkey', { credential })).status, 200);
      assert.equal((await other.post('/auth/v1/passkeys/begin')).status, 200);
      const signed = at.gateway.entries().filter(({ kind }) => kind === 'person.signed_in');
      assert.deepEqual(
        signed.map(({ factors }) => factors),
        [['passphrase', 'totp'], ['passkey'], ['passphrase', 'passkey']],
      );
    });

  test('an answer is good once, for what it was asked for, for five minutes, in this process', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const key = new Authenticator(at.origin, 'ES256', true);
    assert.equal((await register(ann.browser, key)).status, 200);
    const other = new Browser(at.origin);
    const { body } = await other.get('/auth/v1/sign-in/passkey');
    const credential = key.get(body.options);
    assert.equal((await other.post('/auth/v1/sign-in/passkey', { credential })).status, 200);
    const again = await new Browser(at.origin).post('/auth/v1/sign-in/passkey', { credential });
    assert.equal(again.body.code, 'sign_in_refused', 'a replay');

    // Two at once with one answer: one is in.
    const twice = key.get((await other.get('/auth/v1/sign-in/passkey')).body.options);
    const both = await Promise.all(
      [1, 2].map(() => new Browser(at.origin).post('/auth/v1/sign-in/passkey', { credential: twice })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401]);

    const late = key.get((await other.get('/auth/v1/sign-in/passkey')).body.options);
    at.clock.pass(5 * 60_000 + 1);
    const expired = await other.post('/auth/v1/sign-in/passkey', { credential: late });
    assert.equal(expired.body.code, 'sign_in_refused');

    // What was asked to be fresh is no way in, and the other way round.
    at.clock.pass(20_000);
    const fresh = (await ann.browser.post('/auth/v1/fresh/passkey/begin')).body.options;
    const crossed = await other.post('/auth/v1/sign-in/passkey', { credential: key.get(fresh) });
    assert.equal(crossed.body.code, 'sign_in_refused');
    at.clock.pass(20_000);
    const alone = (await other.get('/auth/v1/sign-in/passkey')).body.options;
    const back = await ann.browser.post('/auth/v1/fresh/passkey', { credential: key.get(alone) });
    assert.equal(back.body.code, 'sign_in_refused');
  });

  test('what does not hold is refused, all alike, and counted against nobody’s passphrase', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const key = new Authenticator(at.origin);
    assert.equal((await register(ann.browser, key)).status, 200);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const wrongs: Record<string, Wrongs> = {
      origin: { origin: 'https://evil.example' },
      port: { origin: 'http://localhost:1' },
      party: { rpId: 'evil.example' },
      type: { type: 'webauthn.create' },
      challenge: { challenge: Buffer.alloc(39).toString('base64url') },
      absent: { userPresent: false },
      unverified: { userVerified: false },
      signature: { key: stranger },
      framed: { crossOrigin: true },
      handle: { userHandle: Buffer.from('per_000000000000000000').toString('base64url') },
    };
    const said = new Set<string>();
    for (const [name, wrong] of Object.entries(wrongs)) {
      at.clock.pass(20 * 60_000);
      const told = await signInAlone(new Browser(at.origin), key, wrong);
      assert.equal(told.status, 401, name);
      said.add(`${told.body.code} ${told.body.title}`);
    }
    assert.equal(said.size, 1, 'nobody is told what was wrong');
    for (const credential of [undefined, 'x', {}, { type: 'public-key', id: '!', rawId: '!' }]) {
      at.clock.pass(20 * 60_000);
      const told = await new Browser(at.origin).post('/auth/v1/sign-in/passkey', { credential });
      assert.equal(told.body.code, 'sign_in_refused');
    }
    assert.equal((await signInAlone(new Browser(at.origin), key)).status, 200, 'and the owner is let in');
  });

  test('a counter that goes back is a second authenticator: refused, and in the ledger', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const key = new Authenticator(at.origin);
    assert.equal((await register(ann.browser, key)).status, 200);
    assert.equal((await signInAlone(new Browser(at.origin), key)).status, 200);
    const before = key.counter;
    for (const counter of [before, before - 1, 0])
      assert.equal((await signInAlone(new Browser(at.origin), key, { counter })).status, 401, `${counter}`);
    assert.deepEqual(refusedFor(at.gateway), ['passkey_cloned', 'passkey_cloned', 'passkey_cloned']);
    at.clock.pass(60_000);
    assert.equal((await signInAlone(new Browser(at.origin), key, { counter: before + 100 })).status, 200);
  });

  test('one’s own only: another person’s passkey is no second step, and is not registered twice', async (t) => {
    const at = await scene(t);
    const [ann, bob] = [await someone(at, 'Ann'), await someone(at, 'Bob')];
    const key = new Authenticator(at.origin);
    assert.equal((await register(ann.browser, key)).status, 200);
    assert.equal((await register(bob.browser, key)).body.code, 'conflict');
    const own = new Authenticator(at.origin);
    assert.equal((await register(bob.browser, own)).status, 200);
    const first = await bob.browser.post('/auth/v1/sign-in', { login: 'bob', passphrase: PASSPHRASE });
    const { pending } = first.body;
    const begun = await bob.browser.post('/auth/v1/sign-in/passkey/begin', { pending });
    const credential = key.get(begun.body.options);
    const told = await new Browser(at.origin).post('/auth/v1/sign-in/passkey', { pending, credential });
    assert.equal(told.body.code, 'sign_in_refused');
    const asked = await bob.browser.post('/auth/v1/fresh/passkey/begin');
    const fresh = await bob.browser.post('/auth/v1/fresh/passkey', {
      credential: key.get(asked.body.options),
    });
    assert.equal(fresh.body.code, 'sign_in_refused');
    // Ann's challenge for a new passkey is not Bob's.
    const annBegun = await ann.browser.post('/auth/v1/passkeys/begin');
    const planted = await bob.browser.post('/auth/v1/passkeys', {
      name: 'planted',
      credential: new Authenticator(at.origin).create(annBegun.body.options),
    });
    assert.equal(planted.body.code, 'sign_in_refused');
    assert.equal((await asAdmin(at.gateway).post(`/admin/v1/people/${ann.id}/disable`)).status, 200);
    assert.equal((await signInAlone(new Browser(at.origin), key)).body.code, 'sign_in_refused');
  });

  test('a link: passphrase and passkey are enough, and a reset may bring the same passkey again', async (t) => {
    const at = await scene(t);
    const key = new Authenticator(at.origin);
    const enrol = async (link: string, authenticator = key) => {
      const browser = new Browser(at.origin);
      const { enrolment } = (await browser.post('/auth/v1/enrolment', { link })).body;
      const begun = await browser.post('/auth/v1/enrolment/passkey/begin', { enrolment });
      const credential = authenticator.create(begun.body.options);
      const weak = { enrolment, passphrase: 'short', name: 'key', credential };
      assert.equal((await browser.post('/auth/v1/enrolment/passkey', weak)).body.field, '/passphrase');
      const done = await browser.post('/auth/v1/enrolment/passkey', { ...weak, passphrase: PASSPHRASE });
      return { browser, done };
    };
    const invited = await asAdmin(at.gateway).post('/admin/v1/people', { name: 'Ann', roles: ['operator'] });
    const { browser, done } = await enrol(invited.body.token);
    assert.equal(done.status, 200, JSON.stringify(done.body));
    assert.deepEqual(done.body.session.factors, ['passphrase', 'passkey']);
    assert.equal(done.body.recovery_codes.length, 10);
    const kinds = (await browser.get('/auth/v1/factors')).body.factors.map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), ['passkey', 'passphrase', 'recovery']);
    assert.equal((await signInAlone(new Browser(at.origin), key)).status, 200);

    const reset = await asAdmin(at.gateway).post('/admin/v1/people/ann/reset');
    assert.equal((await enrol(reset.body.token)).done.status, 200);
    const other = await asAdmin(at.gateway).post('/admin/v1/people', { name: 'Bob', roles: ['operator'] });
    assert.equal((await enrol(other.body.token)).done.body.code, 'conflict', 'it is Ann’s');
  });

  test('two windows: both ask, both may go on; a passkey is offered once to each authenticator', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const begun = await Promise.all([1, 2].map(() => ann.browser.post('/auth/v1/passkeys/begin')));
    for (const { body } of begun) {
      const credential = new Authenticator(at.origin).create(body.options);
      const made = await ann.browser.post('/auth/v1/passkeys', { name: 'one', credential });
      assert.equal(made.status, 200);
    }
    const { body } = await ann.browser.post('/auth/v1/passkeys/begin');
    assert.equal(body.options.excludeCredentials.length, 2);
    assert.deepEqual(body.options.authenticatorSelection, {
      residentKey: 'preferred',
      requireResidentKey: false,
      userVerification: 'preferred',
    });
    assert.equal(body.options.attestation, 'none');
  });

  test('a new passkey must hold, too; attestation of others is not looked up', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const wrongs: Record<string, Wrongs> = {
      origin: { origin: 'https://evil.example' },
      party: { rpId: 'evil.example' },
      type: { type: 'webauthn.get' },
      absent: { userPresent: false },
      framed: { crossOrigin: true },
      statement: { statement: new Map([['alg', -7]]) },
      format: { format: 'made-up' },
      attested: {
        format: 'packed',
        statement: new Map<string, Uint8Array | number>([
          ['alg', -7],
          ['sig', Buffer.alloc(70)],
          ['x5c', Buffer.alloc(3)],
        ]),
      },
    };
    for (const [name, wrong] of Object.entries(wrongs))
      assert.equal((await register(ann.browser, new Authenticator(at.origin), wrong)).status, 401, name);
    assert.equal((await register(ann.browser, new Authenticator(at.origin), {}, 'a\nb')).status, 400);
  });

  test('no downgrade: the last factor stays, and removing one needs a fresh factor', async (t) => {
    const at = await scene(t);
    const ann = await someone(at, 'Ann');
    const factorsOf = async () => (await ann.browser.get('/auth/v1/factors')).body.factors;
    const app = (await factorsOf()).find(({ kind }) => kind === 'totp');
    const alone = await ann.browser.post('/auth/v1/factors/remove', { factor: app?.id });
    assert.equal(alone.body.code, 'conflict');
    const key = new Authenticator(at.origin);
    const { factor } = (await register(ann.browser, key)).body;
    const codes = (await factorsOf()).find(({ kind }) => kind === 'recovery');
    for (const id of [codes?.id, 'fac_000000000000000000', undefined])
      assert.notEqual((await ann.browser.post('/auth/v1/factors/remove', { factor: id })).status, 200);
    const both = await Promise.all(
      [app?.id, factor.id].map((id) => ann.browser.post('/auth/v1/factors/remove', { factor: id })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409], 'one of two at once');
    const removed = at.gateway.entries().filter(({ kind }) => kind === 'person.factor_removed');
    assert.equal(removed.length, 1);
    at.clock.pass(11 * 60_000);
    const stale = await ann.browser.post('/auth/v1/factors/remove', { factor: factor.id });
    assert.equal(stale.body.code, 'factor_needed');
  });

  test('an address without a name has no passkeys, and it says so', async (t) => {
    const at = await scene(t);
    const told = await new Browser(at.gateway.url).get('/auth/v1/sign-in/passkey');
    assert.equal(told.body.code, 'request_invalid');
    assert.match(told.body.title, /localhost/);
  });
});
