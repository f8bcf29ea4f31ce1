import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { Problem } from '../base/problem.ts';
import type { Caller } from '../exchange/caller.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import type { Denial, EmergencyRule, Holding, Tightening } from './emergency-rule.ts';
import type { GuardRule, Policy } from './policy.ts';
import { predictionRuleOf, RESPONSES, type Response } from './predictions.ts';
import type { Query } from './query.ts';

/**
 * The policy with these rules on top. Its hash is another while there are any, so that entries show under which rules they were
 * decided. Throws `Problem('usage')` where a guard is not in the policy.
 */
export function withEmergency(policy: Policy, rules: readonly EmergencyRule[]): Policy {
  if (rules.length === 0) return policy;
  const tightenings = rules.filter((rule) => rule.kind === 'tighten');
  for (const { guard: name } of tightenings)
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
    emergency: rules.filter((rule) => rule.kind !== 'tighten'),
    guards: policy.guards.map((guard) => tightened(guard, tightenings)),
  });
}

/** Of several measures on one guard the hardest holds, and none softens what the policy has it do. */
function tightened(guard: GuardRule, all: readonly Tightening[]): GuardRule {
  const actions = all.filter((one) => one.guard === guard.name).map(({ action }) => action);
  if (actions.length === 0) return guard;
  const harder = (action: GuardAction): GuardAction =>
    action === 'block' || actions.includes('block') ? 'block' : 'review';
  const { prompt, reply } = guard.action;
  return Object.freeze({ ...guard, action: { prompt: harder(prompt), reply: harder(reply) } as const });
}

/** What forbids it for as long as an incident asks for it. */
export const emergencyForbids = (
  { emergency }: Pick<Policy, 'emergency'>,
  { caller, action, resource, circumstances }: Query,
): string[] =>
  emergency
    .filter((rule) => {
      switch (rule.kind) {
        case 'deny':
          return (
            rule.actions.includes(action) &&
            (rule.resource === undefined || rule.resource === resource.id) &&
            isAbout(rule, caller, circumstances.now)
          );
        case 'hold':
          // There is no text of a prediction that a person could read.
          return action === 'predict' && holds(rule, caller, resource.id, circumstances.now);
        default:
          return false;
      }
    })
    .map(({ id }) => `emergency: ${id}`);

type Whom = Pick<Caller, 'id' | 'team'>;

/** The measure for which a prompt to the model waits for a person; undefined: none. */
export const emergencyHolds = (
  { emergency }: Pick<Policy, 'emergency'>,
  caller: Whom,
  model: string,
  now: number,
): string | undefined =>
  emergency.find((rule) => rule.kind === 'hold' && holds(rule, caller, model, now))?.id;

const holds = (rule: Holding, caller: Whom, model: string, now: number): boolean =>
  (rule.model === undefined || rule.model === model) &&
  (rule.team === undefined || rule.team === caller.team) &&
  isAbout(rule, caller, now);

/**
 * How hard a prediction answers the caller at least: of the rungs that its ladder has the mildest that is hard enough, and where
 * it has none, it does not answer. Undefined: as its monitors say.
 */
export function emergencyStance(
  { emergency, predictions }: Pick<Policy, 'emergency' | 'predictions'>,
  caller: Whom,
  model: string,
  now: number,
): Response | undefined {
  const asked = emergency.flatMap((rule) =>
    rule.kind === 'raise' && (rule.model === undefined || rule.model === model) && isAbout(rule, caller, now)
      ? [RESPONSES.indexOf(rule.to)]
      : [],
  );
  if (asked.length === 0) return undefined;
  const least = Math.max(...asked);
  const ladder = predictionRuleOf(predictions, model)?.ladder ?? [];
  return ladder.find(({ respond }) => RESPONSES.indexOf(respond) >= least)?.respond ?? 'block';
}

const isAbout = (
  { callers, until }: Pick<Denial, 'callers' | 'until'>,
  { id }: Pick<Caller, 'id'>,
  now: number,
): boolean => (callers?.includes(id) ?? true) && (until === undefined || now < until);
