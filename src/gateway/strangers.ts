/**
 * Requests without a valid credential are recorded too, but a stranger must not fill the disk with them: so many
 * a minute get an entry of their own, the rest are counted into one.
 */
export class Strangers {
  readonly #perMinute: number;
  readonly #now: () => number;
  #minute = 0;
  #taken = 0;
  #missed = 0;

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** True where this one gets an entry of its own. */
  admit(): boolean {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#taken = 0;
    }
    if (this.#taken < this.#perMinute) {
      this.#taken += 1;
      return true;
    }
    this.#missed += 1;
    return false;
  }

  /** How many had no entry since last asked. */
  takeMissed(): number {
    const missed = this.#missed;
    this.#missed = 0;
    return missed;
  }
}
