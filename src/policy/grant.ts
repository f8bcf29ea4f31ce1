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
 * Whether someone of this standing could do an administrative act that the giver may not do. Conditions are not
 * compared, which nobody could: every one that a rule has is taken as met for the new caller, and where the giver's own
 * leave hangs on who they are, the new caller must be the same in that.
 */
export const tooMuch = (
  policy: Policy,
  giver: Caller,
  circumstances: Circumstances,
  standing: Standing,
): boolean =>
  ADMIN_ACTIONS.some((action) => {
    if (!couldDo(policy, standing, action) || mayDoAlways(policy, giver, action)) return false;
    const resource = { kind: 'Admin', id: objectOf(action) } as const;
    if (!decide(policy, { caller: giver, action, resource, circumstances }).allowed) return true;
    return rulesOn(policy, action).some((rule) => !isPlain(rule) && tellsApart(rule, giver, standing));
  });

const rulesOn = ({ documents }: Policy, action: Action): readonly DocumentRule[] =>
  documents?.rules.filter(({ actions }) => actions.has(action)) ?? [];

const couldDo = (policy: Policy, standing: Standing, action: Action): boolean =>
  rolesAllowSome(policy, standing.roles, action) ||
  rulesOn(policy, action).some(
    (rule) => rule.effect === 'permit' && fitsScope(rule.json.principal, standing),
  );

/** Whatever the hour, the network or the object. */
function mayDoAlways(policy: Policy, giver: Caller, action: Action): boolean {
  const rules = rulesOn(policy, action);
  const { permits, forbids } = matchRoles(policy, giver.roles, action, {
    kind: 'Admin',
    id: objectOf(action),
  });
  if (forbids.length > 0 || rules.some(({ effect }) => effect === 'forbid')) return false;
  return permits.length > 0 || rules.some((rule) => isPlain(rule) && fitsScope(rule.json.principal, giver));
}

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
