const PARTS = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const COUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A time for people, in their zone; the dash stands for none. */
export const moment = (iso: string | null | undefined): string =>
  iso === null || iso === undefined || iso === '' ? '–' : PARTS.format(new Date(iso));

export const clock = (ms: number): string => CLOCK.format(new Date(ms));

export const count = (value: number): string => COUNT.format(value);

const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** A share of one as people say it; the dash stands for none. */
export const percent = (share: number | null): string => (share === null ? '–' : PERCENT.format(share));

/** Milliseconds as people say them. */
export function span(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** How long it is until then, as people say it. @param ms negative: it is over */
export function left(ms: number): string {
  if (ms <= 0) return 'now';
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 100) return `in ${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `in ${hours} h ${minutes % 60} min` : `in ${Math.floor(hours / 24)} days`;
}

/** Dollars as the gateway writes them, cut to what people read. */
export function dollars(text: string | number): string {
  const value = Number(text);
  if (value === 0) return '$0';
  return value < 0.01 ? `$${value.toPrecision(2)}` : `$${value.toFixed(2)}`;
}
