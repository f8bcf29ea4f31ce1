import type { Clock } from '../base/clock.ts';
import { dollarsOf } from '../base/money.ts';
import { Refusal } from '../base/refusal.ts';
import { formatDuration } from '../base/units.ts';
import type { Amounts, Claim, CountClaim, PlaceClaim } from '../policy/claim.ts';
import type { Background, BackgroundAnswer, LateClaim, Owed, Taken, Used } from './background.ts';
import type { Counter, Counters } from './counters.ts';
import type { BudgetAlert, CounterName, QuotaDesk, Reservation } from './desk.ts';

/** What a request takes from one counter. */
interface Share {
  readonly counter: Counter;
  readonly claim: CountClaim;
  /** The window from which it was taken. */
  readonly epoch: number;
  readonly start: number;
}

/**
 * Quotas, exact under any number of concurrent requests: a reservation looks at all claims and takes from all or from
 * none, in one go.
 */
export class Quotas implements QuotaDesk {
  readonly #counters: Counters;
  readonly #background: Background;
  readonly #clock: Clock;
  /** Requests at work, by scope. */
  readonly #atWork = new Map<string, number>();
  onAlert: (alert: BudgetAlert) => Promise<void> = async () => {};

  constructor(counters: Counters, background: Background, clock: Clock) {
    this.#counters = counters;
    this.#background = background;
    this.#clock = clock;
  }

  flushed(): Promise<void> {
    return this.#counters.flushed();
  }

