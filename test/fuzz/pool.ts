/** Inputs that are kept; longer ones are not worth changing further. */
const MOST = 2_000;
const LONGEST = 4096;

/**
 * What mutations start from: the seeds, and each input that made a target do what none did before it. So changes add up,
 * and what lies behind three of them is found as well. Of inputs that do the same the smallest stays.
 */
export class Pool {
  readonly inputs: Buffer[];
  readonly #seeds: number;
  readonly #seen = new Map<string, number>();

  constructor(seeds: readonly Buffer[]) {
    this.inputs = [...seeds];
    this.#seeds = seeds.length;
  }

  /** @param sign of what the target did; undefined where it does not say */
  learn(input: Buffer, sign: string | undefined): void {
    if (sign === undefined || input.length > LONGEST) return;
    const at = this.#seen.get(sign);
    if (at === undefined) {
      if (this.#seen.size >= MOST) return;
      const known = this.inputs.findIndex((seed) => seed.equals(input));
      this.#seen.set(sign, known < 0 ? this.inputs.push(Buffer.from(input)) - 1 : known);
    } else if (at >= this.#seeds && input.length < (this.inputs[at]?.length ?? 0))
      this.inputs[at] = Buffer.from(input);
  }
}
