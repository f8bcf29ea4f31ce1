import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { Problem } from '../base/problem.ts';
import type { EmergencyRule } from './emergency-rule.ts';
import type { Policy } from './policy.ts';
import type { Query } from './query.ts';

/**
 * The policy with these rules on top. Its hash is another while there are any, so that entries show under which rules they were
 * decided. Throws `Problem('usage')` where a guard is not in the policy.
 */
export function withEmergency(policy: Policy, rules: readonly EmergencyRule[]): Policy {
  if (rules.length === 0) return policy;
  const tightened = new Set(rules.flatMap((rule) => (rule.kind === 'tighten' ? [rule.guard] : [])));
  for (const name of tightened)
    if (!policy.guards.some((guard) => guard.name === name))
      throw new Problem(
        'usage',
        'an incident has a guard tightened that is not in the policy',
        'Undo that measure first, or keep the guard: gatehouse incident list.',
      );
  return Object.freeze({
    ...policy,
    hash: createHash('sha256')
      .update(canonicalJson([policy.hash, JSON.parse(JSON.stringify(rules))]))
      .digest('hex'),
    emergency: rules.filter((rule) => rule.kind === 'deny'),
    guards: policy.guards.map((guard) =>
      tightened.has(guard.name)
        ? Object.freeze({ ...guard, action: { prompt: 'block', reply: 'block' } as const })
        : guard,
    ),
  });
}

/** What forbids it for as long as an incident asks for it. */
export const emergencyForbids = (
  { emergency }: Pick<Policy, 'emergency'>,
  { caller, action, resource, circumstances }: Query,
): string[] =>
  emergency
    .filter(
      (rule) =>
        rule.actions.includes(action) &&
        (rule.resource === undefined || rule.resource === resource.id) &&
        (rule.callers?.includes(caller.id) ?? true) &&
        (rule.until === undefined || circumstances.now < rule.until),
    )
    .map(({ id }) => `emergency: ${id}`);
