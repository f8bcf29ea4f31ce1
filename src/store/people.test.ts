import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { Refusal, type RefusalCode } from '../base/refusal.ts';
import { openStore, type Store } from './store.ts';

const pepper = createSecretKey(Buffer.alloc(32, 1));
const HOUR = 3_600_000;

function scene(t: TestContext): { store: Store; other: Store; time: { now: number } } {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now, tick: () => time.now };
  const open = () => openStore(join(folder, 'store.sqlite'), { pepper, clock });
  const [store, other] = [open(), open()];
  t.after(() => {
    store.close();
    other.close();
    rmSync(folder, { recursive: true });
  });
  return { store, other, time };
}

const refuses = (code: RefusalCode, act: () => unknown) =>
  assert.throws(act, (error) => error instanceof Refusal && error.code === code, code);

const ann = { login: 'Ann@example.com', name: 'Ann', team: 'web', roles: ['operator'] };
const rules = { idle: HOUR, network: 'n', agent: 'a', bindNetwork: false };
const draft = (person: string) => ({
  person,
  factors: ['x'],
  life: 2 * HOUR,
  fresh: 1,
  network: 'n',
  agent: 'a',
});

suite('people in the store', () => {
  test('a login is one person’s in any letter case; what cannot be one is refused', (t) => {
    const { store } = scene(t);
    const made = store.people.create(ann);
    assert.equal(made.login, 'ann@example.com');
    assert.equal(store.people.get('ANN@EXAMPLE.COM').id, made.id);
    refuses('conflict', () => store.people.create({ ...ann, login: 'ANN@example.com' }));
    for (const login of ['', 'a b', 'ä', '-a', 'a'.repeat(101), 'a\n'.padEnd(5, 'b')])
      refuses('request_invalid', () => store.people.create({ ...ann, login }));
    refuses('request_invalid', () => store.people.create({ ...ann, login: 'x', name: 'a\nb' }));
    refuses('not_found', () => store.people.get('nobody'));
  });

  test('whom an issuer vouches for is the same person each time, and signs in with no passphrase of ours', (t) => {
    const { store } = scene(t);
    const bob = { login: 'bob', name: 'Bob', team: 'web', roles: ['a'] };
    const first = store.people.adopt('oidc_1', 'oidc:corp', bob);
    const again = store.people.adopt('oidc_1', 'oidc:corp', { ...bob, login: 'robert', roles: ['b'] });
    assert.deepEqual([again.id, again.login, again.roles], [first.id, 'bob', ['b']]);
    assert.equal(store.people.findLogin('bob'), undefined);
    refuses('conflict', () => store.people.adopt('oidc_2', 'oidc:corp', bob));
    // Nor do they become somebody who was there before.
    store.people.create(ann);
    refuses('conflict', () => store.people.adopt('oidc_3', 'oidc:corp', ann));
  });

  test('a session has ended in another process as soon as in this one', (t) => {
    const { store, other, time } = scene(t);
    const { id } = store.people.create(ann);
    const { session, token } = store.sessions.open(draft(id));
    assert.equal(other.sessions.find(token, rules).person, id);
    refuses('credential_invalid', () => other.sessions.find(`${token.slice(0, -1)}-`, rules));
    refuses('credential_invalid', () => other.sessions.find(token, { ...rules, agent: 'b' }));
    refuses('credential_invalid', () =>
      other.sessions.find(token, { ...rules, network: 'm', bindNetwork: true }),
    );
    assert.equal(other.sessions.find(token, { ...rules, network: 'm' }).id, session.id);
    assert.deepEqual(store.sessions.end(id), [session.id]);
    assert.deepEqual(store.sessions.end(id), []);
    refuses('session_ended', () => other.sessions.find(token, rules));
    refuses('session_ended', () => other.sessions.again(session.id, HOUR));
    const next = store.sessions.open(draft(id));
    time.now += HOUR - 1;
    // To look whether it is open is not to use it.
    assert.equal(other.sessions.again(next.session.id, HOUR).id, next.session.id);
    time.now += 1;
    refuses('session_ended', () => other.sessions.again(next.session.id, HOUR));
    refuses('session_ended', () => other.sessions.find(next.token, rules));
    const minute = store.sessions.open(draft(id));
    for (let i = 0; i < 6; i += 1) {
      time.now += 20_000;
      other.sessions.find(minute.token, { ...rules, idle: 60_000 });
    }
    const last = store.sessions.open(draft(id));
    for (let i = 0; i < 3; i += 1) {
      time.now += HOUR / 2;
      assert.equal(other.sessions.find(last.token, rules).id, last.session.id);
    }
    time.now += HOUR / 2;
    refuses('session_ended', () => other.sessions.find(last.token, rules));
  });

  test('one takes the place of another, and the oldest of many gives way', (t) => {
    const { store, time } = scene(t);
    const { id } = store.people.create(ann);
    const before = store.sessions.open(draft(id));
    store.sessions.open(draft(id), before.session.id);
    refuses('session_ended', () => store.sessions.find(before.token, rules));
    for (let i = 0; i < 30; i += 1) {
      time.now += 1;
      store.sessions.open(draft(id));
    }
    assert.equal(store.sessions.of(id, HOUR).filter(({ open }) => open).length, 20);
    assert.ok(store.sessions.knows(id, 'n') && !store.sessions.knows(id, 'm'));
  });

  test('a link is good once, until a newer one, and for its time', (t) => {
    const { store, other, time } = scene(t);
    const { id } = store.people.create(ann);
    const first = store.links.make(id, 'invite', HOUR);
    const second = store.links.make(id, 'reset', HOUR);
    refuses('credential_invalid', () => other.links.find(first.token));
    const link = other.links.find(second.token);
    const factor = { person: id, kind: 'totp', name: 'app', held: 'x' } as const;
    store.factors.restart(id, [factor], () => store.links.take(link.id));
    refuses('credential_invalid', () => other.factors.restart(id, [], () => other.links.take(link.id)));
    assert.equal(store.factors.of(id).length, 1);
    const third = store.links.make(id, 'reset', HOUR);
    time.now += HOUR;
    refuses('credential_invalid', () => store.links.find(third.token));
  });

  test('a counter only grows, and what is exchanged is exchanged once', (t) => {
    const { store, other } = scene(t);
    const { id: person } = store.people.create(ann);
    const { id } = store.factors.add({ person, kind: 'totp', name: 'app', held: 'x', counter: 5 });
    assert.deepEqual(
      [5, 6, 6, 4, 7].map((step) => other.factors.advance(id, step)),
      [false, true, false, false, true],
    );
    assert.ok(store.factors.exchange(id, 'x', 'y'));
    assert.ok(!other.factors.exchange(id, 'x', 'z'));
    assert.ok(!store.factors.remove('per_other', id));
    assert.ok(store.factors.remove(person, id));
  });
});
