import { createHmac, createSecretKey, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Refusal } from '../../base/refusal.ts';

/**
 * 17 random bytes (WebAuthn asks for 16, section 13.4.3), 6 of time, 16 of a keyed hash: in base64url that leaves no spare
 * bits, so each is written in one way only.
 */
const NONCE = 17;
const TIME = 6;
const TAG = 16;
const FORM = /^[A-Za-z0-9_-]{52}$/;
/** Challenges that were used and have not ended yet: only who has shown a factor uses one. */
const MOST = 20_000;

/**
 * Challenges that are good once, for one purpose, for a while. They carry their own end and proof, so those that nobody
 * comes back with cost no memory: a stranger who asks for a million of them drives out nobody's. What was used is
 * remembered until it would have ended; the key is this process's own, so a restart ends them all.
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #life: number;
  readonly #key: KeyObject = createSecretKey(randomBytes(32));
  /** Used ones, by when they end. */
  readonly #used = new Map<string, number>();

  /** @param life milliseconds */
  constructor(clock: Clock, life: number) {
    this.#clock = clock;
    this.#life = life;
  }

  /** How long one is good, milliseconds. */
  get life(): number {
    return this.#life;
  }

  /** @param purpose what it is for, and whose it is */
  make(purpose: string): string {
    const bytes = Buffer.alloc(NONCE + TIME);
    randomBytes(NONCE).copy(bytes);
    bytes.writeUIntBE(this.#clock.now() + this.#life, NONCE, TIME);
    return Buffer.concat([bytes, this.#tag(bytes, purpose)]).toString('base64url');
  }

  /** Whether it was made for this, has not ended and was not used. */
  holds(challenge: string, purpose: string): boolean {
    if (!FORM.test(challenge) || this.#used.has(challenge)) return false;
    const bytes = Buffer.from(challenge, 'base64url');
    const body = bytes.subarray(0, NONCE + TIME);
    return (
      timingSafeEqual(bytes.subarray(NONCE + TIME), this.#tag(body, purpose)) &&
      this.#endOf(challenge) > this.#clock.now()
    );
  }

  /** Uses it up: of two who come at once, one gets true. Throws `overloaded` where too many are remembered. */
  use(challenge: string, purpose: string): boolean {
    if (!this.holds(challenge, purpose)) return false;
    if (this.#used.size >= MOST) {
      const now = this.#clock.now();
      for (const [used, end] of this.#used) if (end <= now) this.#used.delete(used);
      if (this.#used.size >= MOST) throw new Refusal('overloaded', { retryAfter: 60 });
    }
    this.#used.set(challenge, this.#endOf(challenge));
    return true;
  }

  #endOf(challenge: string): number {
    return Buffer.from(challenge, 'base64url').readUIntBE(NONCE, TIME);
  }

  #tag(body: Uint8Array, purpose: string): Buffer {
    return createHmac('sha256', this.#key).update(body).update(purpose).digest().subarray(0, TAG);
  }
}
