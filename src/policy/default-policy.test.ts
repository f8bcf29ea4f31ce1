import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { ACTIONS } from '../exchange/exchange.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { may } from './may.ts';
import { parsePolicy } from './parse.ts';

const kinds = new Map(['bounds', 'secrets'].map((kind) => [kind, Type.Object({})]));
const policy = parsePolicy(DEFAULT_POLICY, { kinds, file: 'policy.yaml' });

test('the default roles have the least privilege: programs use models, admins manage, neither does both', () => {
  const ofModels = new Set(['chat', 'embed', 'moderate', 'count_tokens', 'models.list']);
  // Who runs the gateway need not read what people say.
  const ofNobody = new Set(['content.read']);
  for (const action of ACTIONS) {
    assert.equal(may(policy, ['app'], action, 'any-model').allowed, ofModels.has(action), `app ${action}`);
    assert.equal(
      may(policy, ['admin'], action, 'any-model').allowed,
      !ofModels.has(action) && !ofNobody.has(action),
      `admin ${action}`,
    );
  }
});

test('by default every guard blocks where it cannot decide, and nothing passes unread', () => {
  assert.deepEqual(
    policy.guards.map(({ name, onError }) => [name, onError]),
    [
      ['bounds', 'block'],
      ['secrets', 'block'],
    ],
  );
  assert.equal(policy.media.size, 0);
  assert.ok(policy.quotas.some(({ per, concurrency }) => per === 'caller' && concurrency !== undefined));
});
