import { ACTIONS, type Action } from '../exchange/exchange.ts';

/** What an action is done to. */
export type ResourceKind = 'Model' | 'Tool' | 'Route' | 'Admin';

/** Actions without a dot ask a model; those with one name the object that they are about. */
export function kindOf(action: Action): ResourceKind {
  if (action.startsWith('tool.')) return 'Tool';
  if (action === 'route.use') return 'Route';
  return action.includes('.') && action !== 'models.list' ? 'Admin' : 'Model';
}

/** The object of an administrative action: `callers` of `callers.write`. */
export const objectOf = (action: Action): string => action.slice(0, action.indexOf('.'));

/**
 * The groups that an action is in: `use` (asking models), `tools`, `routes`, and `admin` with one group for each kind
 * of object in it (`callers`, `audit`…).
 */
export function groupsOf(action: Action): readonly string[] {
  switch (kindOf(action)) {
    case 'Model':
      return action === 'models.list' || action === 'report_outcomes' ? [] : ['use'];
    case 'Tool':
      return ['tools'];
    case 'Route':
      return ['routes'];
    case 'Admin':
      return ['admin', objectOf(action)];
  }
}

const ofKind = (...kinds: readonly ResourceKind[]): readonly Action[] =>
  ACTIONS.filter((action) => kinds.includes(kindOf(action)));

export const ADMIN_ACTIONS: readonly Action[] = ofKind('Admin');

/** What the roles of `policy.yaml` can speak of; tools and routes are for Cedar documents. */
export const ROLE_ACTIONS: readonly Action[] = ofKind('Model', 'Admin');

/**
 * Tools and routes are open until a permit names them: a request with tools would else be refused by every policy that
 * was written without a thought of them. A forbid holds all the same.
 */
export const isOpen = (action: Action): boolean => kindOf(action) === 'Tool' || kindOf(action) === 'Route';
