import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { Problem } from '../base/problem.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import { NO_TAGS, type RequestTags } from '../exchange/tags.ts';
import { cedar } from '../lifecycle/cedar.ts';
import { kindOf, ROLE_ACTIONS } from './actions.ts';
import { rolesAsCedar } from './cedar/roles.ts';
import { decide, mayAtAll } from './decide.ts';
import { parsePolicy } from './parse.ts';
import type { Policy } from './policy.ts';
import type { Circumstances } from './query.ts';

const ROLES = `version: 1
roles:
  app:
    allow:
      - { actions: [chat, models.list], models: ["gpt-*", practice] }
      - { actions: [embed], models: ["*"] }
    deny:
      - { actions: [chat], models: [gpt-4-secret] }
  admin:
    allow: [{ actions: ["callers.*", policy.read] }]
  mixed:
    allow: [{ actions: ["*"], models: ["*-mini", "a*b*c"] }]
  locked:
    deny: [{ actions: ["*"] }]
`;
const read = (text: string, rules = ''): Policy =>
  parsePolicy(
    rules === '' ? text : `${text}authorization: { files: [rules.cedar], time_zone: Europe/Berlin }\n`,
    { kinds: new Map(), file: 'policy.yaml', readFile: () => rules, cedar },
  );

const someone = (roles: readonly string[], more: Partial<Caller> = {}): Caller => {
  const named = { id: 'clr_1', name: 'shop-bot', owner: 'ann', team: 'web', credential: 'k' };
  return { ...named, roles, tags: {}, ...more };
};
const NOON = Date.UTC(2026, 10, 20, 12, 0);
const plainly: Circumstances = { now: NOON, peer: '10.1.2.3', tags: NO_TAGS };
const ask = (policy: Policy, caller: Caller, action: Action, id: string, circumstances = plainly) =>
  decide(policy, { caller, action, resource: { kind: kindOf(action), id }, circumstances });
const tagged = (tags: Partial<RequestTags>): Circumstances => ({ ...plainly, tags: { ...NO_TAGS, ...tags } });

suite('roles', () => {
  const policy = read(ROLES);
  const may = (roles: readonly string[], action: Action, model: string) =>
    ask(policy, someone(roles), action, model);

  test('nothing is allowed unless a rule names it', () => {
    assert.deepEqual(may(['app'], 'chat', 'gpt-4o'), { allowed: true, by: ['roles.app.allow[0]'] });
    assert.deepEqual(may(['app'], 'chat', 'claude'), { allowed: false, by: ['default'] });
    assert.deepEqual(may(['admin'], 'callers.write', 'callers'), {
      allowed: true,
      by: ['roles.admin.allow[0]'],
    });
    for (const action of ROLE_ACTIONS) {
      assert.equal(may([], action, 'gpt-4o').allowed, false);
      assert.equal(may(['nobody', 'constructor', '__proto__'], action, 'gpt-4o').allowed, false);
    }
  });

  test('deny wins, whichever role it is in and in whatever order', () => {
    assert.deepEqual(may(['app'], 'chat', 'gpt-4-secret'), { allowed: false, by: ['roles.app.deny[0]'] });
    for (const roles of [
      ['app', 'locked'],
      ['locked', 'app'],
    ])
      assert.deepEqual(may(roles, 'embed', 'x'), { allowed: false, by: ['roles.locked.deny[0]'] });
  });

  test('before it is known on what: whether there is anything on which it is allowed', () => {
    assert.equal(mayAtAll(policy, someone(['app']), 'chat'), true);
    assert.equal(mayAtAll(policy, someone(['admin']), 'chat'), false);
    assert.equal(mayAtAll(policy, someone(['app', 'locked']), 'chat'), false);
  });

  test('roles mean the Cedar policies that they are written out as', () => {
    const written = read('version: 1\nroles: {}\n', rolesAsCedar(policy));
    const names = fc.oneof(
      fc.constantFrom('gpt-4o', 'gpt-4-secret', 'practice', 'x-mini', 'abc', 'a-b-c', 'callers'),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(
        fc.subarray(['app', 'admin', 'mixed', 'locked', 'unknown']),
        fc.constantFrom(...ROLE_ACTIONS),
        names,
        (roles, action, name) => {
          const places = ask(policy, someone(roles), action, name);
          const ids = ask(written, someone(roles), action, name);
          assert.equal(ids.allowed, places.allowed);
          const short = (id: string) => id.replace(/^roles\./, '').replace(/\[(\d+)\]$/, '.$1');
          assert.deepEqual(ids.by.map(short).sort(), places.by.map(short).sort());
        },
      ),
    );
  });
});

