const PARTS = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const COUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A time for people, in their zone; the dash stands for none. */
export const moment = (iso: string | null | undefined): string =>
  iso === null || iso === undefined || iso === '' ? '–' : PARTS.format(new Date(iso));

export const clock = (ms: number): string => CLOCK.format(new Date(ms));

export const count = (value: number): string => COUNT.format(value);

/** Milliseconds as people say them. */
export function span(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** Dollars as the gateway writes them, cut to what people read. */
export function dollars(text: string | number): string {
  const value = Number(text);
  if (value === 0) return '$0';
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;
}
