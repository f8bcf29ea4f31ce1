import type { ReviewState, Reviews } from '../../store/reviews.ts';
import type { Answer } from '../answer.ts';

/** How often it is looked whether somebody has decided, in milliseconds. Only while somebody waits. */
const LOOK = 200;
/** Connections of one process, those of one caller, and what all of them hold in memory, in bytes. */
const MOST = 256;
const MOST_OF_CALLER = 16;
const MOST_BYTES = 64 * 1024 * 1024;

/** How a wait ended: with a decision, without one, or because nobody waits any more. */
export type Waited = Exclude<ReviewState, 'open'> | 'late' | 'gone';

interface Waiter {
  readonly review: string;
  readonly caller: string;
  readonly bytes: number;
  /** On the clock that never goes back. */
  readonly until: number;
  end(how: Waited): void;
}

interface RoomParts {
  readonly reviews: Pick<Reviews, 'states'>;
  readonly tick: () => number;
  /** Whoever waits is sent away: the gateway is closing. */
  readonly closing: () => boolean;
}

/**
 * Connections that wait for a person. What is decided is read from the store, which every process has open: so no message can be
 * lost, whichever process decides, and whenever it was restarted.
 */
export class WaitingRoom {
  readonly #parts: RoomParts;
  readonly #waiters = new Set<Waiter>();
  #looking: NodeJS.Timeout | undefined;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /**
   * Resolves when it is decided, or after `ms` milliseconds at the latest; at once where the room is full.
   * @param bytes what is held meanwhile
   */
  wait(review: string, caller: string, ms: number, bytes: number, answer: Answer): Promise<Waited> {
    if (ms <= 0 || !this.#hasRoom(caller, bytes)) return Promise.resolve('late');
    return new Promise((resolve) => {
      const end = (how: Waited) => {
        if (!this.#waiters.delete(waiter)) return;
        if (this.#waiters.size === 0) clearInterval(this.#looking);
        resolve(how);
      };
      const waiter: Waiter = { review, caller, bytes, until: this.#parts.tick() + ms, end };
      if (this.#waiters.size === 0) this.#looking = setInterval(() => this.#look(), LOOK);
      this.#waiters.add(waiter);
      answer.onGone(() => end('gone'));
    });
  }

  #hasRoom(caller: string, bytes: number): boolean {
    let own = 0;
    let held = bytes;
    for (const waiter of this.#waiters) {
      if (waiter.caller === caller) own += 1;
      held += waiter.bytes;
    }
    return this.#waiters.size < MOST && own < MOST_OF_CALLER && held <= MOST_BYTES;
  }

  #look(): void {
    const states = this.#states();
    const now = this.#parts.tick();
    for (const waiter of [...this.#waiters]) {
      const state = states.get(waiter.review);
      if (state === 'passed' || state === 'blocked') waiter.end(state);
      else if (waiter.until <= now || this.#parts.closing()) waiter.end('late');
    }
  }

  /** A database that is busy is looked at again. */
  #states(): Map<string, ReviewState> {
    try {
      return this.#parts.reviews.states([...new Set([...this.#waiters].map(({ review }) => review))]);
    } catch {
      return new Map();
    }
  }
}
