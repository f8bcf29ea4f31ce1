/**
 * Money, exactly. An amount is a whole number of nano-dollars (billionths): sums of whole numbers have no rounding, and
 * a double holds every one of them up to {@link MOST}, about nine million dollars. Rates, which are finer, are whole
 * pico-dollars in a `bigint`: a price with six digits after its point for a million tokens is a whole number of
 * pico-dollars for one.
 */
export const MOST = Number.MAX_SAFE_INTEGER;

const DIGITS = 9;

/**
 * A decimal such as `12.5` as a whole number of units of 10^-`places`: `decimal('12.5', 2)` is 1250n. Undefined where it
 * is none, is below zero, or has more digits after its point. Takes numbers as they were written: `0.1` is a tenth.
 */
export function decimal(written: string | number, places: number): bigint | undefined {
  const match = /^(\d{1,15})(?:\.(\d+))?$/.exec(String(written));
  if (match === null) return undefined;
  const [, whole = '', part = ''] = match;
  if (part.length > places) return undefined;
  return BigInt(whole + part.padEnd(places, '0'));
}

/** Dollars as a decimal, exactly: `0.0012`, `12.50`. At least two digits follow the point. */
export function dollarsOf(nano: number | bigint): string {
  if (nano < 0) return `-${dollarsOf(-nano)}`;
  const digits = String(nano).padStart(DIGITS + 1, '0');
  const part = digits.slice(-DIGITS).replace(/0{1,7}$/, '');
  return `${digits.slice(0, -DIGITS)}.${part}`;
}

/** What {@link dollarsOf} wrote, in nano-dollars; undefined where it is something else. */
export const nanoDollars = (written: string): bigint | undefined => decimal(written, DIGITS);
