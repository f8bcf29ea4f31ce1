import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../exchange/exchange.ts';
import { NO_TAGS } from '../exchange/tags.ts';
import { kindOf } from './actions.ts';
import { decide } from './decide.ts';
import { emergencyHolds, emergencyStance, withEmergency } from './emergency.ts';
import type { EmergencyRule } from './emergency-rule.ts';
import { parsePolicy } from './parse.ts';
import { RESPONSES, type Response } from './predictions.ts';
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

const laid = {
  id: fc.string(),
  callers: fc.option(fc.subarray(['a', 'b']), { nil: undefined }),
  until: fc.option(fc.integer({ min: 0, max: 2 * NOW }), { nil: undefined }),
};
const model = fc.option(fc.constantFrom('m', 'x', 'shell'), { nil: undefined });
const rules: fc.Arbitrary<EmergencyRule[]> = fc.array(
  fc.oneof(
    fc.record({
      ...laid,
      kind: fc.constant('deny' as const),
      actions: fc.subarray([...ACTIONS]),
      resource: model,
    }),
    fc.record({
      ...laid,
      kind: fc.constant('hold' as const),
      team: fc.option(fc.constantFrom('', 'web'), { nil: undefined }),
      model,
    }),
    fc.record({ ...laid, kind: fc.constant('raise' as const), to: fc.constantFrom(...RESPONSES), model }),
  ),
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

  test('holds prompts of whom it names, and what nobody could read is refused', () => {
    const hold: EmergencyRule = { kind: 'hold', id: 'i/1', team: 'web', model: 'm', until: NOW + 1 };
    const policy = withEmergency(POLICY, [hold]);
    const [inside, outside] = [
      { id: 'a', team: 'web' },
      { id: 'b', team: 'shop' },
    ];
    assert.equal(emergencyHolds(policy, inside, 'm', NOW), 'i/1');
    assert.equal(emergencyHolds(policy, inside, 'm', NOW + 1), undefined);
    assert.equal(emergencyHolds(policy, inside, 'x', NOW), undefined);
    assert.equal(emergencyHolds(policy, outside, 'm', NOW), undefined);
    const all = withEmergency(POLICY, [{ kind: 'hold', id: 'i/1', callers: ['a'] }]);
    assert.ok(!decide(all, query('predict', 'm', 'a', 'app')).allowed);
    assert.ok(decide(all, query('chat', 'm', 'a', 'app')).allowed);
    assert.ok(decide(all, query('predict', 'm', 'b', 'app')).allowed);
  });

  test('answers as the mildest rung that is hard enough, and not at all where there is none', () => {
    const ladder = [{ respond: 'log' }, { respond: 'coarser' }, { respond: 'decoy' }] as const;
    const predictions = [
      {
        place: '',
        models: (name: string) => name === 'm',
        external: () => false,
        shapers: [],
        ladder: ladder.map((rung) => ({ ...rung, shapers: [], model: undefined, approval: true })),
        forget: undefined,
        patience: 1,
        budget: {},
      },
    ];
    const stance = (to: Response, model: string, ...more: Response[]) =>
      emergencyStance(
        {
          ...withEmergency(
            POLICY,
            [to, ...more].map((one) => ({ kind: 'raise', id: 'i/1', callers: ['a'], to: one })),
          ),
          predictions,
        },
        { id: 'a', team: '' },
        model,
        NOW,
      );
    assert.equal(stance('coarser', 'm'), 'coarser');
    assert.equal(stance('misinformation', 'm'), 'decoy');
    assert.equal(stance('coarser', 'm', 'decoy'), 'decoy');
    assert.equal(stance('block', 'm'), 'block');
    assert.equal(stance('coarser', 'no ladder'), 'block');
    assert.equal(emergencyStance({ emergency: [], predictions }, { id: 'a', team: '' }, 'm', NOW), undefined);
  });

  test('of two measures on a guard the harder holds, and none softens the policy', () => {
    const policy = {
      ...POLICY,
      guards: (['flag', 'block'] as const).map((action) => ({
        ...({} as (typeof POLICY.guards)[number]),
        name: action,
        action: { prompt: action, reply: action },
      })),
    };
    const actions = (...all: ('block' | 'review')[]) =>
      withEmergency(
        policy,
        all.flatMap((action) =>
          ['flag', 'block'].map((guard) => ({ kind: 'tighten' as const, id: 'i/1', guard, action })),
        ),
      ).guards.map(({ action }) => action.prompt);
    assert.deepEqual(actions('review'), ['review', 'block']);
    assert.deepEqual(actions('block', 'review'), ['block', 'block']);
  });

  test('shows in the hash for as long as it is there, and a guard that is not there is an error', () => {
    const rule: EmergencyRule = { kind: 'deny', id: 'i/1', actions: ['chat'] };
    assert.equal(withEmergency(POLICY, []).hash, POLICY.hash);
    assert.notEqual(withEmergency(POLICY, [rule]).hash, POLICY.hash);
    assert.throws(
      () => withEmergency(POLICY, [{ kind: 'tighten', id: 'i/1', guard: 'none', action: 'block' }]),
      /not in the policy/,
    );
  });
});
