/** Shares of the queries left over that may be hits: from one in ten to nearly all. */
const RATES = [0.08, 0.25, 0.6, 0.95] as const;
const MOST = 1e200;

/**
 * Whether hits come more often than by chance, decided after each query, for ever, with one bound on false alarms: a
 * test martingale (Ville, 1939). A bet is placed on each of four rates of hits, and on each query as the one from which
 * they come, the k-th with a weight of 1/(k(k+1)), so that an attack after much honest traffic is found too. Under the null
 * hypothesis (each query hits with a chance of at most `chance`, whatever came before) the evidence exceeds 1/α, ever, with a
 * probability of at most α. Shin, Ramdas, Rinaldo: E-detectors, 2024; Wald's SPRT, mixed.
 */
export class SequentialTest {
  /** Count of queries, then a wealth for each rate. All its state. */
  readonly memory = new Float64Array(1 + RATES.length);
  readonly #gain: readonly number[];
  readonly #loss: readonly number[];
  readonly #most: number;

  /** @param most what the wealth of a bet is cut to: a test that is to forget what is over needs little */
  constructor(chance: number, most = MOST) {
    this.#most = most;
    const rates = RATES.map((share) => chance + (1 - chance) * share);
    this.#gain = rates.map((rate) => rate / chance);
    this.#loss = rates.map((rate) => (1 - rate) / (1 - chance));
  }

  /** Takes one query, and gives the evidence so far. */
  take(hit: boolean): number {
    const count = (this.memory[0] as number) + 1;
    this.memory[0] = count;
    const stake = 1 / (count * (count + 1));
    const factors = hit ? this.#gain : this.#loss;
    for (let at = 0; at < factors.length; at++)
      this.memory[at + 1] = Math.min(
        this.#most,
        ((this.memory[at + 1] as number) + stake) * (factors[at] as number),
      );
    return this.evidence;
  }

  /** How many times likelier what was seen is than by chance; 1 at the start. */
  get evidence(): number {
    let sum = 0;
    for (let at = 1; at < this.memory.length; at++) sum += this.memory[at] as number;
    return sum / RATES.length + 1 / ((this.memory[0] as number) + 1);
  }

  reset(): void {
    this.memory.fill(0);
  }
}
