import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';

interface Held<T> {
  readonly value: T;
  /** Whose it is. */
  readonly owner: string;
  readonly ends: number;
  tries: number;
}

/** Signing in in two steps: so many may be between them at once, in bounded memory. */
const MOST = 2_000;
/** And so many of one owner: whoever begins again and again pushes out nobody but themself. */
const EACH = 8;
/** Wrong answers to one step; after the last the first step must be done again. */
const TRIES = 5;

/**
 * What waits for a second step, by a random token that is good for nothing else: it opens no session. Kept in memory, by
 * the one process that signs people in; the oldest give way where there are too many.
 */
export class Waiting<T> {
  readonly #clock: Clock;
  readonly #life: number;
  readonly #held = new Map<string, Held<T>>();

  /** @param life milliseconds that the second step may take */
  constructor(clock: Clock, life: number) {
    this.#clock = clock;
    this.#life = life;
  }

  /** How long a token is good, milliseconds. */
  get life(): number {
    return this.#life;
  }

  /** @param owner whose it is: of one owner the oldest give way first */
  open(value: T, owner: string): string {
    const token = randomBytes(32).toString('base64url');
    // They were put in by time: the first is the oldest.
    for (const [name, { ends }] of this.#held) {
      if (ends > this.#clock.now() && this.#held.size < MOST) break;
      this.#held.delete(name);
    }
    const own = [...this.#held].filter(([, held]) => held.owner === owner);
    for (const [name] of own.slice(0, Math.max(0, own.length - EACH + 1))) this.#held.delete(name);
    this.#held.set(nameOf(token), { value, owner, ends: this.#clock.now() + this.#life, tries: 0 });
    return token;
  }

  /** What waits. Throws `sign_in_refused` where it is unknown or over. */
  get(token: string): T {
    const held = this.#held.get(nameOf(token));
    if (held === undefined || held.ends <= this.#clock.now()) throw new Refusal('sign_in_refused');
    return held.value;
  }

  /** What waits; each such look is a try. Throws `sign_in_refused` where it is unknown, over, or was tried too often. */
  try(token: string): T {
    const value = this.get(token);
    const name = nameOf(token);
    const held = this.#held.get(name);
    if (held !== undefined) {
      held.tries += 1;
      if (held.tries >= TRIES) this.#held.delete(name);
    }
    return value;
  }

  /** The step is done: the token is good for nothing any more. */
  close(token: string): void {
    this.#held.delete(nameOf(token));
  }
}

/** Looked up by its hash, so that how long a look takes says nothing of the tokens that are there. */
const nameOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
