import type { Clock } from '../base/clock.ts';
import { Refusal } from '../base/refusal.ts';
import { formatDuration } from '../base/units.ts';
import type { Caller } from '../exchange/caller.ts';
import type { Usage } from '../exchange/exchange.ts';
import type { Quota, Rate } from '../policy/policy.ts';
import type { Counter, Counters } from './counters.ts';

/** What a request takes from one counter. */
interface Share {
  readonly counter: Counter;
  readonly rate: Rate;
  readonly amount: number;
  /** The window from which it was taken. */
  readonly epoch: number;
}

/**
 * What was set aside for one request: a request, its estimated tokens, and a place among those at work. Exactly one
 * of {@link settle} and {@link cancel} has an effect, and only the first time.
 */
export interface Reservation {
  /**
   * The request is over: the tokens that were used instead of those estimated; the estimate where nobody reported
   * any. Tokens beyond the estimate are counted too, even over the limit.
   */
  settle(usage: Usage | undefined): void;
  /** Nothing was forwarded, for no fault of the caller's: everything is given back. */
  cancel(): void;
  /** `x-ratelimit-…` headers, as OpenAI names and writes them, of whichever quota is nearest to its end. */
  headers(): Record<string, string>;
}

/**
 * Quotas, exact under any number of concurrent requests: a reservation looks at all quotas that apply and takes from
 * all or from none, in one go.
 */
export class Quotas {
  readonly #counters: Counters;
  readonly #clock: Clock;
  /** Requests at work, by scope. */
  readonly #atWork = new Map<string, number>();

  constructor(counters: Counters, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
  }

  /** Reservations are on disk. */
  flushed(): Promise<void> {
    return this.#counters.flushed();
  }

  /**
   * Throws `quota_requests`, `quota_tokens` or `quota_concurrency`, with the seconds after which it can work.
   * @param estimate tokens that the request may use
   */
  reserve(quotas: readonly Quota[], caller: Caller, model: string, estimate: Usage): Reservation {
    const tokens = estimate.input + estimate.output;
    const shares: Share[] = [];
    const places: string[] = [];
    let crowded: Quota | undefined;
    for (const quota of quotas) {
      const scope = scopeOf(quota, caller, model);
      if (scope === undefined) continue;
      for (const rate of quota.rates) {
        const counter = this.#counters.get(`${rate.measure} a ${rate.unit}, ${scope}`, rate.window);
        const amount = rate.measure === 'requests' ? 1 : tokens;
        shares.push({ counter, rate, amount, epoch: counter.epoch });
      }
      if (quota.concurrency !== undefined) {
        if ((this.#atWork.get(scope) ?? 0) >= quota.concurrency) crowded ??= quota;
        places.push(scope);
      }
    }
    if (crowded !== undefined) {
      const hint = `At most ${crowded.concurrency} per ${crowded.per}.`;
      throw new Refusal('quota_concurrency', { retryAfter: 1, hint, headers: this.#headers(shares) });
    }
    this.#check(shares);
    for (const { counter, amount } of shares) this.#counters.add(counter, amount);
    for (const scope of places) this.#atWork.set(scope, (this.#atWork.get(scope) ?? 0) + 1);
    return this.#reservation(shares, places, tokens);
  }

  /** Refuses with the quota that will take longest to have room again. */
  #check(shares: readonly Share[]): void {
    let fullest: Share | undefined;
    for (const share of shares) {
      const { counter, rate, amount } = share;
      if (counter.used + amount <= rate.limit) continue;
      if (amount > rate.limit) {
        const hint = `This request alone may take ${amount} ${rate.measure}, more than the ${rate.limit} of a whole window: ask for less.`;
        throw new Refusal(CODES[rate.measure], { hint, headers: this.#headers(shares) });
      }
      if (fullest === undefined || counter.ends > fullest.counter.ends) fullest = share;
    }
    if (fullest === undefined) return;
    const { counter, rate } = fullest;
    const retryAfter = Math.max(1, Math.ceil((counter.ends - this.#clock.now()) / 1000));
    throw new Refusal(CODES[rate.measure], { retryAfter, headers: this.#headers(shares) });
  }

  #reservation(shares: readonly Share[], places: readonly string[], tokens: number): Reservation {
    let open = true;
    const close = (change: (share: Share) => number) => {
      if (!open) return;
      open = false;
      for (const share of shares) {
        const { counter, rate, epoch } = share;
        const amount = change(share);
        // What was taken from a window that is over is over with it; what was used beyond it is used now.
        const current = this.#counters.get(counter.name, rate.window);
        if (amount > 0 || (amount < 0 && current.epoch === epoch)) this.#counters.add(current, amount);
      }
      for (const scope of places) {
        const left = (this.#atWork.get(scope) ?? 1) - 1;
        if (left > 0) this.#atWork.set(scope, left);
        else this.#atWork.delete(scope);
      }
    };
    return {
      settle: (usage) => {
        const used = usage === undefined ? tokens : usage.input + usage.output;
        close(({ rate }) => (rate.measure === 'tokens' ? used - tokens : 0));
      },
      cancel: () => close(({ amount }) => -amount),
      headers: () => this.#headers(shares),
    };
  }

  #headers(shares: readonly Share[]): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const measure of ['requests', 'tokens'] as const) {
      let nearest: Share | undefined;
      for (const share of shares) {
        if (share.rate.measure === measure && (nearest === undefined || left(share) < left(nearest)))
          nearest = share;
      }
      if (nearest === undefined) continue;
      headers[`x-ratelimit-limit-${measure}`] = String(nearest.rate.limit);
      headers[`x-ratelimit-remaining-${measure}`] = String(left(nearest));
      headers[`x-ratelimit-reset-${measure}`] = formatDuration(nearest.counter.ends - this.#clock.now());
    }
    return headers;
  }
}

const CODES = { requests: 'quota_requests', tokens: 'quota_tokens' } as const;

const left = ({ rate, counter }: Share): number => Math.max(0, Math.floor(rate.limit - counter.used));

/** Whose count a quota speaks of; undefined where it does not apply to this request. */
function scopeOf(quota: Quota, caller: Caller, model: string): string | undefined {
  const { id, per, callers, teams, models } = quota;
  const applies =
    (callers?.(caller.name) ?? true) && (teams?.(caller.team) ?? true) && (models?.(model) ?? true);
  if (!applies) return undefined;
  switch (per) {
    case 'caller':
      return `${id}: ${caller.id}`;
    case 'team':
      return `${id}: ${caller.team}`;
    case 'model':
      return `${id}: ${model}`;
    case 'caller+model':
      return `${id}: ${caller.id} ${model}`;
  }
}
