import type { Window } from './claim.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The window that holds `now` (milliseconds since 1970): where it starts, and where the next one does. */
export function windowAt(window: Window, now: number): { readonly start: number; readonly ends: number } {
  if ('ms' in window) return { start: now, ends: now + window.ms };
  const date = new Date(now);
  const day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  switch (window.calendar) {
    case 'hour': {
      const start = now - (now % HOUR);
      return { start, ends: start + HOUR };
    }
    case 'day':
      return { start: day, ends: day + DAY };
    case 'week': {
      // ISO 8601: a week starts on Monday; Sunday is day 0 here.
      const start = day - ((date.getUTCDay() + 6) % 7) * DAY;
      return { start, ends: start + 7 * DAY };
    }
    case 'month': {
      const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
      return { start: month(0), ends: month(1) };
    }
  }
}
