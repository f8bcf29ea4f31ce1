import type { Action } from '../exchange/exchange.ts';
import type { Policy, Rule } from './policy.ts';

export interface Decision {
  readonly allowed: boolean;
  /** The rule that decided, `roles.app.allow[0]`; `default` where none did. */
  readonly by: string;
}

const REFUSED: Decision = { allowed: false, by: 'default' };

/**
 * Whether roles allow an action. Deny wins over allow, whichever role has it, and what no rule allows is refused; a
 * role that the policy does not know gives nothing.
 *
 * Without a model, an action about models is allowed if it is for some model: ask again once the model is known.
 */
export function may(policy: Policy, roles: readonly string[], action: Action, model?: string): Decision {
  let allowed: Rule | undefined;
  for (const name of roles) {
    const role = policy.roles.get(name);
    if (role === undefined) continue;
    const denied = role.deny.find((rule) => rule.actions.has(action) && covers(rule, model, false));
    if (denied !== undefined) return { allowed: false, by: denied.place };
    allowed ??= role.allow.find((rule) => rule.actions.has(action) && covers(rule, model, true));
  }
  return allowed === undefined ? REFUSED : { allowed: true, by: allowed.place };
}

/** @param some What to say of a rule on some models while the model is not known. */
const covers = (rule: Rule, model: string | undefined, some: boolean): boolean =>
  rule.models === undefined || (model === undefined ? some : rule.models(model));
