import type { Action } from '../exchange/exchange.ts';
import type { Policy, Rule } from './policy.ts';
import type { Resource } from './query.ts';

/** The rules of a caller's roles that hold, by their places. */
export interface RoleMatch {
  readonly permits: readonly string[];
  readonly forbids: readonly string[];
}

/**
 * What roles say of an action on a resource; a role that the policy does not know says nothing. Roles are a short way
 * to write Cedar policies, and mean what {@link rolesAsCedar} writes: a property test holds the two together.
 */
export function matchRoles(
  policy: Pick<Policy, 'roles'>,
  roles: readonly string[],
  action: Action,
  resource: Resource,
): RoleMatch {
  const permits: string[] = [];
  const forbids: string[] = [];
  for (const name of new Set(roles)) {
    const role = policy.roles.get(name);
    if (role === undefined) continue;
    for (const rule of role.allow) if (holds(rule, action, resource)) permits.push(rule.place);
    for (const rule of role.deny) if (holds(rule, action, resource)) forbids.push(rule.place);
  }
  return { permits, forbids };
}

/** `models` narrows what is about models; a rule may name other actions too. */
const holds = ({ actions, models }: Rule, action: Action, { kind, id }: Resource): boolean =>
  actions.has(action) && (models === undefined || kind !== 'Model' || models(id));

/** The roles that can allow an action on anything. What documents permit beside them is not in it. */
export const rolesWith = (policy: Pick<Policy, 'roles'>, action: Action): string[] =>
  [...policy.roles.keys()].filter((role) => rolesAllowSome(policy, [role], action));

/** Whether the roles can allow an action on anything. */
export function rolesAllowSome(
  policy: Pick<Policy, 'roles'>,
  roles: readonly string[],
  action: Action,
): boolean {
  const known = roles.flatMap((name) => policy.roles.get(name) ?? []);
  const never = known.some(({ deny }) =>
    deny.some((rule) => rule.models === undefined && rule.actions.has(action)),
  );
  return !never && known.some(({ allow }) => allow.some((rule) => rule.actions.has(action)));
}
