import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import Type from 'typebox';
import { comparePolicies } from './compare.ts';
import { DEFAULT_POLICY } from './default-policy.ts';
import { parsePolicy } from './parse.ts';

const kinds = new Map(
  ['bounds', 'secrets', 'injection', 'patterns'].map((kind) => [
    kind,
    Type.Object({ sensitivity: Type.Optional(Type.String()), chars: Type.Optional(Type.Integer()) }),
  ]),
);
const parse = (text: string) => parsePolicy(text, { kinds, file: 'policy.yaml' });
const of = (text: string) => parse(`version: 1\n${text}`);
const said = (before: string, after: string) =>
  comparePolicies(of(before), of(after)).map(
    ({ section, name, field, effect }) => `${section} ${name}${field === '' ? '' : ` ${field}`}: ${effect}`,
  );

test('a policy does not differ from itself, however it is laid out', () => {
  assert.deepEqual(comparePolicies(parse(DEFAULT_POLICY), parse(`# said\n\n${DEFAULT_POLICY}`)), []);
});

test('roles differ by what they may do', () => {
  const [before, after] = [
    'roles: { app: { allow: [{ actions: [chat], models: ["gpt-*"] }] } }',
    'roles: { app: { allow: [{ actions: [chat], models: ["*"] }, { actions: [audit.read] }] } }',
  ];
  assert.deepEqual(said(before, after), ['roles app chat: loosens', 'roles app audit.read: loosens']);
  assert.deepEqual(said(after, before), ['roles app chat: tightens', 'roles app audit.read: tightens']);
  const other = 'roles: { app: { allow: [{ actions: [chat], models: ["claude*"] }] } }';
  assert.deepEqual(said(before, other), ['roles app chat: changes']);
});

test('guards that are gone, read less, or do less loosen', () => {
  const guards = (text: string) => `roles: {}\nguards: [${text}]`;
  const whole = guards('{ use: bounds }, { use: secrets, action: block }');
  assert.deepEqual(said(whole, guards('{ use: bounds }')), ['guards secrets: loosens']);
  assert.deepEqual(said(guards('{ use: bounds }'), whole), ['guards secrets: tightens']);
  assert.deepEqual(said(whole, guards('{ use: bounds }, { use: secrets, action: { prompt: flag } }')), [
    'guards secrets action.prompt: loosens',
  ]);
  assert.deepEqual(said(whole, guards('{ use: bounds, on: [prompt], on_error: allow }, { use: secrets }')), [
    'guards bounds on.reply: loosens',
    'guards bounds on_error: loosens',
  ]);
  assert.deepEqual(said(whole, guards('{ use: bounds, provenance: [user], chars: 7 }, { use: secrets }')), [
    'guards bounds provenance: loosens',
    'guards bounds settings: changes',
  ]);
  assert.deepEqual(said(whole, guards('{ use: secrets }, { use: bounds }')), ['guards (order): changes']);
});

test('quotas and budgets loosen where they are raised or gone', () => {
  const limits = (quota: string, budget: string) =>
    `roles: {}\nquotas: [{ per: caller, ${quota} }]\nbudgets: [{ per: team, dollars: ${budget} }]`;
  assert.deepEqual(said(limits('requests: 5/minute', '4/month'), limits('requests: 6/minute', '3/month')), [
    'quotas caller requests/minute: loosens',
    'budgets team dollars/month: tightens',
  ]);
  assert.deepEqual(said(limits('requests: 5/minute', '4/month'), 'roles: {}'), [
    'quotas caller requests/minute: loosens',
    'budgets team dollars/month: loosens',
  ]);
});

test('what two people have to do, what passes unread, and what happens when nobody decides', () => {
  const before = 'roles: {}\ntwo_people: [policy.write]\nmedia: { allow: [image/png] }';
  const after =
    'roles: {}\nmedia: { allow: [image/png, image/gif] }\nreview: { on_timeout: pass }\nunpriced: refuse';
  assert.deepEqual(said(before, after), [
    'two_people policy.write: loosens',
    'media image/gif: loosens',
    'other unpriced: tightens',
    'other review: loosens',
  ]);
});

test('there and back, each change is the contrary', () => {
  const guard = fc.record({
    use: fc.constantFrom('bounds', 'secrets'),
    action: fc.constantFrom('block', 'mask', 'flag', 'review'),
    on: fc.constantFrom(['prompt'], ['reply'], ['prompt', 'reply']),
  });
  const document = fc
    .record({
      guards: fc.uniqueArray(guard, { selector: ({ use }) => use }),
      limit: fc.integer({ min: 1, max: 9 }),
    })
    .map(({ guards, limit }) =>
      JSON.stringify({
        version: 1,
        roles: {},
        guards,
        quotas: [{ per: 'caller', requests: `${limit}/minute` }],
      }),
    );
  const contrary = { loosens: 'tightens', tightens: 'loosens', changes: 'changes' } as const;
  fc.assert(
    fc.property(document, document, (one, other) => {
      const key = (change: { section: string; name: string; field: string }) =>
        `${change.section} ${change.name} ${change.field}`;
      const there = new Map(comparePolicies(parse(one), parse(other)).map((change) => [key(change), change]));
      const back = comparePolicies(parse(other), parse(one));
      assert.equal(back.length, there.size);
      for (const change of back) {
        const way = there.get(key(change));
        assert.deepEqual([way?.before, way?.after], [change.after, change.before]);
        assert.equal(way?.effect, contrary[change.effect]);
      }
    }),
  );
});
