import type { BreakerSettings, ModelRoute, TargetSettings } from '../../settings/model-route.ts';
import type { Upstream } from '../upstream.ts';
import { Breaker, type BreakerState, type Verdict } from './breaker.ts';

/** A model at an upstream that can be asked. */
export interface Target {
  readonly settings: TargetSettings;
  readonly upstream: Upstream;
  /** The model's name there. */
  readonly as: string;
}

/** An attempt's hold on its target. */
export interface Lease {
  /** Lets go; only the first call counts. */
  end(verdict: Verdict): void;
}

/** What is known of the health and load of one target. */
export class TargetState {
  readonly breaker: Breaker;
  readonly #tick: () => number;
  #busy = 0;
  #windowStart = Number.NEGATIVE_INFINITY;
  #asked = 0;

  constructor(tick: () => number, changed: (state: BreakerState) => void) {
    this.#tick = tick;
    this.breaker = new Breaker(tick, changed);
  }

  /** Milliseconds until it may be asked: 0 now; infinite where nobody knows. */
  wait({ limits }: TargetSettings, breaker: BreakerSettings | undefined): number {
    if (limits.concurrency !== undefined && this.#busy >= limits.concurrency) return Number.POSITIVE_INFINITY;
    const broken = breaker === undefined ? 0 : this.breaker.wait(breaker);
    const { requests } = limits;
    if (requests === undefined) return broken;
    const left = this.#windowStart + requests.window - this.#tick();
    return left > 0 && this.#asked >= requests.limit ? Math.max(broken, left) : broken;
  }

  /** Begins an attempt, which `wait` has allowed. */
  enter({ limits }: TargetSettings, breaker: BreakerSettings | undefined): Lease {
    this.#busy += 1;
    this.#countRequest(limits.requests?.window);
    const trying = breaker !== undefined && this.breaker.state !== 'closed';
    if (trying) this.breaker.begin();
    let over = false;
    return {
      end: (verdict) => {
        if (over) return;
        over = true;
        this.#busy -= 1;
        if (breaker !== undefined) this.breaker.end(verdict, trying, breaker);
      },
    };
  }

  #countRequest(window: number | undefined): void {
    if (window === undefined) return;
    const now = this.#tick();
    if (now - this.#windowStart >= window) {
      this.#windowStart = now;
      this.#asked = 0;
    }
    this.#asked += 1;
  }
}

/** States by target. They stay over reloads where the target is the same. */
export class TargetStates {
  readonly #states = new Map<string, TargetState>();
  readonly #tick: () => number;
  readonly #changed: (target: TargetSettings, state: BreakerState) => void;

  constructor(tick: () => number, changed: (target: TargetSettings, state: BreakerState) => void) {
    this.#tick = tick;
    this.#changed = changed;
  }

  of(target: TargetSettings): TargetState {
    let state = this.#states.get(target.id);
    if (state === undefined) {
      state = new TargetState(this.#tick, (next) => this.#changed(target, next));
      this.#states.set(target.id, state);
    }
    return state;
  }

  /** Forgets those that the settings no longer name. */
  keep(routes: readonly ModelRoute[]): void {
    const ids = new Set(routes.flatMap(({ targets }) => targets.map(({ id }) => id)));
    for (const id of this.#states.keys()) if (!ids.has(id)) this.#states.delete(id);
  }
}
