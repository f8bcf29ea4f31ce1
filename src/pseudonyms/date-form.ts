import type { Form, Making } from './form.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

const ISO = /^(\d{4})([-/.])\d{2}\2\d{2}$/;
const NUMERIC = /^\d{1,2}([-/.])\d{1,2}\1(\d{4})$/;
const DAY_FIRST = /^\d{1,2}(?:st|nd|rd|th)? ([A-Z][a-z]+),? (\d{4})$/;
const MONTH_FIRST = /^([A-Z][a-z]+) \d{1,2}(?:st|nd|rd|th)?,? (\d{4})$/;

/**
 * Another day in the same layout, within three years: a model that reckons an age is not far off. Day and month are
 * both from 1 to 12, so that it is a date in either order.
 */
export function dateForm({ value, random }: Making): Form | undefined {
  const year = yearOf(value);
  if (year === undefined) return undefined;
  const [y, month, day] = [String(year - 3 + random(7)), 1 + random(12), 1 + random(12)];
  const [mm, dd] = [month, day].map((number) => String(number).padStart(2, '0'));
  const name = MONTHS[month - 1] as string;
  const iso = ISO.exec(value);
  const numeric = NUMERIC.exec(value);
  const [dayFirst, monthFirst] = [`${day} ${name} ${y}`, `${name} ${day}, ${y}`];
  const text =
    iso !== null
      ? [y, mm, dd].join(iso[2])
      : numeric !== null
        ? [dd, mm, y].join(numeric[1])
        : DAY_FIRST.test(value)
          ? dayFirst
          : monthFirst;
  // Of 03/04/1987 nobody knows which is the month.
  const others = numeric === null ? [`${y}-${mm}-${dd}`, dayFirst, monthFirst, `${name} ${day} ${y}`] : [];
  return { text, spellings: { strict: [text, ...others].map((one) => one.toLowerCase()) }, bounded: true };
}

function yearOf(value: string): number | undefined {
  const numeric = ISO.exec(value)?.[1] ?? NUMERIC.exec(value)?.[2];
  if (numeric !== undefined) return Number(numeric);
  const named = DAY_FIRST.exec(value) ?? MONTH_FIRST.exec(value);
  const known = MONTHS.some((month) => month === named?.[1] || month.slice(0, 3) === named?.[1]);
  return known ? Number(named?.[2]) : undefined;
}
