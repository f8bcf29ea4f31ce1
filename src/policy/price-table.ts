import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical.ts';
import { SourceDocument } from '../base/document.ts';
import { anyOf } from '../base/glob.ts';
import { decimal } from '../base/money.ts';
import type { Path } from '../base/schema.ts';
import { DEFAULT_PRICES } from './default-prices.ts';
import type { Price, PriceTable, Rates } from './price.ts';
import { type PriceEntry, pricesSchema } from './price-schema.ts';

type Report = (path: Path, message: string) => void;

interface Line {
  readonly price: Price;
  fits(model: string, upstream: string): boolean;
}

/**
 * Reads `prices.yaml`; what it does not name is looked for in `behind`. Throws `Problem('usage')` that lists every error
 * with line and column.
 */
export function parsePrices(text: string, file: string, behind?: PriceTable): PriceTable {
  const document = SourceDocument.read(text, file);
  const written = document.require(pricesSchema);
  const report: Report = (path, message) => document.report(path, message);
  const lines = written.prices.map((entry, index) => readLine(report, ['prices', index], entry));
  document.finish();
  const hash = createHash('sha256').update(canonicalJson(document.value));
  if (behind !== undefined) hash.update(behind.hash);
  return Object.freeze({
    hash: hash.digest('hex'),
    asOf: written.as_of,
    find: remembering(
      (model, upstream) =>
        lines.find((line) => line.fits(model, upstream))?.price ?? behind?.find(model, upstream),
    ),
  });
}

/** Names that are remembered: where a route has a pattern, callers choose them. */
const REMEMBERED = 1000;

/** The same answers, found once for the names that are asked again and again. */
function remembering(find: PriceTable['find']): PriceTable['find'] {
  const found = new Map<string, Price | undefined>();
  return (model, upstream) => {
    const key = `${upstream} ${model}`;
    if (found.has(key)) return found.get(key);
    if (found.size >= REMEMBERED) found.clear();
    const price = find(model, upstream);
    found.set(key, price);
    return price;
  };
}

/** The table that is shipped. */
export const SHIPPED_PRICES: PriceTable = parsePrices(DEFAULT_PRICES, 'the shipped price table');

/** The table that a policy names, before the shipped one. Throws `Problem('usage')` with every error in it. */
export function findPrices(
  report: Report,
  name: string | undefined,
  readFile: ((path: string) => string) | undefined,
): PriceTable {
  if (name === undefined) return SHIPPED_PRICES;
  let text: string;
  try {
    if (readFile === undefined) throw new Error('no files here');
    text = readFile(name);
  } catch {
    report(['prices'], 'cannot be read');
    return SHIPPED_PRICES;
  }
  return parsePrices(text, name, SHIPPED_PRICES);
}

function readLine(report: Report, at: Path, entry: PriceEntry): Line {
  const { models, upstreams, request = 0, long } = entry;
  const served = anyOf(models);
  const there = upstreams && anyOf(upstreams);
  return {
    price: {
      ...readRates(report, at, entry),
      // Dollars, not dollars for a million: twelve digits after the point are pico-dollars.
      request: decimal(request, 12) ?? reportDigits(report, [...at, 'request'], 12),
      long: long && { above: long.above, ...readRates(report, [...at, 'long'], long) },
    },
    fits: (model, upstream) => served(model) && (there?.(upstream) ?? true),
  };
}

type RateEntry = Pick<PriceEntry, 'input' | 'output' | 'cached_input' | 'cache_write' | 'reasoning'>;

/** Dollars for a million tokens with six digits after the point are whole pico-dollars for one. */
function readRates(report: Report, at: Path, entry: RateEntry): Rates {
  const rate = (name: keyof RateEntry, instead: number): bigint =>
    decimal(entry[name] ?? instead, 6) ?? reportDigits(report, [...at, name], 6);
  return {
    input: rate('input', 0),
    cachedInput: rate('cached_input', entry.input),
    cacheWrite: rate('cache_write', entry.input),
    output: rate('output', 0),
    reasoning: rate('reasoning', entry.output),
  };
}

function reportDigits(report: Report, path: Path, places: number): bigint {
  report(path, `must be a plain decimal with at most ${places} digits after its point`);
  return 0n;
}
