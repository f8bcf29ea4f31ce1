/** Random numbers that are the same for the same seed, on every machine. Not for secrets. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  #spare: number | undefined;

  /** @param seed a whole number below 2³² */
  constructor(seed: number) {
    // SplitMix32 spreads the seed over the state.
    let state = seed >>> 0;
    const next = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    };
    [this.#a, this.#b, this.#c, this.#d] = [next(), next(), next(), next()];
  }

  /** Another stream of numbers, for a part that should not depend on how much the others draw. */
  fork(label: number): Random {
    return new Random((this.bits() ^ Math.imul(label + 1, 0x9e3779b1)) >>> 0);
  }

  /** 32 random bits: xoshiro128** (Blackman and Vigna, 2018). */
  bits(): number {
    const mixed = Math.imul(rotated(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotated(this.#d, 11);
    return mixed;
  }

  /** From 0 up to, not including, 1. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.uniform();
  }

  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  sign(): 1 | -1 {
    return this.bits() & 0x8000_0000 ? 1 : -1;
  }

  /** Of mean 0 and variance 1 (Box–Muller). */
  normal(): number {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) return spare;
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A count of mean `mean`: Knuth's way, so for means up to some hundreds. */
  poisson(mean: number): number {
    const least = Math.exp(-mean);
    let count = -1;
    for (let product = 1; product > least; count++) product *= this.uniform();
    return Math.max(0, count);
  }

  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let at = values.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      const value = values[at] as number;
      values[at] = values[other] as number;
      values[other] = value;
    }
    return values;
  }
}

const rotated = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
