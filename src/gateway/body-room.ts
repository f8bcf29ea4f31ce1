import { Refusal } from '../base/refusal.ts';

/** The most bytes at once. */
export interface BodyLimits {
  /** Of one body: so much has room wherever nothing else is on its way. */
  readonly body: number;
  readonly bodies: number;
  readonly caller_bodies: number;
}

/** What a piece costs beside its bytes: a body can come in pieces of one byte. */
const PIECE = 200;

/**
 * Request bodies that are on their way in, which nothing else bounds: quotas are asked when a body is there. Of all callers
 * together, and of each, so that one alone cannot fill the memory, nor keep the others out.
 */
export class BodyRoom {
  readonly #callers = new Map<string, number>();
  #all = 0;

  /** Room for one body; takes nothing yet. */
  open(caller: string, limits: BodyLimits): BodyShare {
    return new BodyShare((bytes) => this.#add(caller, bytes, limits));
  }

  #add(caller: string, bytes: number, { body, bodies, caller_bodies }: BodyLimits): void {
    const all = this.#all + bytes;
    const theirs = (this.#callers.get(caller) ?? 0) + bytes;
    if (bytes > 0) {
      const full = { hint: 'Too much is on its way at once.', retryAfter: 1 };
      if (theirs > Math.max(body + PIECE, caller_bodies)) throw new Refusal('quota_concurrency', full);
      if (all > Math.max(body + PIECE, bodies)) throw new Refusal('overloaded', full);
    }
    this.#all = all;
    if (theirs === 0) this.#callers.delete(caller);
    else this.#callers.set(caller, theirs);
  }
}

/** What one body has taken. Whoever opened it ends it. */
export class BodyShare {
  readonly #add: (bytes: number) => void;
  #taken = 0;

  constructor(add: (bytes: number) => void) {
    this.#add = add;
  }

  /** Throws `quota_concurrency` where the caller's other bodies leave no room, `overloaded` where those of all do not. */
  take(length: number): void {
    this.#add(length + PIECE);
    this.#taken += length + PIECE;
  }

  end(): void {
    if (this.#taken > 0) this.#add(-this.#taken);
    this.#taken = 0;
  }
}
