import { Refusal } from '../../base/refusal.ts';
import type { Cleared } from '../../exchange/cleared.ts';
import type { Prompt } from '../../exchange/exchange.ts';
import type { Receipt } from '../../ledger/receipt.ts';
import type { ModelRoute } from '../../settings/model-route.ts';
import { forward, type UpstreamAnswer, type UpstreamRequest, type Waiting } from '../forward.ts';
import type { Passage } from '../passage.ts';
import { OutOfReach } from '../reach.ts';
import { refusalOfStatus, retryAfterOf } from '../status.ts';
import { type Failure, mayRetry, pauseBefore, verdictOf } from './retry.ts';
import type { Lease, Target, TargetState } from './targets.ts';

/** The target that answered. */
export interface Reached<T extends Target> {
  readonly upstream: UpstreamAnswer;
  readonly target: T;
  /** To be ended with the answer. */
  readonly lease: Lease;
}

/** Targets in the order in which they are to be asked, all of which may see the prompt. */
export interface Plan<T extends Target> {
  readonly route: ModelRoute;
  readonly targets: readonly [T, ...T[]];
}

/**
 * Asks one target after the other until one answers, or there is nobody left who may be asked. All attempts are under
 * one receipt, and all are before the first byte of an answer: what has begun to answer is never given up for another.
 * @returns the answer of the first target that gave one which is not retried: a success, or an error to be passed on
 */
export async function attempt<T extends Target>(
  passage: Passage,
  plan: Plan<T>,
  cleared: Cleared<Prompt>,
  receipt: Receipt,
  address: (target: T) => UpstreamRequest,
): Promise<Reached<T>> {
  const attempts = new Attempts(passage, plan, (target, waiting) =>
    forward(cleared, receipt, target.upstream, address(target), waiting),
  );
  try {
    return await attempts.run();
  } finally {
    attempts.stop();
  }
}

/** A target of this request: how often it was asked, and when it may be again. */
interface Candidate<T extends Target> {
  readonly target: T;
  readonly state: TargetState;
  tries: number;
  /** On the clock that only runs forward; infinite where it is not asked again. */
  from: number;
}

type Send<T extends Target> = (target: T, waiting: Waiting) => Promise<UpstreamAnswer>;

