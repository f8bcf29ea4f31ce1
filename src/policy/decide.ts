import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import { isOpen } from './actions.ts';
import type { Matched } from './cedar/documents.ts';
import { emergencyForbids } from './emergency.ts';
import type { Policy } from './policy.ts';
import type { Decision, Query } from './query.ts';
import { matchRoles, rolesAllowSome } from './roles.ts';

const SILENT: Matched = { permits: [], forbids: [], failed: [] };

/**
 * The one decision, over roles and Cedar documents together: what no rule permits is refused, a forbid wins over every
 * permit wherever either is written, and a rule that cannot be evaluated denies.
 */
export function decide(policy: Policy, query: Query): Decision {
  const { caller, action, resource } = query;
  const roles = matchRoles(policy, caller.roles, action, resource);
  const documents = policy.documents?.match(query) ?? SILENT;
  if (documents.failed.length > 0)
    return { allowed: false, by: documents.failed.map((id) => `error: ${id}`) };
  const forbids = [...emergencyForbids(policy, query), ...roles.forbids, ...documents.forbids];
  if (forbids.length > 0) return { allowed: false, by: forbids };
  const permits = [...roles.permits, ...documents.permits];
  if (permits.length > 0) return { allowed: true, by: permits };
  return isOpen(action) && !isGoverned(policy, action) ? OPEN : REFUSED;
}

const OPEN: Decision = { allowed: true, by: ['open'] };
const REFUSED: Decision = { allowed: false, by: ['default'] };

/** Some permit names the action, so that what none permits is refused. */
export const isGoverned = ({ documents }: Policy, action: Action): boolean =>
  documents?.rules.some(
    ({ effect, namesActions, actions }) => effect === 'permit' && namesActions && actions.has(action),
  ) ?? false;

/** Whether anything is said of the action at all: where nothing is, nobody need ask. */
export const speaksOf = ({ documents, emergency }: Policy, action: Action): boolean =>
  emergency.some((rule) => rule.kind === 'deny' && rule.actions.includes(action)) ||
  (documents?.rules.some(({ actions }) => actions.has(action)) ?? false);

/**
 * Whether the caller may be allowed the action on something: asked before it is known on what, so that a body need not
 * be read in vain. What is allowed in the end, {@link decide} says.
 */
export const mayAtAll = (policy: Policy, caller: Caller, action: Action): boolean =>
  rolesAllowSome(policy, caller.roles, action) ||
  (policy.documents?.rules.some(({ effect, actions }) => effect === 'permit' && actions.has(action)) ??
    false);
