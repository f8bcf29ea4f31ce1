import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Caller } from '../exchange/caller.ts';
import { NO_TAGS } from '../exchange/tags.ts';
import { cedar } from '../lifecycle/cedar.ts';
import { ADMIN_ACTIONS, objectOf } from './actions.ts';
import { decide } from './decide.ts';
import { tooMuch } from './grant.ts';
import { parsePolicy } from './parse.ts';
import type { Circumstances } from './query.ts';

const ROLES = `version: 1
roles:
  app: { allow: [{ actions: [chat], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*", policy.read] }] }
  reader: { allow: [{ actions: [policy.read] }] }
  locked: { deny: [{ actions: [policy.read] }] }
`;

const RULES = [
  'permit (principal in Role::"lead", action in Action::"callers", resource) when { resource has team && resource.team == principal.team };',
  'permit (principal in Role::"lead", action == Action::"policy.read", resource) when { context.utc.hour < 12 };',
  'permit (principal in Team::"ops", action == Action::"policy.read", resource);',
  'permit (principal in Role::"viewer", action == Action::"policy.read", resource);',
  'permit (principal, action == Action::"policy.read", resource) when { principal.hasTag("shift") && principal.getTag("shift") == "day" };',
  'permit (principal, action == Action::"callers.read", resource) when { principal.name like "ops-*" };',
  'permit (principal, action == Action::"callers.write", resource) when { principal.purposes.contains("support") };',
  'forbid (principal, action in Action::"admin", resource) when { context.utc.hour >= 12 };',
  'forbid (principal, action in Action::"admin", resource) when { principal.hasTag("temporary") && context.utc.hour >= 6 };',
  'forbid (principal, action, resource) unless { principal in Role::"lead" || principal in Team::"web" || context.utc.hour < 6 };',
  'forbid (principal in Role::"viewer", action in Action::"admin", resource);',
];

const standing = fc.record({
  name: fc.constantFrom('ops-1', 'web-1'),
  owner: fc.constantFrom('ann', 'bob'),
  team: fc.constantFrom('ops', 'web'),
  roles: fc.subarray(['app', 'admin', 'reader', 'locked', 'lead', 'viewer'], { minLength: 1 }),
  tags: fc.constantFrom<Record<string, string>>(
    {},
    { shift: 'day' },
    { shift: 'night', purpose: 'support' },
    { temporary: 'yes' },
    { purpose: 'support' },
  ),
});

const at = (hour: number): Circumstances => ({
  now: Date.UTC(2026, 5, 15, hour),
  peer: '127.0.0.1',
  tags: NO_TAGS,
});

test('GHSA-wpfp-gwwc-vwq6: what was handed out is at no time and on no object more than the giver has', () => {
  let handedOut = 0;
  fc.assert(
    fc.property(
      fc.subarray(RULES),
      standing,
      standing,
      fc.constantFrom(3, 9, 15),
      (rules, one, other, hour) => {
        const policy = parsePolicy(
          rules.length === 0 ? ROLES : `${ROLES}authorization: { files: [a.cedar] }`,
          {
            kinds: new Map(),
            file: 'policy.yaml',
            readFile: () => rules.join('\n'),
            cedar,
          },
        );
        const giver: Caller = { ...one, id: 'clr_giver', credential: '' };
        if (tooMuch(policy, giver, at(hour), other)) return;
        handedOut += 1;
        const taker: Caller = { ...other, id: 'clr_taker', credential: '' };
        for (const action of ADMIN_ACTIONS) {
          for (const team of [undefined, 'ops', 'web']) {
            for (const circumstances of [at(3), at(9), at(15)]) {
              const resource = {
                kind: 'Admin',
                id: objectOf(action),
                ...(team !== undefined && { team }),
              } as const;
              const may = (caller: Caller) =>
                decide(policy, { caller, action, resource, circumstances }).allowed;
              assert.ok(!may(taker) || may(giver), `${action} of ${team ?? 'all'}`);
            }
          }
        }
      },
    ),
    { numRuns: 300 },
  );
  assert.ok(handedOut > 30, `${handedOut} of 300 were handed out`);
});
