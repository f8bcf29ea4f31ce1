import { type Explained, explainDocuments } from './cedar/explain.ts';
import { decide } from './decide.ts';
import type { Policy, Rule } from './policy.ts';
import type { Decision, Query } from './query.ts';

/** A decision with all that was looked at. */
export interface Why extends Decision {
  /** Hash of the policy that decided. */
  readonly policy: string;
  /** Rules about the action: those of the caller's roles, and those of the documents. */
  readonly rules: readonly Explained[];
}

/** Explains a decision: which rules held, and of those that did not, on what they failed. */
export function explain(policy: Policy, query: Query): Why {
  const documents = policy.documents === undefined ? [] : explainDocuments(policy.documents, query);
  const roles = [...new Set(query.caller.roles)].flatMap((name) => {
    const { allow = [], deny = [] } = policy.roles.get(name) ?? {};
    return [
      ...deny.flatMap((rule) => ofRule(rule, 'forbid', query)),
      ...allow.flatMap((rule) => ofRule(rule, 'permit', query)),
    ];
  });
  return { ...decide(policy, query), policy: policy.hash, rules: [...roles, ...documents] };
}

function ofRule(
  { place, actions, models }: Rule,
  effect: Explained['effect'],
  { action, resource }: Query,
): Explained[] {
  if (!actions.has(action)) return [];
  const fits = models === undefined || resource.kind !== 'Model' || models(resource.id);
  return [{ id: place, effect, holds: fits, ...(!fits && { failed: 'models' }) }];
}
