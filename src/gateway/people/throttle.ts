/** Wrong answers that cost no wait: people mistype. */
const FREE = { account: 3, network: 20 } as const;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 15 * 60_000;
/** After so long without another one, all is forgotten. */
const MEMORY = 60 * 60_000;
/** Accounts and networks that are remembered; the ones that were quiet longest give way. */
const MOST = 10_000;

const KINDS = ['account', 'network'] as const;

interface Failures {
  readonly count: number;
  readonly last: number;
  /** When the one before the last was. */
  readonly before: number;
}

/** What an attempt is counted by. */
export interface AttemptOf {
  /** Whose account, as it is told apart here: it need not be there. */
  readonly account: string;
  readonly network: string;
}

/**
 * Guessing gets slower with each wrong answer, for an account and for a network: 1, 2, 4… seconds, up to a quarter of an
 * hour. It is only ever a delay, so nobody can lock an owner out for good; and whoever names the account together with a
 * network that its owner is known from is counted apart from strangers. (OWASP, "Slow down online guessing attacks with device cookies".)
 */
export class Throttle {
  readonly #tick: () => number;
  readonly #failures = new Map<string, Failures>();

  /** @param tick milliseconds, never going back */
  constructor(tick: () => number) {
    this.#tick = tick;
  }

  /**
   * An attempt begins. It counts as failed until {@link right} says otherwise, so that many at once are no way around.
   * @returns milliseconds to wait before it is looked at; 0: it is looked at now, and counted
   */
  begin(attempt: AttemptOf): number {
    const wait = Math.max(...KINDS.map((kind) => this.#waits(nameOf(kind, attempt), FREE[kind])));
    if (wait > 0) return wait;
    for (const kind of KINDS) {
      const name = nameOf(kind, attempt);
      const { count, last: before } = this.#recent(name) ?? { count: 0, last: this.#tick() };
      this.#failures.delete(name);
      this.#failures.set(name, { count: count + 1, last: this.#tick(), before });
    }
    for (const name of this.#failures.keys()) {
      if (this.#failures.size <= MOST) break;
      this.#failures.delete(name);
    }
    return 0;
  }

  /** What was shown was right: the attempt does not count, and the next step need not wait for it. */
  right(attempt: AttemptOf): void {
    for (const kind of KINDS) {
      const name = nameOf(kind, attempt);
      const { count, before } = this.#failures.get(name) ?? { count: 0, before: 0 };
      if (count > 1) this.#failures.set(name, { count: count - 1, last: before, before });
      else this.#failures.delete(name);
    }
  }

  /** The account's owner is in. The network keeps its count: else whoever has one account could try all others. */
  passed(attempt: AttemptOf): void {
    this.#failures.delete(nameOf('account', attempt));
  }

  #recent(name: string): Failures | undefined {
    const found = this.#failures.get(name);
    return found === undefined || this.#tick() - found.last >= MEMORY ? undefined : found;
  }

  #waits(name: string, free: number): number {
    const found = this.#recent(name);
    if (found === undefined || found.count < free) return 0;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(found.count - free, 30));
    return Math.max(0, found.last + wait - this.#tick());
  }
}

const nameOf = (kind: (typeof KINDS)[number], attempt: AttemptOf): string => `${kind} ${attempt[kind]}`;
