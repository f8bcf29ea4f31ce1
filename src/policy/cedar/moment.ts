/** A time as policies see it: date `2026-11-21`, weekday from Monday (1) to Sunday (7). */
export interface Moment {
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
}

export const MINUTE = 60_000;

/** Reads the clock of one time zone, an IANA name (`Europe/Berlin`). Throws a RangeError where there is no such zone. */
export function clockOf(zone: string): (now: number) => Moment {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    weekday: 'short',
  });
  let minute = Number.NaN;
  let moment: Moment | undefined;
  return (now) => {
    const current = Math.floor(now / MINUTE);
    if (moment !== undefined && current === minute) return moment;
    const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
    minute = current;
    moment = {
      date: `${parts.year}-${parts.month}-${parts.day}`,
      hour: Number(parts.hour),
      minute: Number(parts.minute),
      weekday: WEEKDAYS.indexOf(parts.weekday ?? '') + 1,
    };
    return moment;
  };
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether there is such a zone; offsets (`+02:00`) are none, since they know no summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}
