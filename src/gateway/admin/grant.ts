import { Refusal } from '../../base/refusal.ts';
import { type Standing, tooMuch } from '../../policy/grant.ts';
import { roleNames } from '../../policy/role-names.ts';
import type { CallerView } from '../../store/callers.ts';
import type { AdminCall } from './endpoint.ts';

/**
 * Nobody hands out more than they have: a caller may be made or changed only by who may do every administrative act
 * that it could do. (A user who could set roles made themselves admin: LiteLLM, GHSA-wpfp-gwwc-vwq6.)
 * @param standing what the caller is to be
 */
export function checkGrant({ ask, asker, house }: AdminCall, standing: Standing): void {
  const { policy } = house;
  const known = roleNames(policy);
  if (!standing.roles.every((role) => known.includes(role))) {
    throw new Refusal('request_invalid', {
      field: '/roles',
      hint: `A role is not in the policy. Known: ${known.join(', ')}.`,
    });
  }
  if (ask.local) return;
  if (tooMuch(policy, asker.caller, asker.circumstances, standing))
    throw new Refusal('forbidden', { hint: 'The caller could do more than you may do.' });
}

/** To change a caller, or to get a key of theirs, is to be able to act as them. */
export function checkPower(call: AdminCall): CallerView {
  const caller = call.gate.store.callers.get(call.id);
  checkGrant(call, { ...caller, roles: knownRoles(call, caller.roles) });
  return caller;
}

/** Roles that the policy no longer knows give nothing. */
export function knownRoles({ house }: AdminCall, roles: readonly string[]): string[] {
  const known = roleNames(house.policy);
  return roles.filter((role) => known.includes(role));
}
