import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../exchange/exchange.ts';
import { may } from './may.ts';
import { allowsMedia } from './media.ts';
import { parsePolicy } from './parse.ts';

const policy = parsePolicy(
  `version: 1
roles:
  app:
    allow:
      - { actions: [chat, models.list], models: ["gpt-*", practice] }
      - { actions: [embed], models: ["*"] }
    deny:
      - { actions: [chat], models: [gpt-4-secret] }
  admin:
    allow: [{ actions: ["callers.*", policy.read] }]
  locked:
    deny: [{ actions: ["*"] }]
media: { allow: [image/*, Audio/WAV, remote-url] }`,
  { kinds: new Map(), file: 'policy.yaml' },
);

test('nothing is allowed unless a rule names it', () => {
  assert.deepEqual(may(policy, ['app'], 'chat', 'gpt-4o'), { allowed: true, by: 'roles.app.allow[0]' });
  assert.deepEqual(may(policy, ['app'], 'chat', 'claude'), { allowed: false, by: 'default' });
  assert.deepEqual(may(policy, ['app'], 'callers.read'), { allowed: false, by: 'default' });
  assert.deepEqual(may(policy, ['admin'], 'callers.write'), { allowed: true, by: 'roles.admin.allow[0]' });
  assert.deepEqual(may(policy, ['admin'], 'chat', 'gpt-4o'), { allowed: false, by: 'default' });
  for (const action of ACTIONS) {
    assert.equal(may(policy, [], action, 'gpt-4o').allowed, false);
    assert.equal(may(policy, ['nobody', 'constructor', '__proto__'], action, 'gpt-4o').allowed, false);
  }
});

test('deny wins, whichever role it is in and in whatever order', () => {
  assert.deepEqual(may(policy, ['app'], 'chat', 'gpt-4-secret'), { allowed: false, by: 'roles.app.deny[0]' });
  assert.equal(may(policy, ['app'], 'models.list', 'gpt-4-secret').allowed, true);
  for (const roles of [
    ['app', 'locked'],
    ['locked', 'app'],
  ]) {
    assert.deepEqual(may(policy, roles, 'embed', 'x'), { allowed: false, by: 'roles.locked.deny[0]' });
  }
});

test('without a model: whether there is one on which it is allowed', () => {
  assert.equal(may(policy, ['app'], 'chat').allowed, true);
  assert.equal(may(policy, ['admin'], 'chat').allowed, false);
  assert.equal(may(policy, ['app', 'locked'], 'chat').allowed, false);
});

test('another role never allows what a denying one forbids, and one allowing role is enough', () => {
  const role = fc.subarray(['app', 'admin', 'locked', 'unknown']);
  const action: fc.Arbitrary<Action> = fc.constantFrom(...ACTIONS);
  const model = fc.constantFrom('gpt-4o', 'gpt-4-secret', 'claude');
  fc.assert(
    fc.property(role, action, model, (roles, act, name) => {
      const each = roles.map((one) => may(policy, [one], act, name));
      const denied = each.some(({ by }) => by.includes('.deny['));
      const allowed = each.some((decision) => decision.allowed);
      assert.equal(may(policy, roles, act, name).allowed, allowed && !denied);
    }),
  );
});

test('media: the type, its family or its kind', () => {
  for (const media of ['image/png', 'IMAGE/JPEG', 'audio/wav', 'remote-url'])
    assert.ok(allowsMedia(policy, media), media);
  for (const media of ['audio/mp3', 'image', 'unknown', 'tokens', 'file-id', '', '*', '/', 'imagex/png']) {
    assert.ok(!allowsMedia(policy, media), media);
  }
});
