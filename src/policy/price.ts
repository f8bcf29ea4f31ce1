import { MOST } from '../base/money.ts';
import type { Usage } from '../exchange/exchange.ts';

/** What a token costs, in pico-dollars. */
export interface Rates {
  readonly input: bigint;
  /** Of the input: read from the provider's cache. */
  readonly cachedInput: bigint;
  /** Of the input: written to the provider's cache. */
  readonly cacheWrite: bigint;
  readonly output: bigint;
  /** Of the output: reasoning. */
  readonly reasoning: bigint;
}

/** What a model costs. */
export interface Price extends Rates {
  /** For each request that is answered, in pico-dollars. */
  readonly request: bigint;
  /** Rates of all tokens of a request whose input is over so many tokens. */
  readonly long: (Rates & { readonly above: number }) | undefined;
}

/** What models cost, by the names that upstreams know them by: those are what is invoiced. */
export interface PriceTable {
  /** SHA-256 (hex) of the table as canonical JSON; of the shipped one too where that is asked second. */
  readonly hash: string;
  /** The day on which the prices were looked up, `2026-05-31`. */
  readonly asOf: string;
  /** Undefined: nobody has said. */
  find(model: string, upstream: string): Price | undefined;
}

/** What costs nothing, such as counting tokens. */
export const FREE: Price = {
  input: 0n,
  cachedInput: 0n,
  cacheWrite: 0n,
  output: 0n,
  reasoning: 0n,
  request: 0n,
  long: undefined,
};

const PICO_IN_NANO = 1000n;

/**
 * What a request costs, in nano-dollars: worked out in pico-dollars without rounding, then rounded up once, so that the
 * cost is never less than the price. That number is the cost everywhere (counters, ledger, reports): sums of it are exact.
 */
export function costOf(price: Price, usage: Usage): number {
  const { input, output, cached = 0, cacheWrite = 0, reasoning = 0 } = usage;
  const rates = ratesFor(price, input);
  return nano(
    price.request +
      BigInt(Math.max(0, input - cached - cacheWrite)) * rates.input +
      BigInt(cached) * rates.cachedInput +
      BigInt(cacheWrite) * rates.cacheWrite +
      BigInt(Math.max(0, output - reasoning)) * rates.output +
      BigInt(reasoning) * rates.reasoning,
  );
}

/** The most that so many tokens can cost, in nano-dollars: each at the dearest rate that it may turn out to have. */
export function mostOf(price: Price, { input, output }: Usage): number {
  const { input: plain, cachedInput, cacheWrite, output: answer, reasoning } = ratesFor(price, input);
  return nano(
    price.request +
      BigInt(input) * largest(plain, cachedInput, cacheWrite) +
      BigInt(output) * largest(answer, reasoning),
  );
}

const ratesFor = (price: Price, input: number): Rates =>
  price.long !== undefined && input > price.long.above ? price.long : price;

const largest = (...rates: bigint[]): bigint => rates.reduce((most, rate) => (rate > most ? rate : most));

function nano(pico: bigint): number {
  const cost = (pico + PICO_IN_NANO - 1n) / PICO_IN_NANO;
  return cost > BigInt(MOST) ? MOST : Number(cost);
}
