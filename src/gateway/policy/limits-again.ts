import { createSecretKey } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Refusal } from '../../base/refusal.ts';
import type { Caller } from '../../exchange/caller.ts';
import { Accounts } from '../../policy/accounts.ts';
import type { Policy } from '../../policy/policy.ts';
import { Background } from '../../store/background.ts';
import { Counters } from '../../store/counters.ts';
import type { Reservation } from '../../store/desk.ts';
import { MIGRATIONS } from '../../store/migrations.ts';
import { Quotas } from '../../store/quotas.ts';
import type { PastExchange } from './past.ts';

/**
 * Quotas and budgets of a policy, counted again by the same code, in memory, from the start of a window: what was used before it
 * nobody has told them.
 */
export class LimitsAgain {
  readonly #accounts: Accounts;
  readonly #quotas: Quotas;
  readonly #counters: Counters;
  readonly #database = new DatabaseSync(':memory:');
  readonly #working: { readonly ended: number; readonly settle: () => void }[] = [];
  #now = 0;

  constructor(policy: Policy) {
    this.#accounts = new Accounts(policy);
    for (const sql of MIGRATIONS) this.#database.exec(sql);
    const clock = { now: () => this.#now, tick: () => this.#now };
    this.#counters = new Counters(this.#database, clock);
    const background = new Background(this.#database, createSecretKey(Buffer.alloc(32)), clock);
    this.#quotas = new Quotas(this.#counters, background, clock);
  }

  /** The next one to come. @returns the code that it is refused with; undefined: it has room */
  take(exchange: PastExchange, caller: Caller): string | undefined {
    const { came, ended, model, reserved, charged } = exchange;
    this.#over(came);
    this.#now = Math.max(this.#now, came);
    const { tokens, dollars } = reserved ?? { tokens: 0, dollars: 0 };
    const claims = this.#accounts.of(caller, model).claims({ requests: 1, tokens, dollars });
    let taken: Reservation;
    try {
      taken = this.#quotas.reserve(claims);
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
    const settle = () =>
      charged === undefined ? taken.settle({ tokens: 0, dollars: 0 }) : taken.settle({ ...charged });
    this.#working.push({ ended, settle });
    return undefined;
  }

  close(): void {
    this.#over(Number.POSITIVE_INFINITY);
    this.#counters.close();
    this.#database.close();
  }

  #over(now: number): void {
    const over = this.#working.filter(({ ended }) => ended <= now).sort((a, b) => a.ended - b.ended);
    if (over.length === 0) return;
    for (const { ended, settle } of over) {
      this.#now = Math.max(this.#now, Math.min(ended, now));
      settle();
    }
    const rest = this.#working.filter(({ ended }) => ended > now);
    this.#working.splice(0, this.#working.length, ...rest);
  }
}