  used(counters: readonly CounterName[]): number[] {
    return counters.map(({ counter, window }) => this.#counters.get(counter, window).used);
  }

  reserve(claims: readonly Claim[]): Reservation {
    const shares: Share[] = [];
    const places: PlaceClaim[] = [];
    for (const claim of claims) {
      if (claim.kind === 'place') {
        places.push(claim);
        continue;
      }
      const counter = this.#counters.get(claim.counter, claim.window);
      shares.push({ counter, claim, epoch: counter.epoch, start: counter.start });
    }
    const crowded = places.find(({ scope, limit }) => (this.#atWork.get(scope) ?? 0) >= limit);
    if (crowded !== undefined) {
      const hint = `At most ${crowded.limit} per ${crowded.per}.`;
      throw new Refusal('quota_concurrency', { retryAfter: 1, hint, headers: this.#headers(shares) });
    }
    this.#check(shares);
    for (const { counter, claim } of shares) {
      counter.holders += 1;
      counter.held += claim.amount;
      this.#counters.add(counter, claim.amount);
    }
    for (const { scope } of places) this.#atWork.set(scope, (this.#atWork.get(scope) ?? 0) + 1);
    return this.#reservation(shares, places);
  }

  /** Refuses with the quota that will take longest to have room again. */
  #check(shares: readonly Share[]): void {
    let fullest: Share | undefined;
    for (const share of shares) {
      const { measure, amount, limit } = share.claim;
      if (limit === undefined || share.counter.used + amount <= limit) continue;
      if (amount > limit) {
        const hint =
          measure === 'dollars'
            ? `This request alone may cost $${dollarsOf(amount)}, more than the $${dollarsOf(limit)} of a whole window: ask for less.`
            : `This request alone may take ${amount} ${measure}, more than the ${limit} of a whole window: ask for less.`;
        throw new Refusal(CODES[measure], { hint, headers: this.#headers(shares) });
      }
      if (fullest === undefined || share.counter.ends > fullest.counter.ends) fullest = share;
    }
    if (fullest === undefined) return;
    const { counter, claim } = fullest;
    const retryAfter = Math.max(1, Math.ceil((counter.ends - this.#clock.now()) / 1000));
    throw new Refusal(CODES[claim.measure], { retryAfter, headers: this.#headers(shares) });
  }

  #reservation(shares: readonly Share[], places: readonly PlaceClaim[]): Reservation {
    let open = true;
    const close = (change: (claim: CountClaim) => number) => {
      if (!open) return;
      open = false;
      for (const { counter, claim, epoch } of shares) {
        const amount = change(claim);
        // What was taken from a window that is over is over with it; what was used beyond it is used now.
        this.#counters.turn(counter, claim.window);
        if (amount > 0 || (amount < 0 && counter.epoch === epoch)) this.#counters.add(counter, amount);
        counter.holders -= 1;
        if (counter.epoch === epoch) counter.held -= claim.amount;
        this.#tell(counter, claim);
      }
      for (const { scope } of places) {
        const left = (this.#atWork.get(scope) ?? 1) - 1;
        if (left > 0) this.#atWork.set(scope, left);
        else this.#atWork.delete(scope);
      }
    };
    const settle = (used: Amounts) => close(({ measure, amount }) => (used[measure] ?? amount) - amount);
    return {
      settle,
      defer: (answer: BackgroundAnswer, charged: Used, owed: Owed | undefined) => {
        settle({ ...charged });
        const claims = shares.flatMap(({ claim, start }) =>
          claim.measure === 'requests' ? [] : { ...claim, start },
        );
        this.#counters.flush(() => this.#background.put(answer, owed, claims));
      },
      cancel: () => close(({ amount }) => -amount),
      headers: () => this.#headers(shares),
    };
  }

  take(key: string, by: Taken): Owed | undefined {
    return this.#background.take(key, by);
  }

  finish(key: string): void {
    const late = this.#background.late(key);
    if (late === undefined) return;
    const { claims, charged, used } = late;
    const undo: (() => void)[] = [];
    for (const claim of claims) {
      const counter = this.#counters.get(claim.counter, claim.window);
      const before = counter.used;
      undo.push(() => {
        counter.used = before;
      });
      this.#change(counter, claim, amountOf(used, claim) - amountOf(charged, claim));
    }
    try {
      this.#counters.flush(() => this.#background.finish(key));
    } catch (error) {
      // It is done with the counters, or not at all.
      for (const act of undo.reverse()) act();
      throw error;
    }
    for (const claim of claims) this.#tell(this.#counters.get(claim.counter, claim.window), claim);
  }

  /** What was taken from a window that is over is over with it; what was used beyond it is used now. */
  #change(counter: Counter, { start }: LateClaim, amount: number): void {
    if (amount > 0 || (amount < 0 && counter.start === start)) this.#counters.add(counter, amount);
  }

  /** Only what is settled is spent: what others have set aside may come back. */
  #tell(counter: Counter, { alerts, limit = 0 }: CountClaim): void {
    if (alerts === undefined) return;
    const { marks, ...whose } = alerts;
    const { start, ends, epoch } = counter;
    const spent = counter.used - counter.held;
    for (const { percent, at } of marks) {
      if (percent <= counter.telling || spent < at) continue;
      counter.telling = percent;
      this.onAlert({ ...whose, percent, spent, limit, start, ends }).then(
        () => {
          if (counter.epoch !== epoch) return;
          counter.told = Math.max(counter.told, percent);
          this.#counters.keep(counter);
        },
        () => {
          if (counter.epoch === epoch) counter.telling = counter.told;
        },
      );
    }
  }

  #headers(shares: readonly Share[]): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const measure of ['requests', 'tokens'] as const) {
      let nearest: { readonly counter: Counter; readonly limit: number; readonly left: number } | undefined;
      for (const { counter, claim } of shares) {
        if (claim.measure !== measure || claim.limit === undefined) continue;
        const left = Math.max(0, Math.floor(claim.limit - counter.used));
        if (nearest === undefined || left < nearest.left) nearest = { counter, limit: claim.limit, left };
      }
      if (nearest === undefined) continue;
      headers[`x-ratelimit-limit-${measure}`] = String(nearest.limit);
      headers[`x-ratelimit-remaining-${measure}`] = String(nearest.left);
      headers[`x-ratelimit-reset-${measure}`] = formatDuration(nearest.counter.ends - this.#clock.now());
    }
    return headers;
  }
}

const amountOf = (used: Used, { measure }: CountClaim): number =>
  measure === 'requests' ? 0 : used[measure];

const CODES = { requests: 'quota_requests', tokens: 'quota_tokens', dollars: 'quota_dollars' } as const;