class Attempts<T extends Target> {
  readonly #passage: Passage;
  readonly #route: ModelRoute;
  readonly #send: Send<T>;
  readonly #candidates: readonly Candidate<T>[];
  readonly #deadline: number;
  #late = false;
  #left: number;
  #abort: (why: Refusal) => void = () => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(passage: Passage, { route, targets }: Plan<T>, send: Send<T>) {
    const { gate, answer } = passage;
    this.#passage = passage;
    this.#route = route;
    this.#send = send;
    this.#candidates = targets.map((target) => ({
      target,
      state: gate.targets.of(target.settings),
      tries: 0,
      from: 0,
    }));
    this.#left = 1 + route.retry.retries;
    const { deadline } = route.retry;
    this.#deadline = gate.clock.tick() + deadline;
    if (Number.isFinite(deadline)) {
      this.#timer = setTimeout(() => {
        this.#late = true;
        this.#abort(new Refusal('upstream_timeout'));
      }, deadline);
    }
    answer.onGone(() => this.#abort(new Refusal('client_gone')));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async run(): Promise<Reached<T>> {
    let worst: Refusal | undefined;
    for (;;) {
      const next = this.#next();
      if (next === undefined) throw worst ?? this.#nobody();
      await this.#sleepUntil(next.from);
      // Meanwhile others may have asked it.
      if (this.#waitFor(next) > 0) continue;
      const result = await this.#ask(next);
      if (!('refusal' in result)) return result;
      // What may have been done counts for more than what was not.
      if (worst === undefined || result.sent) worst = result.refusal;
    }
  }

  /** One attempt; a failure that may be followed by another one. */
  async #ask(candidate: Candidate<T>): Promise<Reached<T> | Failure> {
    const { target, state } = candidate;
    const { gate, record, answer } = this.#passage;
    const { settings, upstream: server } = target;
    // Before anything is waited for, so that no two requests take the same last place.
    const lease = state.enter(settings, this.#route.breaker);
    const started = gate.clock.tick();
    const done = (outcome: string, status?: number) => {
      const ms = Math.round((gate.clock.tick() - started) * 1000) / 1000;
      record.attempt({ upstream: server.name, outcome, ...(status !== undefined && { status }), ms });
      gate.metrics.attempted(server.name, outcome);
    };
    let sent = false;
    this.#left -= 1;
    candidate.tries += 1;
    let upstream: UpstreamAnswer;
    try {
      upstream = await this.#send(target, {
        begun: (abort) => {
          this.#abort = abort;
          // It may have gone while the ledger was written.
          if (answer.gone) abort(new Refusal('client_gone'));
        },
        sent: () => {
          sent = true;
          record.bill?.asked({ upstream: server.name, as: settings.as });
        },
      });
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal', { cause: error });
      const verdict = verdictOf(refusal);
      // What never got there says nothing of the target, unless it is why.
      lease.end(sent || verdict === 'failed' ? verdict : 'neither');
      done(refusal.code);
      this.#tellReach(refusal, target);
      const failure = { refusal, status: undefined, sent };
      if (!this.#goOn(candidate, failure, undefined)) throw refusal;
      return failure;
    }
    const { status } = upstream;
    if (status === 200) {
      done('answered');
      return { upstream, target, lease };
    }
    const refusal = refusalOfStatus(upstream);
    done(refusal.code, status);
    const failure = { refusal, status, sent };
    if (!this.#goOn(candidate, failure, retryAfterOf(upstream))) return { upstream, target, lease };
    lease.end(verdictOf(refusal));
    upstream.abort();
    return failure;
  }

  /** Whether another attempt may and can follow this failure. */
  #goOn(candidate: Candidate<T>, failure: Failure, wish: number | undefined): boolean {
    const { retry } = this.#route;
    const pause = pauseBefore(candidate.tries, wish, retry, Math.random);
    candidate.from = pause === undefined ? Number.POSITIVE_INFINITY : this.#passage.gate.clock.tick() + pause;
    return !this.#passage.answer.gone && mayRetry(failure, retry) && this.#next() !== undefined;
  }

  /** Who is asked next: the first in order of those who were asked least, if there is time for it. */
  #next(): Candidate<T> | undefined {
    if (this.#left <= 0 || this.#late) return undefined;
    let best: Candidate<T> | undefined;
    for (const candidate of this.#candidates) {
      if (candidate.from >= this.#deadline || this.#waitFor(candidate) > 0) continue;
      if (best === undefined || candidate.tries < best.tries) best = candidate;
    }
    return best;
  }

  #waitFor({ state, target }: Candidate<T>): number {
    return state.wait(target.settings, this.#route.breaker);
  }

  /** Every target is at its limit, or is left alone because it failed too often. */
  #nobody(): Refusal {
    const wait = Math.min(...this.#candidates.map((candidate) => this.#waitFor(candidate)));
    const hint = 'No server of this model can take the request now.';
    const retryAfter = Number.isFinite(wait) ? Math.ceil(wait / 1000) : 1;
    return new Refusal('upstream_overloaded', { hint, retryAfter });
  }

  /** A client that goes away, and the deadline, end the wait. */
  async #sleepUntil(time: number): Promise<void> {
    const wait = time - this.#passage.gate.clock.tick();
    if (wait <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        timer = setTimeout(resolve, wait);
        this.#abort = reject;
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The caller only hears that the server cannot be reached; the operator hears why. */
  #tellReach({ cause }: Refusal, { upstream }: Target): void {
    if (!(cause instanceof OutOfReach)) return;
    const message = `an upstream has a ${cause.found} address, which is refused unless its reach or allow_addresses names it`;
    this.#passage.gate.log('error', message, { upstream: upstream.name, error: cause.code });
  }
}
