import { Refusal } from '../base/refusal.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Action } from '../exchange/exchange.ts';
import { ADMIN_ACTIONS, objectOf } from './actions.ts';
import { type DocumentRule, fitsScope, isPlain, uid } from './cedar/rule.ts';
import { decide } from './decide.ts';
import type { Policy } from './policy.ts';
import type { Circumstances } from './query.ts';
import { matchRoles, rolesAllowSome } from './roles.ts';

/** What decides of a caller what they may do. */
export type Standing = Pick<Caller, 'name' | 'owner' | 'team' | 'roles' | 'tags'> & { readonly id?: string };

/**
 * Whether someone of this standing could do an administrative act that the giver may not do, now or at any other time.
 * Conditions cannot be compared, so every one that a rule has is taken as met for the new caller; and wherever the
 * giver's own leave hangs on a rule, that rule must see no difference between the two.
 */
export const tooMuch = (
  policy: Policy,
  giver: Caller,
  circumstances: Circumstances,
  standing: Standing,
): boolean =>
  ADMIN_ACTIONS.some((action) => {
    const rules = rulesOn(policy, action);
    if (!couldDo(policy, rules, standing, action)) return false;
    const resource = { kind: 'Admin', id: objectOf(action) } as const;
    if (!decide(policy, { caller: giver, action, resource, circumstances }).allowed) return true;
    const permits = (roles: readonly string[]) => matchRoles(policy, roles, action, resource).permits;
    const always =
      permits(giver.roles).length > 0 ||
      rules.some(
        (rule) => rule.effect === 'permit' && isPlain(rule) && fitsScope(rule.json.principal, giver),
      );
    if (!always && permits(standing.roles).length > 0) return true;
    // Who is permitted whatever the circumstances can only be held back by a forbid.
    const decisive = always ? rules.filter(({ effect }) => effect === 'forbid') : rules;
    return decisive.some((rule) => tellsApart(rule, giver, standing));
  });

/**
 * Whoever chooses their own name must not come under rules that were written for another one: where the policy goes by
 * names, theirs begin as the inviter says. Throws `forbidden` where nothing is said.
 */
export function checkNames({ documents }: Policy, prefix: string): void {
  if (prefix !== '' || documents?.rules.some(({ mentions }) => mentions.attributes.has('name')) !== true)
    return;
  throw new Refusal('forbidden', {
    hint: 'The policy goes by names: the invitation must say what those of its callers begin with.',
  });
}

const rulesOn = ({ documents }: Policy, action: Action): readonly DocumentRule[] =>
  documents?.rules.filter(({ actions }) => actions.has(action)) ?? [];

const couldDo = (
  policy: Policy,
  rules: readonly DocumentRule[],
  standing: Standing,
  action: Action,
): boolean =>
  rolesAllowSome(policy, standing.roles, action) ||
  rules.some(({ effect, json }) => effect === 'permit' && fitsScope(json.principal, standing));

/** Whether a rule could say one thing of the giver and another of the new caller. */
function tellsApart({ mentions }: DocumentRule, giver: Caller, standing: Standing): boolean {
  const { attributes, entities, tags } = mentions;
  /** All that the rule can see of someone. */
  const seen = ({ id = '', name, owner, team, roles, tags: own }: Standing): string =>
    JSON.stringify([
      entities.has(uid('Caller', id)) && id,
      attributes.has('name') && name,
      attributes.has('owner') && owner,
      (attributes.has('team') || entities.has(uid('Team', team))) && team,
      roles.filter((role) => entities.has(uid('Role', role))).sort(),
      Object.entries(own)
        .filter(([tag]) => tags || (TAGS_AS_SETS.get(tag) ?? []).some((name) => attributes.has(name)))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ]);
  return seen(giver) !== seen(standing);
}

/** Tags that rules can also see as attributes. */
const TAGS_AS_SETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['purpose', ['purposes']],
  ['consent', ['consents']],
]);
