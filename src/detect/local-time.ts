const QUARTER = 900_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export interface LocalTime {
  readonly hour: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
}

/**
 * Hours and days where people work. Clocks change at quarters of an hour, so one answer holds for a quarter.
 * @param zone an IANA time zone; throws RangeError for one that is none
 */
export function localTimes(zone: string): (time: number) => LocalTime {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hour: 'numeric',
    hourCycle: 'h23',
    weekday: 'short',
  });
  let quarter = Number.NaN;
  let known: LocalTime = { hour: 0, weekday: 1 };
  return (time) => {
    const current = Math.floor(time / QUARTER);
    if (current === quarter) return known;
    const parts = format.formatToParts(time);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    known = { hour: Number(part('hour')), weekday: DAYS.indexOf(part('weekday')) + 1 };
    quarter = current;
    return known;
  };
}
