import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import type { Action } from '../exchange/exchange.ts';
import { NO_TAGS } from '../exchange/tags.ts';
import { kindOf, ROLE_ACTIONS } from './actions.ts';
import { decide } from './decide.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { parsePolicy } from './parse.ts';

const kinds = new Map(
  ['bounds', 'secrets', 'injection'].map((kind) => [
    kind,
    Type.Object({ sensitivity: Type.Optional(Type.String()) }),
  ]),
);
const policy = parsePolicy(DEFAULT_POLICY, { kinds, file: 'policy.yaml' });

const allows = (role: string, action: Action) => {
  const named = { id: role, name: role, owner: '', team: '', credential: '' };
  const caller = { ...named, roles: [role], tags: {} };
  const circumstances = { now: 0, peer: '127.0.0.1', tags: NO_TAGS };
  return decide(policy, { caller, action, resource: { kind: kindOf(action), id: 'any' }, circumstances })
    .allowed;
};

test('the default roles have the least privilege: programs use models, admins manage, neither does both', () => {
  const ofModels = new Set([
    'chat',
    'embed',
    'moderate',
    'inspect',
    'count_tokens',
    'predict',
    'models.list',
  ]);
  // Who runs the gateway need not read what people say; and who made a backup or a key tells of it over the control socket.
  // What was right is told by those whom the owner trusts to know it.
  const ofNobody = new Set(['content.read', 'backup.record', 'signing_keys.record', 'report_outcomes']);
  // Whoever makes callers could be two people at once, so they vet no models.
  const ofVetters = new Set(['registry.add', 'registry.approve', 'registry.export']);
  // Nobody decides on a text that they may not read.
  const ofReviewers = new Set(['reviews.decide']);
  for (const action of ROLE_ACTIONS) {
    assert.equal(allows('app', action), ofModels.has(action), `app ${action}`);
    const notAdmins = [ofModels, ofNobody, ofVetters, ofReviewers].some((actions) => actions.has(action));
    assert.equal(allows('admin', action), !notAdmins, `admin ${action}`);
    assert.equal(allows('vetter', action), action.startsWith('registry.'), `vetter ${action}`);
  }
});

test('people have what their work takes: who checks changes nothing, and who reads what was sealed changes nothing', () => {
  for (const action of ROLE_ACTIONS) {
    const reads = kindOf(action) === 'Admin' && action.endsWith('.read');
    assert.equal(allows('auditor', action), reads && action !== 'content.read', `auditor ${action}`);
    const decides = action === 'proposals.decide' || action === 'reviews.decide';
    if (allows('reviewer', action)) assert.ok(reads || decides, `reviewer ${action}`);
    assert.equal(
      allows('developer', action),
      allows('app', action) || action === 'policy.read',
      `developer ${action}`,
    );
    // An operator is no more than an admin.
    if (allows('operator', action)) assert.ok(allows('admin', action), `operator ${action}`);
  }
  for (const action of ['people.write', 'content.read', 'content.erase', 'registry.approve'] as const)
    assert.ok(!allows('operator', action), action);
});

test('by default every guard blocks where it cannot decide, and nothing passes unread', () => {
  assert.deepEqual(
    policy.guards.map(({ name, onError }) => [name, onError]),
    [
      ['bounds', 'block'],
      ['secrets', 'block'],
      ['injection', 'block'],
      ['injection-watch', 'block'],
    ],
  );
  assert.equal(policy.media.size, 0);
  assert.ok(policy.quotas.some(({ per, concurrency }) => per === 'caller' && concurrency !== undefined));
});
