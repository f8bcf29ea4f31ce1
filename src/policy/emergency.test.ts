import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../exchange/exchange.ts';
import { NO_TAGS } from '../exchange/tags.ts';
import { kindOf } from './actions.ts';
import { decide } from './decide.ts';
import { withEmergency } from './emergency.ts';
import type { EmergencyRule } from './emergency-rule.ts';
import { parsePolicy } from './parse.ts';
import type { Query } from './query.ts';

const POLICY = parsePolicy(
  `version: 1
roles:
  app: { allow: [{ actions: [chat, predict, models.list], models: ["*"] }], deny: [{ actions: [chat], models: ["x"] }] }
  admin: { allow: [{ actions: ["callers.*", "registry.*"] }] }
`,
  { kinds: new Map(), file: 'policy.yaml' },
);

const NOW = 1000;
const query = (action: Action, id: string, caller: string, role: string, now = NOW): Query => ({
  caller: {
    id: caller,
    name: caller,
    owner: '',
    team: '',
    roles: [role],
    tags: {},
    credential: 'k',
  },
  action,
  resource: { kind: kindOf(action), id },
  circumstances: { now, peer: '127.0.0.1', tags: NO_TAGS },
});

const rules: fc.Arbitrary<EmergencyRule[]> = fc.array(
  fc.record({
    kind: fc.constant('deny' as const),
    id: fc.string(),
    actions: fc.subarray([...ACTIONS]),
    resource: fc.option(fc.constantFrom('m', 'x', 'shell'), { nil: undefined }),
    callers: fc.option(fc.subarray(['a', 'b']), { nil: undefined }),
    until: fc.option(fc.integer({ min: 0, max: 2 * NOW }), { nil: undefined }),
  }),
  { maxLength: 5 },
);
const queries = fc
  .tuple(
    fc.constantFrom(...ACTIONS),
    fc.constantFrom('m', 'x', 'shell', 'y'),
    fc.constantFrom('a', 'b', 'c'),
    fc.constantFrom('app', 'admin', 'nobody'),
  )
  .map(([action, id, caller, role]) => query(action, id, caller, role));

suite('what incidents forbid', () => {
  test('never allows what the policy refuses', () => {
    fc.assert(
      fc.property(rules, queries, (given, asked) => {
        const [before, after] = [decide(POLICY, asked), decide(withEmergency(POLICY, given), asked)];
        assert.ok(before.allowed || !after.allowed);
      }),
    );
  });

  test('forbids exactly what it says, to whom and until when', () => {
    const denied = (rule: Partial<Extract<EmergencyRule, { kind: 'deny' }>>, asked: Query) =>
      !decide(withEmergency(POLICY, [{ kind: 'deny', id: 'i/1', actions: ['chat'], ...rule }]), asked)
        .allowed;
    assert.ok(denied({}, query('chat', 'm', 'a', 'app')));
    assert.ok(!denied({}, query('predict', 'm', 'a', 'app')));
    assert.ok(denied({ callers: ['a'] }, query('chat', 'm', 'a', 'app')));
    assert.ok(!denied({ callers: ['b'] }, query('chat', 'm', 'a', 'app')));
    assert.ok(!denied({ resource: 'y' }, query('chat', 'm', 'a', 'app')));
    assert.ok(denied({ until: NOW + 1 }, query('chat', 'm', 'a', 'app')));
    assert.ok(!denied({ until: NOW }, query('chat', 'm', 'a', 'app')));
    // Tools are open until somebody speaks of them.
    assert.ok(denied({ actions: ['tool.call'], resource: 'shell' }, query('tool.call', 'shell', 'a', 'app')));
    assert.ok(
      !denied({ actions: ['tool.call'], resource: 'shell' }, query('tool.call', 'other', 'a', 'app')),
    );
  });

  test('shows in the hash for as long as it is there, and a guard that is not there is an error', () => {
    const rule: EmergencyRule = { kind: 'deny', id: 'i/1', actions: ['chat'] };
    assert.equal(withEmergency(POLICY, []).hash, POLICY.hash);
    assert.notEqual(withEmergency(POLICY, [rule]).hash, POLICY.hash);
    assert.throws(
      () => withEmergency(POLICY, [{ kind: 'tighten', id: 'i/1', guard: 'none' }]),
      /not in the policy/,
    );
  });
});
