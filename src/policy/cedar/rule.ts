import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Caller } from '../../exchange/caller.ts';
import type { Action } from '../../exchange/exchange.ts';
import { ACTIONS } from '../../exchange/exchange.ts';
import { groupsOf } from '../actions.ts';

/** One policy of a Cedar document. */
export interface DocumentRule {
  /** Its `@id`; without one, where it stands: `authorization.cedar:12`. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  readonly text: string;
  readonly json: PolicyJson;
  readonly actions: ReadonlySet<Action>;
  /** Its scope says which actions; it is not merely about all. */
  readonly namesActions: boolean;
  /** What it looks at. */
  readonly mentions: Mentions;
}

/** What a policy, or a set of them, can see of a request: the rest cannot change what it says. */
export interface Mentions {
  /** Names of attributes, of whatever. */
  readonly attributes: ReadonlySet<string>;
  /** Entities, `Role::"app"`. */
  readonly entities: ReadonlySet<string>;
  readonly tags: boolean;
  /** The context as one value, not by its attributes. */
  readonly wholeContext: boolean;
}

export const uid = (type: string, id: string): string => `${type}::${JSON.stringify(id)}`;

/** The type and id of an entity, in either of the two forms of Cedar's JSON. */
export const entityOf = (entity: EntityUidJson): { readonly type: string; readonly id: string } =>
  '__entity' in entity ? entity.__entity : entity;

export function actionsOf({ action }: PolicyJson): { actions: Set<Action>; named: boolean } {
  if (action.op === 'All') return { actions: new Set(ACTIONS), named: false };
  const listed = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  const names = new Set(listed.map((entity) => entityOf(entity).id));
  const within = (one: Action) =>
    names.has(one) || (action.op === 'in' && groupsOf(one).some((group) => names.has(group)));
  return { actions: new Set(ACTIONS.filter(within)), named: true };
}

interface Found {
  readonly attributes: Set<string>;
  readonly entities: Set<string>;
  tags: boolean;
  wholeContext: boolean;
}

/** Finds what policies look at, from their JSON form. It may find too much (a record's own keys), never too little. */
export function mentionsOf(policies: readonly PolicyJson[]): Mentions {
  const found: Found = { attributes: new Set(), entities: new Set(), tags: false, wholeContext: false };
  for (const { principal, action, resource, conditions } of policies)
    visit([principal, action, resource, conditions.map(({ body }) => body)], found);
  return found;
}

function visit(node: unknown, found: Found): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type, id, Var } = node as { type?: unknown; id?: unknown; Var?: unknown };
  if (typeof type === 'string' && typeof id === 'string') found.entities.add(uid(type, id));
  if (Var === 'context') found.wholeContext = true;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'hasTag' || key === 'getTag') found.tags = true;
    if (key === '.' || key === 'has') {
      const { left, attr } = value as { left: { Var?: unknown }; attr: string | string[] };
      for (const name of [attr].flat()) found.attributes.add(name);
      if (left.Var === 'context') continue;
    }
    visit(value, found);
  }
}

/** Every role that some policy names. */
export const rolesIn = ({ entities }: Mentions): string[] =>
  [...entities].filter((one) => one.startsWith('Role::')).map((one) => JSON.parse(one.slice(6)) as string);

/** Whether a policy's scope lets in someone of these roles and this team. */
export function fitsScope(
  principal: PolicyJson['principal'],
  { id, roles, team }: Pick<Caller, 'roles' | 'team'> & { readonly id?: string },
): boolean {
  if (principal.op === 'All') return true;
  const constraint = principal.op === 'is' ? principal.in : principal;
  // Nothing but callers is ever asked about, and templates are refused.
  if (constraint === undefined || !('entity' in constraint)) return principal.op === 'is';
  const { type, id: named } = entityOf(constraint.entity);
  switch (type) {
    case 'Role':
      return roles.includes(named);
    case 'Team':
      return team === named;
    default:
      return id === named;
  }
}

/** Holds for everyone in its scope: on every resource of the kind, and without a condition. */
export const isPlain = ({ json: { resource, conditions } }: DocumentRule): boolean =>
  conditions.length === 0 && (resource.op === 'All' || (resource.op === 'is' && resource.in === undefined));
