import assert from 'node:assert/strict';
import { test } from 'node:test';
import Type from 'typebox';
import { Problem } from '../base/problem.ts';
import { parsePolicy } from './parse.ts';
import type { Policy } from './policy.ts';
import { policySchema } from './schema.ts';

const kinds = new Map<string, object>([
  ['bounds', Type.Object({ chars: Type.Optional(Type.Integer({ minimum: 1 })) })],
  [
    'patterns',
    Type.Object({ patterns: Type.Array(Type.Object({ id: Type.String(), match: Type.String() })) }),
  ],
]);
const parse = (text: string): Policy => parsePolicy(`version: 1\n${text}`, { kinds, file: 'policy.yaml' });

function errors(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind, 'usage');
    return error.message.split('\n').slice(1);
  }
  return [];
}

test('the smallest policy allows nothing and lets nothing pass unread', () => {
  const policy = parse('roles: {}');
  assert.equal(policy.roles.size, 0);
  assert.deepEqual(policy.quotas, []);
  assert.deepEqual(policy.guards, []);
  assert.equal(policy.media.size, 0);
  assert.equal(policy.assumeOutput, 1024);
});

test('a policy names 64 Cedar documents at the most, by whatever names of them, and reads none of more', () => {
  const names = Array.from({ length: 65 }, (_, i) => `${'./'.repeat(i)}a.cedar`);
  const readFile = () => assert.fail('a file was read');
  const text = `version: 1\nroles: {}\nauthorization: { files: [${names}] }\n`;
  assert.throws(
    () => parsePolicy(text, { kinds, file: 'policy.yaml', readFile }),
    /authorization\.files: must/,
  );
});

test('a policy has 64 guards at the most: more would be built of one short text than a process has room for', () => {
  const guards = (count: number) =>
    `roles: {}\nguards:\n${Array.from({ length: count }, (_, i) => `  - { use: bounds, name: g${i} }\n`).join('')}`;
  assert.equal(parse(guards(64)).guards.length, 64);
  assert.match(errors(guards(65)).join(), /^ {2}policy\.yaml:4:3 {2}guards: must/);
});

test('quotas', () => {
  const [each, some] = parse(`roles: {}
quotas:
  - { per: caller, requests: [600/minute, 10k/day], tokens: 5M/day, concurrency: 50 }
  - { per: caller+model, models: ["gpt-4*"], teams: [red, blue], tokens: 200000/hour }`).quotas;
  assert.deepEqual(each, {
    id: 'caller',
    per: 'caller',
    rates: [
      { measure: 'requests', limit: 600, unit: 'minute', window: 60_000 },
      { measure: 'requests', limit: 10_000, unit: 'day', window: 86_400_000 },
      { measure: 'tokens', limit: 5_000_000, unit: 'day', window: 86_400_000 },
    ],
    concurrency: 50,
    callers: undefined,
    teams: undefined,
    models: undefined,
  });
  assert.equal(some?.id, 'caller+model teams=blue,red models=gpt-4*');
  assert.deepEqual(some?.rates, [{ measure: 'tokens', limit: 200_000, unit: 'hour', window: 3_600_000 }]);
  assert.deepEqual(
    ['gpt-4o', 'claude'].map((name) => some?.models?.(name)),
    [true, false],
  );
  assert.deepEqual(
    ['red', 'green'].map((name) => some?.teams?.(name)),
    [true, false],
  );
});

test('quotas that make no sense', () => {
  const refused = (quotas: string, why: RegExp) =>
    assert.match(errors(`roles: {}\nquotas: ${quotas}`).join(), why);
  refused('[{ per: team }]', /must have requests, tokens or concurrency/);
  refused(
    '[{ per: team, requests: [1/day, 2/day] }]',
    /limits requests a day of these requests a second time/,
  );
  refused(
    '[{ per: team, concurrency: 1 }, { per: team, concurrency: 2 }]',
    /quotas\[1\]: limits concurrency/,
  );
  for (const rate of ['0/minute', '600', '600/min', '-1/day', '6e2/day', '600 / day', '9999999999/day']) {
    refused(`[{ per: team, requests: "${rate}" }]`, /must be: a rate/);
  }
});

