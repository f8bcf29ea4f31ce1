import { dollarsOf } from '../base/money.ts';
import type { GuardAction } from '../exchange/verdict.ts';
import { type Cell, matrixOf } from './matrix.ts';
import { sameMeaning, wordsFor } from './plainly.ts';
import type { GuardRule, Policy } from './policy.ts';

/** What two policies differ in. */
export const SECTIONS = [
  'roles',
  'rules',
  'guards',
  'quotas',
  'budgets',
  'two_people',
  'media',
  'other',
] as const;

export interface PolicyChange {
  readonly section: (typeof SECTIONS)[number];
  /** Of what: a guard, a role and an action, the scope of a quota, a section of the document. */
  readonly name: string;
  /** `action.prompt`, `on_error`, `requests/minute`; empty: all of it. */
  readonly field: string;
  /** In words; undefined: it was not there, or is not any more. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /**
   * `loosens`: something is let through, allowed or spent that was not. `changes`: it cannot be said which without a
   * request.
   */
  readonly effect: 'loosens' | 'tightens' | 'changes';
}

/**
 * What another policy means, compared with this one: of the documents only what differs once every default is filled in, so a
 * comment or another order of keys is no change. In the order of {@link SECTIONS}.
 */
export function comparePolicies(before: Policy, after: Policy): PolicyChange[] {
  return [
    ...compareRoles(before, after),
    ...compareRules(before, after),
    ...compareGuards(before.guards, after.guards),
    ...compareLimits('quotas', quotaLimits(before), quotaLimits(after)),
    ...compareLimits('budgets', budgetLimits(before), budgetLimits(after)),
    ...compareSets('two_people', before.twoPeople, after.twoPeople, 'tightens'),
    ...compareSets('media', before.media, after.media, 'loosens'),
    ...compareRest(before, after),
  ];
}

type Effect = PolicyChange['effect'];
const CONTRARY: Readonly<Record<Effect, Effect>> = {
  loosens: 'tightens',
  tightens: 'loosens',
  changes: 'changes',
};

/** By whether there is more of what loosens. */
const byRank = (before: number, after: number): Effect =>
  after > before ? 'loosens' : after < before ? 'tightens' : 'changes';

const EFFECTS = { deny: 0, some: 1, allow: 2 } as const;

/** Role × action, by the matrix. */
function compareRoles(before: Policy, after: Policy): PolicyChange[] {
  const [was, is] = [cellsOf(before), cellsOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    const [from, to] = [one?.says ?? 'deny', other?.says ?? 'deny'];
    if (from === to) return [];
    const { role, action } = (one ?? other ?? { cell: { role: '', action: '' } }).cell;
    const effect = byRank(EFFECTS[one?.cell.effect ?? 'deny'], EFFECTS[other?.cell.effect ?? 'deny']);
    return [{ section: 'roles', name: role, field: action, before: from, after: to, effect }] as const;
  });
}

/** What a role may do, and, where that hangs on models, on which. */
function cellsOf(policy: Policy): Map<string, { readonly cell: Cell; readonly says: string }> {
  return new Map(
    matrixOf(policy).map((cell) => {
      const { allow = [], deny = [] } = policy.roles.get(cell.role) ?? {};
      const places = new Set(cell.by);
      const globs = (rules: typeof allow) =>
        rules.flatMap(({ place, globs = [] }) => (places.has(place) ? globs : [])).sort();
      const [on, off] = [globs(allow), globs(deny)];
      const conditions = cell.by.filter((id) => !id.startsWith('roles.')).sort();
      const parts = [
        ...(on.length > 0 ? [`on ${on.join(', ')}`] : []),
        ...(off.length > 0 ? [`not on ${off.join(', ')}`] : []),
        ...(conditions.length > 0 ? [`by ${conditions.join(', ')}`] : []),
      ];
      const says = cell.effect === 'some' && parts.length > 0 ? `some (${parts.join('; ')})` : cell.effect;
      return [JSON.stringify([cell.role, cell.action]), { cell, says }];
    }),
  );
}

