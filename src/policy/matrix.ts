import { csvCell } from '../base/csv.ts';
import { ACTIONS, type Action } from '../exchange/exchange.ts';
import { isOpen, kindOf, type ResourceKind } from './actions.ts';
import { entityOf, fitsScope, isPlain } from './cedar/rule.ts';
import { isGoverned } from './decide.ts';
import type { Policy, Rule } from './policy.ts';
import { roleNames } from './role-names.ts';

/** What a role may do, as far as it can be said without a request. */
export interface Cell {
  readonly role: string;
  readonly action: Action;
  readonly on: ResourceKind;
  /** `some`: on some resources, or under conditions; the rules say which. */
  readonly effect: 'allow' | 'some' | 'deny';
  /** The rules that it comes from; none where nothing is said. */
  readonly by: readonly string[];
}

interface Part {
  readonly id: string;
  readonly forbids: boolean;
  /** Holds for whoever has the role, whatever the resource and the circumstances. */
  readonly always: boolean;
}

/** Role × action: what each role has by itself. Callers with several roles have all of it, less what any forbids. */
export const matrixOf = (policy: Policy): Cell[] =>
  roleNames(policy).flatMap((role) => ACTIONS.map((action) => cellOf(policy, role, action)));

function cellOf(policy: Policy, role: string, action: Action): Cell {
  const parts = [...ofRole(policy, role, action), ...ofDocuments(policy, role, action)];
  const on = kindOf(action);
  const cell = (effect: Cell['effect'], from: readonly Part[]) => ({
    role,
    action,
    on,
    effect,
    by: from.map(({ id }) => id),
  });
  const permits = parts.filter(({ forbids }) => !forbids);
  const forbids = parts.filter((part) => part.forbids);
  const never = forbids.filter(({ always }) => always);
  if (never.length > 0) return cell('deny', never);
  const open = isOpen(action) && !isGoverned(policy, action);
  if (permits.length === 0 && !open) return cell('deny', []);
  const whole = (open || permits.some(({ always }) => always)) && forbids.length === 0;
  return cell(whole ? 'allow' : 'some', [...permits, ...forbids]);
}

function ofRole({ roles }: Policy, name: string, action: Action): Part[] {
  const { allow = [], deny = [] } = roles.get(name) ?? {};
  const parts = (rules: readonly Rule[], forbids: boolean): Part[] =>
    rules
      .filter(({ actions }) => actions.has(action))
      .map(({ place, globs }) => ({
        id: place,
        forbids,
        always: kindOf(action) !== 'Model' || globs === undefined || globs.includes('*'),
      }));
  return [...parts(allow, false), ...parts(deny, true)];
}

function ofDocuments({ documents }: Policy, role: string, action: Action): Part[] {
  const parts: Part[] = [];
  for (const rule of documents?.rules ?? []) {
    const { principal } = rule.json;
    if (!rule.actions.has(action)) continue;
    const mine = fitsScope(principal, { roles: [role], team: '' });
    const someones = namesOthers(principal);
    if (!mine && !someones) continue;
    parts.push({ id: rule.id, forbids: rule.effect === 'forbid', always: mine && isPlain(rule) });
  }
  return parts;
}

/** The scope is a team or one caller, who may have any role. */
function namesOthers(principal: Parameters<typeof fitsScope>[0]): boolean {
  if (principal.op === 'All') return false;
  const constraint = principal.op === 'is' ? principal.in : principal;
  return constraint !== undefined && 'entity' in constraint && entityOf(constraint.entity).type !== 'Role';
}

const HEAD = ['role', 'action', 'on', 'effect', 'by'] as const;

export const matrixAsCsv = (cells: readonly Cell[]): string =>
  [HEAD, ...cells.map(({ role, action, on, effect, by }) => [role, action, on, effect, by.join(' ')])]
    .map((row) => row.map(csvCell).join(','))
    .join('\r\n');

const MARKS = { allow: 'yes', some: 'some', deny: '' } as const;

/** A table with a row for each action and a column for each role. */
export function matrixAsMarkdown(cells: readonly Cell[]): string {
  const roles = [...new Set(cells.map(({ role }) => role))];
  const of = new Map(cells.map((cell) => [JSON.stringify([cell.role, cell.action]), cell]));
  const rows = ACTIONS.map((action) => [
    `\`${action}\``,
    kindOf(action),
    ...roles.map((role) => {
      const cell = of.get(JSON.stringify([role, action]));
      if (cell === undefined) return '';
      const rules = cell.effect === 'some' ? ` (${cell.by.join(', ')})` : '';
      return `${MARKS[cell.effect]}${rules}`;
    }),
  ]);
  const lines = [['action', 'on', ...roles], ['---', '---', ...roles.map(() => '---')], ...rows];
  return lines
    .map((line) => `| ${line.map((text) => text.replace(/[|\r\n]/g, ' ')).join(' | ')} |`)
    .join('\n');
}