test('guards get every default, and their own settings apart', () => {
  const { guards } = parse(`roles: {}
guards:
  - { use: bounds, chars: 9 }
  - use: patterns
    name: names
    on: [reply]
    provenance: [assistant, tool-arguments]
    action: { reply: mask }
    on_error: allow
    budget: 200ms
    stream: window
    window: 64
    patterns: [{ id: a, match: x }]`);
  assert.deepEqual(guards, [
    {
      use: 'bounds',
      name: 'bounds',
      on: { prompt: true, reply: true },
      provenance: undefined,
      action: { prompt: 'block', reply: 'block' },
      label: {},
      onError: 'block',
      budget: 500,
      stream: 'exact',
      window: 512,
      settings: { chars: 9 },
    },
    {
      use: 'patterns',
      name: 'names',
      on: { prompt: false, reply: true },
      provenance: new Set(['assistant', 'tool-arguments']),
      action: { prompt: 'block', reply: 'mask' },
      label: {},
      onError: 'allow',
      budget: 200,
      stream: 'window',
      window: 64,
      settings: { patterns: [{ id: 'a', match: 'x' }] },
    },
  ]);
});

test('every error is named with its line and column', () => {
  assert.deepEqual(
    errors(`roels: {}
roles:
  app: { alow: [] }
quotas: [{ per: user }]
guards:
  - { use: bonds }
  - { use: bounds, chras: 1 }
  - { use: bounds, action: redact }
  - { use: bounds, action: { promt: mask } }`),
    [
      '  policy.yaml:2:1  roels: is not a known setting. Did you mean “roles”?',
      '  policy.yaml:4:10  roles.app.alow: is not a known setting. Did you mean “allow”?',
      '  policy.yaml:5:17  quotas[0].per: must be one of caller, team, model, caller+model.',
      '  policy.yaml:7:12  guards[0].use: must be one of bounds, patterns. Did you mean “bounds”?',
      '  policy.yaml:8:20  guards[1].chras: is not a known setting. Did you mean “chars”?',
      '  policy.yaml:9:28  guards[2].action: must be one of block, mask, hash, pseudonymise, flag, review.',
      '  policy.yaml:10:30  guards[3].action.promt: is not a known setting. Did you mean “prompt”?',
    ],
  );
  assert.deepEqual(
    errors(`roles:
  app: { allow: [{ actions: [chat] }, { actions: [chatt, "calers.*"] }] }
guards: [{ use: bounds }, { use: bounds, budget: soon }, { use: bounds, name: b, window: 5 }]
media: { allow: [image/png, "image/*", remote-url, pictures, "*"] }`),
    [
      '  policy.yaml:3:18  roles.app.allow[0]: allows “chat”, so it must say on which “models” ("*" for all)',
      '  policy.yaml:3:51  roles.app.allow[1].actions[0]: is no action that there is. Did you mean “chat”?',
      '  policy.yaml:3:58  roles.app.allow[1].actions[1]: is no action that there is.',
      '  policy.yaml:4:27  guards[1]: there is a guard “bounds” already; give it a “name”',
      '  policy.yaml:4:50  guards[1].budget: must be a duration above 0, such as 500ms',
      '  policy.yaml:4:90  guards[2].window: has a meaning with stream: window only',
      '  policy.yaml:5:52  media.allow[3]: must be a media type (image/png), a family (image/*), or a kind such as remote-url',
      '  policy.yaml:5:62  media.allow[4]: must be a media type (image/png), a family (image/*), or a kind such as remote-url',
    ],
  );
  assert.match(errors('').join(), /must have “roles”/);
  assert.throws(() => parsePolicy('roles: {}', { kinds, file: 'p' }), /must have “version”/);
  assert.throws(() => parsePolicy('version: 2\nroles: {}', { kinds, file: 'p' }), /version: must be 1/);
});

test('the hash is of the rules, not of their layout', () => {
  const one = parse('roles: { a: { deny: [{ actions: [chat] }] }, b: {} }');
  const same = parse('# a comment\nroles:\n  b: {}\n  a:\n    deny:\n      - actions:\n          - "chat"\n');
  const other = parse('roles: { a: { deny: [{ actions: [embed] }] }, b: {} }');
  assert.match(one.hash, /^[0-9a-f]{64}$/);
  assert.equal(one.hash, same.hash);
  assert.notEqual(one.hash, other.hash);
});

test('a policy is frozen', () => {
  const policy = parse('roles: {}\nguards: [{ use: bounds }]\nquotas: [{ per: team, concurrency: 1 }]');
  assert.throws(() => Object.assign(policy, { assumeOutput: 0 }), TypeError);
  assert.throws(() => Object.assign(policy.guards[0] ?? {}, { onError: 'allow' }), TypeError);
  assert.throws(() => Object.assign(policy.quotas[0] ?? {}, { concurrency: 9 }), TypeError);
});

test('a kind of guard may not take a name that the policy uses itself', () => {
  const bad = new Map([['bad', Type.Object({ action: Type.String() })]]);
  assert.throws(() => policySchema(bad), /the setting “action” is the policy's own/);
});
