import type { Random } from '../random.ts';
import { groupsOf, type Space, snap } from '../space.ts';
import { type Corruption, level, type Severity } from './corruption.ts';

// What goes wrong with records on their way to a model: fields that are missing, swapped, in another unit, rounded, with the
// wrong sign, or of a category that was typed wrong. Severity is how many fields it happens to. What is sent stays in the
// bounds of the space, as an input contract would hold it.

/** Of the fields that can be meant, some: at least one, at most all. */
function some<T>(random: Random, all: readonly T[], severity: Severity): T[] {
  const count = Math.ceil(all.length * level([0.05, 0.1, 0.2, 0.35, 0.5], severity));
  const order = random.shuffle(Int32Array.from(all.keys()));
  return [...order.subarray(0, count)].map((at) => all[at] as T);
}

/** Free features that are numbers. */
const numbersOf = (space: Space): number[] =>
  groupsOf(space).flatMap(([at, ...more]) =>
    at !== undefined && more.length === 0 && space.fixed[at] !== 1 ? [at] : [],
  );

const categoriesOf = ({ choices, fixed }: Space): (readonly number[])[] =>
  choices.filter((choice) => choice.every((at) => fixed[at] !== 1));

/** Numbers within their bounds, whole where they are, one of each category. */
function fit(space: Space, out: Float32Array, row: Float32Array): Float32Array {
  snap(space, out, row);
  return out;
}

/** Something that happens to single numbers. */
const ofNumbers = (
  name: string,
  title: string,
  change: (value: number, at: number, space: Space, random: Random) => number,
): Corruption => ({
  name,
  title,
  of: 'records',
  apply: (row, severity, space, random) => {
    const out = row.slice();
    for (const at of some(random, numbersOf(space), severity))
      out[at] = change(out[at] as number, at, space, random);
    return fit(space, out, row);
  },
});

const scaled = (name: string, title: string, by: number): Corruption =>
  ofNumbers(name, title, (value) => value * by);

export const RECORDS: readonly Corruption[] = [
  // A model that takes no missing value is sent what stands for it: zero, or the bound that is nearest to zero.
  ofNumbers('missing', 'Missing fields', () => 0),
  {
    name: 'swapped',
    title: 'Swapped fields',
    of: 'records',
    apply: (row, severity, space, random) => {
      const out = row.slice();
      const numbers = numbersOf(space);
      const places = some(random, numbers, severity);
      if (places.length === 1 && numbers.length > 1)
        places.push(...numbers.filter((at) => at !== places[0]).slice(0, 1));
      for (const [index, at] of places.entries())
        out[at] = row[places[(index + 1) % places.length] as number] as number;
      return fit(space, out, row);
    },
  },
  scaled('thousand-times', 'Thousandfold: metres for kilometres', 1000),
  scaled('thousandth', 'A thousandth: kilograms for grams', 0.001),
  ofNumbers('other-scale', 'Another scale: °F for °C', (value) => 1.8 * value + 32),
  ofNumbers('rounded', 'Rounded', (value, at, { lower, upper }) => {
    const step = ((upper[at] as number) - (lower[at] as number)) / 5;
    return step > 0
      ? (lower[at] as number) + Math.round((value - (lower[at] as number)) / step) * step
      : value;
  }),
  ofNumbers('sign-flipped', 'Wrong sign', (value) => -value),
  ofNumbers(
    'noise',
    'Noise',
    (value, at, { unit }, random) => value + 0.5 * (unit[at] as number) * random.normal(),
  ),
  {
    name: 'mistyped-category',
    title: 'Mistyped categories',
    of: 'records',
    apply: (row, severity, space, random) => {
      const out = row.slice();
      for (const choice of some(random, categoriesOf(space), severity)) {
        const others = choice.filter((at) => row[at] !== 1);
        const picked = others[random.below(others.length)];
        if (picked !== undefined) for (const at of choice) out[at] = at === picked ? 1 : 0;
      }
      return fit(space, out, row);
    },
  },
];