suite('documents', () => {
  test('a forbid wins over a permit, wherever either is written', () => {
    const policy = read(
      ROLES,
      `@id("not-web") forbid (principal in Team::"web", action == Action::"chat", resource == Model::"gpt-4o");
       @id("all-claude") permit (principal in Role::"app", action in Action::"use", resource is Model)
         when { resource.name like "claude*" };
       @id("secret") permit (principal, action, resource == Model::"gpt-4-secret");`,
    );
    const app = someone(['app']);
    assert.deepEqual(ask(policy, app, 'chat', 'gpt-4o'), { allowed: false, by: ['not-web'] });
    assert.deepEqual(ask(policy, someone(['app'], { team: 'x' }), 'chat', 'gpt-4o').by, [
      'roles.app.allow[0]',
    ]);
    assert.deepEqual(ask(policy, app, 'chat', 'claude-4'), { allowed: true, by: ['all-claude'] });
    assert.deepEqual(ask(policy, app, 'chat', 'gpt-4-secret'), { allowed: false, by: ['roles.app.deny[0]'] });
    assert.deepEqual(ask(policy, someone([]), 'chat', 'o1'), { allowed: false, by: ['default'] });
    assert.deepEqual(ask(policy, someone(['app']), 'embed', 'e'), {
      allowed: true,
      by: ['roles.app.allow[1]'],
    });
  });

  test('purpose and consent: what the caller is registered for, and what the request says', () => {
    const policy = read(
      ROLES,
      `@id("purpose") forbid (principal, action in Action::"use", resource)
         unless { context has purpose && principal.purposes.contains(context.purpose) };
       @id("consent") forbid (principal, action in Action::"use", resource)
         when { context.subject && !context.consent.contains("analysis") };`,
    );
    const app = someone(['app'], { tags: { purpose: 'support, analytics' } });
    const chat = (tags: Partial<RequestTags>) => ask(policy, app, 'chat', 'gpt-4o', tagged(tags)).by;
    assert.deepEqual(chat({}), ['purpose']);
    assert.deepEqual(chat({ purpose: 'marketing' }), ['purpose']);
    assert.deepEqual(chat({ purpose: 'analytics' }), ['roles.app.allow[0]']);
    assert.deepEqual(chat({ purpose: 'analytics', subject: 'ann' }), ['consent']);
    assert.deepEqual(chat({ purpose: 'support', subject: 'ann', consent: ['analysis'] }), [
      'roles.app.allow[0]',
    ]);
    const broken = someone(['app'], { tags: { purpose: 'support, , analytics' } });
    assert.deepEqual(ask(policy, broken, 'chat', 'gpt-4o', tagged({ purpose: 'support' })).by, ['purpose']);
  });

  test('network: IPv4 mapped into IPv6 is the IPv4 address that it is; what is no address denies', () => {
    const policy = read(
      ROLES,
      `@id("office") forbid (principal, action, resource)
         unless { context.peer.isInRange(ip("10.0.0.0/8")) || context.peer.isLoopback() || context.peer == ip("2001:db8::1") };`,
    );
    const from = (peer: string) =>
      ask(policy, someone(['app']), 'chat', 'gpt-4o', { ...plainly, peer }).by[0];
    for (const peer of ['10.0.0.1', '::ffff:10.9.8.7', '::1', '127.0.0.1', '2001:db8::1', '2001:db8::1%eth0'])
      assert.equal(from(peer), 'roles.app.allow[0]', peer);
    for (const peer of ['11.0.0.1', '::ffff:11.0.0.1', 'fe80::1%eth0', '2001:db8::2'])
      assert.equal(from(peer), 'office', peer);
    for (const peer of ['', 'local', '010.0.0.1', '10.0.0.1/8', '::ffff:10.0.0.256'])
      assert.equal(from(peer), 'error: the request', peer);
  });

  test('time: UTC, and a named zone over its change to summer time', () => {
    const policy = read(
      ROLES,
      `@id("hours") forbid (principal, action, resource)
         unless { context.local.hour >= 8 && context.local.hour < 18 && context.local.weekday <= 5 };
       @id("until") forbid (principal, action, resource) when { context.now >= datetime("2027-01-01") };
       @id("utc") forbid (principal, action, resource) when { context.utc.date == "2026-06-15" && context.utc.hour == 7 };`,
    );
    const at = (time: string) =>
      ask(policy, someone(['app']), 'chat', 'gpt-4o', { ...plainly, now: Date.parse(time) }).by;
    // Berlin is an hour ahead of UTC in winter, two in summer; the change was on Sunday, 29 March 2026.
    assert.deepEqual(at('2026-03-27T06:59:59Z'), ['hours']);
    assert.deepEqual(at('2026-03-27T07:00:00Z'), ['roles.app.allow[0]']);
    assert.deepEqual(at('2026-03-30T06:00:00Z'), ['roles.app.allow[0]']);
    assert.deepEqual(at('2026-03-30T16:00:00Z'), ['hours']);
    assert.deepEqual(at('2026-11-21T12:00:00Z'), ['hours'], 'a Saturday');
    assert.deepEqual(at('2026-06-15T07:30:00Z'), ['utc']);
    assert.deepEqual(at('2027-01-04T12:00:00Z'), ['until']);
    assert.deepEqual(at('2026-12-31T23:30:00Z'), ['hours'], 'in Berlin it is 2027, and half past midnight');
  });

  test('spend: where a policy asks for it and nobody knows, nothing is allowed', () => {
    const policy = read(
      ROLES,
      '@id("enough") forbid (principal, action, resource) when { context.spend.tokens_today > 1000 };',
    );
    assert.equal(policy.documents?.mentionSpend, true);
    const spend = { tokens_today: 1000, tokens_this_month: 1000, cents_today: 0, cents_this_month: 0 };
    const chat = (circumstances: Circumstances) =>
      ask(policy, someone(['app']), 'chat', 'gpt-4o', circumstances).by[0];
    assert.equal(chat({ ...plainly, spend }), 'roles.app.allow[0]');
    assert.equal(chat({ ...plainly, spend: { ...spend, tokens_today: 1001 } }), 'enough');
    assert.equal(chat(plainly), 'error: enough');
  });

  test('a rule that cannot be evaluated denies', () => {
    const policy = read(
      ROLES,
      '@id("sum") permit (principal, action, resource) when { context.utc.hour + 9223372036854775807 > 0 };',
    );
    assert.deepEqual(ask(policy, someone(['app']), 'chat', 'gpt-4o'), { allowed: false, by: ['error: sum'] });
  });

  test('an engine that is missing stops the load; one that fails denies', () => {
    const context = {
      kinds: new Map(),
      file: 'policy.yaml',
      readFile: () => 'permit (principal, action, resource);',
    };
    const text = `${ROLES}authorization: { files: [a.cedar] }`;
    const missing = new Problem('environment', 'the engine is missing');
    const load = () => {
      throw missing;
    };
    assert.throws(() => parsePolicy(text, { ...context, cedar: load }), missing);
    assert.throws(() => parsePolicy(text, context), { kind: 'usage' });
    assert.equal(parsePolicy(ROLES, { ...context, cedar: load }).documents, undefined, 'roles need none');
    const panic = (): never => {
      throw new Error('unreachable');
    };
    const failure = (): AuthorizationAnswer => ({ type: 'failure', errors: [], warnings: [] });
    for (const statefulIsAuthorized of [panic, failure]) {
      const policy = parsePolicy(text, { ...context, cedar: () => ({ ...cedar(), statefulIsAuthorized }) });
      assert.deepEqual(ask(policy, someone(['app']), 'chat', 'gpt-4o'), {
        allowed: false,
        by: ['error: the request'],
      });
    }
  });

  test('tools and routes are open until a permit names them, and a forbid holds all the same', () => {
    const bot = someone(['app']);
    const open = read(ROLES);
    assert.deepEqual(ask(open, bot, 'tool.declare', 'shell'), { allowed: true, by: ['open'] });
    const forbidding = read(
      ROLES,
      '@id("no-shell") forbid (principal, action in Action::"tools", resource == Tool::"shell"); permit (principal in Role::"x", action, resource);',
    );
    assert.deepEqual(ask(forbidding, bot, 'tool.call', 'shell'), { allowed: false, by: ['no-shell'] });
    assert.deepEqual(ask(forbidding, bot, 'tool.call', 'search'), { allowed: true, by: ['open'] });
    const naming = read(
      ROLES,
      '@id("search") permit (principal, action in Action::"tools", resource == Tool::"search"); @id("house") permit (principal, action == Action::"route.use", resource == Route::"house");',
    );
    assert.deepEqual(ask(naming, bot, 'tool.call', 'search'), { allowed: true, by: ['search'] });
    assert.deepEqual(ask(naming, bot, 'tool.call', 'other'), { allowed: false, by: ['default'] });
    assert.deepEqual(ask(naming, bot, 'route.use', 'cloud'), { allowed: false, by: ['default'] });
  });

  test('names are data: whatever stands in one, it is that name and no other', () => {
    const policy = read(
      'version: 1\nroles: {}\n',
      `@id("one") permit (principal == Caller::"a\\"b", action == Action::"chat", resource == Model::"m::\\"x\\"");
       @id("tag") permit (principal, action == Action::"embed", resource) when { principal.hasTag("k\\"") && principal.getTag("k\\"") == "Role::\\"admin\\"" };`,
    );
    const odd = someone([], { id: 'a"b', tags: { 'k"': 'Role::"admin"', __proto__: 'x' } });
    assert.equal(ask(policy, odd, 'chat', 'm::"x"').allowed, true);
    assert.equal(ask(policy, odd, 'embed', 'any').allowed, true);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (id, model) => {
        fc.pre(model !== 'm::"x"');
        const caller = someone([id, 'Role::"admin"'], { id, name: id, team: id, tags: { [id]: id } });
        assert.equal(ask(policy, caller, 'chat', model).allowed, false);
      }),
    );
    assert.deepEqual(ask(policy, someone([]), 'chat', 'x'.repeat(1_000_000)).by, ['default']);
    assert.deepEqual(ask(policy, someone([]), 'chat', '\ud800').by, ['error: the request']);
  });

  test('what is remembered of one request is never said of another', () => {
    const policy = read(
      ROLES,
      `forbid (principal, action, resource) when { context.utc.hour == 3 };
       forbid (principal, action, resource) unless { context has purpose && context.purpose == "a" };
       permit (principal, action == Action::"chat", resource == Model::"z");`,
    );
    const fresh = () => someone(['app']);
    const same = fresh();
    fc.assert(
      fc.property(
        fc.constantFrom<Action>('chat', 'embed', 'models.list'),
        fc.constantFrom('gpt-4o', 'z', 'x'),
        fc.constantFrom('a', 'b', undefined),
        fc.integer({ min: 0, max: 23 }),
        (action, model, purpose, hour) => {
          const circumstances = { ...tagged({ purpose }), now: Date.UTC(2026, 1, 1, hour) };
          assert.deepEqual(
            ask(policy, same, action, model, circumstances),
            ask(policy, fresh(), action, model, circumstances),
          );
        },
      ),
    );
  });
});
