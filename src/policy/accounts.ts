import type { Caller } from '../exchange/caller.ts';
import type { Budget } from './budget.ts';
import type { Amounts, Claim, CountClaim, PlaceClaim } from './claim.ts';
import type { Quota } from './policy.ts';
import { countOf, ownerOf } from './scope.ts';

/** A claim but for its amount: the same for all requests of a caller for a model. */
type Open = Omit<CountClaim, 'amount'> | PlaceClaim;

/** Models of one caller that are remembered, and the longest name that is: callers may choose both. */
const MODELS = 100;
const LONGEST = 200;

/** What requests of one caller for one model are counted in. */
export class Account {
  readonly #open: readonly Open[];
  /** Some budget counts what they cost. */
  readonly budgeted: boolean;

  constructor(quotas: readonly Open[], budgets: readonly Open[]) {
    this.#open = [...quotas, ...budgets];
    this.budgeted = budgets.length > 0;
  }

  /**
   * What a request takes from every quota and budget that fits it.
   * @param amounts the most that it may use; dollars in nano-dollars
   */
  claims(amounts: Required<Amounts>): Claim[] {
    return this.#open.map((claim) =>
      claim.kind === 'place' ? claim : { ...claim, amount: amounts[claim.measure] },
    );
  }
}

/** The accounts of a policy, made once for each caller and model: names of counters are long, and requests many. */
export class Accounts {
  readonly #quotas: readonly Quota[];
  readonly #budgets: readonly Budget[];
  /** By object: who asks again is, as a rule, the same one, and a changed caller is another. */
  readonly #known = new WeakMap<Caller, Map<string, Account>>();

  constructor({
    quotas,
    budgets,
  }: { readonly quotas: readonly Quota[]; readonly budgets: readonly Budget[] }) {
    this.#quotas = quotas;
    this.#budgets = budgets;
  }

  of(caller: Caller, model: string): Account {
    const models = this.#known.get(caller) ?? new Map<string, Account>();
    const known = models.get(model);
    if (known !== undefined) return known;
    const account = new Account(
      openQuotas(this.#quotas, caller, model),
      openBudgets(this.#budgets, caller, model),
    );
    if (model.length > LONGEST) return account;
    if (models.size >= MODELS) models.clear();
    models.set(model, account);
    this.#known.set(caller, models);
    return account;
  }
}

function openQuotas(quotas: readonly Quota[], caller: Caller, model: string): Open[] {
  const claims: Open[] = [];
  for (const quota of quotas) {
    const scope = countOf(quota, caller, model);
    if (scope === undefined) continue;
    for (const { measure, unit, window, limit } of quota.rates) {
      const counter = `${measure} a ${unit}, ${scope}`;
      claims.push({ kind: 'count', counter, window: { ms: window }, measure, limit });
    }
    if (quota.concurrency !== undefined) {
      claims.push({ kind: 'place', scope, limit: quota.concurrency, per: quota.per });
    }
  }
  return claims;
}

function openBudgets(budgets: readonly Budget[], caller: Caller, model: string): Open[] {
  return budgets.flatMap((budget) => {
    const scope = countOf(budget, caller, model);
    if (scope === undefined) return [];
    const owner = ownerOf(budget.per, caller, model);
    return budget.limits.map(({ unit, limit, alerts }): Open => {
      const counter = `dollars a ${unit}, ${scope}`;
      const told = { budget: budget.id, per: budget.per, owner, unit, marks: alerts };
      return { kind: 'count', counter, window: { calendar: unit }, measure: 'dollars', limit, alerts: told };
    });
  });
}
