const SIZES = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;
const DURATIONS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Bytes: `10MB`, `64KB`, `512B`, or a plain number of bytes. 1 KB is 1,024 bytes.
 * Undefined where the text is no size, or no whole number of bytes.
 */
export const parseSize = (value: string | number): number | undefined => quantity(value, SIZES, 'B');

/** Milliseconds: `50ms`, `30s`, `5m`, `12h`, `7d`, or a plain number of seconds. Undefined where it is none. */
export const parseDuration = (value: string | number): number | undefined => quantity(value, DURATIONS, 's');

function quantity<Unit extends string>(
  value: string | number,
  units: Readonly<Record<Unit, number>>,
  plain: Unit,
): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-zA-Z]{0,2})$/.exec(String(value).trim());
  if (match === null) return undefined;
  const [, amount = '', name = ''] = match;
  const unit = name === '' ? plain : (Object.keys(units) as Unit[]).find((known) => known === name);
  if (unit === undefined) return undefined;
  // Fractions such as 1.1s are not exact in binary: a thousandth off is the same quantity.
  const exact = Number(amount) * units[unit];
  const whole = Math.round(exact);
  return Math.abs(exact - whole) < 1e-3 && Number.isSafeInteger(whole) ? whole : undefined;
}

/** A duration as Go and the OpenAI API write it: `6m0s`, `1h0m30s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole === 0) return '0s';
  if (whole < DURATIONS.s) return `${whole}ms`;
  const hours = Math.floor(whole / DURATIONS.h);
  const minutes = Math.floor((whole % DURATIONS.h) / DURATIONS.m);
  const seconds = `${(whole % DURATIONS.m) / DURATIONS.s}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