/** Rules with conditions, by their ids: what they come to hangs on each request. */
function compareRules(before: Policy, after: Policy): PolicyChange[] {
  const rulesOf = ({ documents }: Policy) =>
    new Map((documents?.rules ?? []).map((rule) => [rule.id, rule] as const));
  const [was, is] = [rulesOf(before), rulesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((id) => {
    const [one, other] = [was.get(id), is.get(id)];
    if (one?.text === other?.text) return [];
    const { effect } = other ?? one ?? { effect: 'permit' };
    const gains: Effect = one === undefined ? 'loosens' : 'tightens';
    const said =
      one !== undefined && other !== undefined ? 'changes' : effect === 'permit' ? gains : CONTRARY[gains];
    return [
      {
        section: 'rules',
        name: id,
        field: '',
        before: one?.text.trim(),
        after: other?.text.trim(),
        effect: said,
      },
    ] as const;
  });
}

/** How much an action keeps from going on as it was. */
const STRENGTH: Readonly<Record<GuardAction, number>> = {
  flag: 0,
  hash: 1,
  mask: 1,
  pseudonymise: 1,
  review: 2,
  block: 3,
};

function compareGuards(before: readonly GuardRule[], after: readonly GuardRule[]): PolicyChange[] {
  const byName = (guards: readonly GuardRule[]) =>
    new Map(guards.map((guard) => [guard.name, guard] as const));
  const [was, is] = [byName(before), byName(after)];
  const change = (
    name: string,
    field: string,
    values: readonly [string | undefined, string | undefined],
    effect: Effect,
  ): PolicyChange[] =>
    values[0] === values[1]
      ? []
      : [{ section: 'guards', name, field, before: values[0], after: values[1], effect }];
  const changes = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [one, other] = [was.get(name), is.get(name)];
    if (one === undefined || other === undefined)
      return change(name, '', [one?.use, other?.use], other === undefined ? 'loosens' : 'tightens');
    const both = <K extends keyof GuardRule>(key: K) => [wordsFor(one[key]), wordsFor(other[key])] as const;
    return [
      ...change(name, 'use', both('use'), 'changes'),
      ...(['prompt', 'reply'] as const).flatMap((where) => [
        ...change(
          name,
          `on.${where}`,
          [String(one.on[where]), String(other.on[where])],
          byRank(Number(other.on[where]), Number(one.on[where])),
        ),
        ...change(
          name,
          `action.${where}`,
          [one.action[where], other.action[where]],
          byRank(STRENGTH[other.action[where]], STRENGTH[one.action[where]]),
        ),
      ]),
      ...change(
        name,
        'on_error',
        [one.onError, other.onError],
        other.onError === 'allow' ? 'loosens' : 'tightens',
      ),
      ...change(name, 'provenance', both('provenance'), narrows(one.provenance, other.provenance)),
      ...(['label', 'budget', 'stream', 'window', 'settings'] as const).flatMap((key) =>
        change(name, key, both(key), 'changes'),
      ),
    ];
  });
  const order = (guards: readonly GuardRule[], other: ReadonlyMap<string, GuardRule>) =>
    guards.flatMap(({ name }) => (other.has(name) ? [name] : [])).join(', ');
  const orders = [order(before, is), order(after, was)] as const;
  return [...changes, ...change('(order)', '', orders, 'changes')];
}

/** Undefined: from everywhere. */
function narrows(before: ReadonlySet<string> | undefined, after: ReadonlySet<string> | undefined): Effect {
  if (after === undefined) return 'tightens';
  if (before === undefined || after.isSubsetOf(before)) return 'loosens';
  return before.isSubsetOf(after) ? 'tightens' : 'changes';
}

/** A bound by its name; the higher, the looser. */
type Limits = ReadonlyMap<
  string,
  { readonly scope: string; readonly bound: string; readonly limit: number; readonly says: string }
>;

const keyed = (limits: readonly { scope: string; bound: string; limit: number; says: string }[]): Limits =>
  new Map(limits.map((one) => [JSON.stringify([one.scope, one.bound]), one]));

const quotaLimits = ({ quotas }: Policy): Limits =>
  keyed(
    quotas.flatMap(({ id, rates, concurrency }) => [
      ...rates.map(({ measure, limit, unit }) => ({
        scope: id,
        bound: `${measure}/${unit}`,
        limit,
        says: String(limit),
      })),
      ...(concurrency === undefined
        ? []
        : [{ scope: id, bound: 'concurrency', limit: concurrency, says: String(concurrency) }]),
    ]),
  );

const budgetLimits = ({ budgets }: Policy): Limits =>
  keyed(
    budgets.flatMap(({ id, limits }) =>
      limits.map(({ limit, unit }) => ({
        scope: id,
        bound: `dollars/${unit}`,
        limit,
        says: `$${dollarsOf(limit)}`,
      })),
    ),
  );

function compareLimits(section: 'quotas' | 'budgets', was: Limits, is: Limits): PolicyChange[] {
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    const some = one ?? other;
    if (some === undefined || one?.limit === other?.limit) return [];
    const none = Number.POSITIVE_INFINITY;
    const effect = byRank(one?.limit ?? none, other?.limit ?? none);
    return [{ section, name: some.scope, field: some.bound, before: one?.says, after: other?.says, effect }];
  });
}

/** @param more what it is where something is in the second that was not in the first */
function compareSets(
  section: 'two_people' | 'media',
  was: ReadonlySet<string>,
  is: ReadonlySet<string>,
  more: Effect,
): PolicyChange[] {
  const change = (name: string, gone: boolean) => ({
    section,
    name,
    field: '',
    before: gone ? 'named' : undefined,
    after: gone ? undefined : 'named',
    effect: gone ? CONTRARY[more] : more,
  });
  return [
    ...[...was.difference(is)].map((name) => change(name, true)),
    ...[...is.difference(was)].map((name) => change(name, false)),
  ];
}

/** Sections of which it is said that they differ, and as what. */
const REST = [
  'unpriced',
  'prices',
  'assumeOutput',
  'tokensPerRow',
  'predictions',
  'labels',
  'content',
  'pseudonyms',
  'review',
  'coaching',
  'spotlighting',
] as const satisfies readonly (keyof Policy)[];

function compareRest(before: Policy, after: Policy): PolicyChange[] {
  return REST.flatMap((name) => {
    const [one, other] = [before[name], after[name]];
    if (sameMeaning(one, other)) return [];
    return [
      {
        section: 'other',
        name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        field: '',
        before: wordsFor(one),
        after: wordsFor(other),
        effect: effectOf(name, before, after),
      },
    ];
  });
}

/** Where it can be said. */
function effectOf(name: (typeof REST)[number], before: Policy, after: Policy): Effect {
  if (name === 'unpriced') return after.unpriced === 'allow' ? 'loosens' : 'tightens';
  if (name === 'review' && before.review.onTimeout !== after.review.onTimeout)
    return after.review.onTimeout === 'pass' ? 'loosens' : 'tightens';
  if (name === 'spotlighting' && (before.spotlighting === undefined || after.spotlighting === undefined))
    return after.spotlighting === undefined ? 'loosens' : 'tightens';
  return 'changes';
}
