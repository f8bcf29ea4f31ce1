import { type Costs, SIZES } from './measure.ts';
import { TOGETHER } from './subjects.ts';
import { FAMILIES } from './texts.ts';

export interface Goal {
  readonly name: string;
  readonly limit: number;
  readonly measured: number;
  readonly unit: 'µs' | 'ms' | '×';
  readonly reached: boolean;
}

/** What one hostile piece costs, repeated; ms. */
export interface Slow {
  readonly piece: string;
  /** The views of a million characters. */
  readonly views: number;
  /** All three guards, on 200,000 characters and on half of them. */
  readonly together: number;
  readonly half: number;
}

/** A time that doubles with the text grows with it; what is measured wavers. */
const GROWTH = 1.5;

const goal = (name: string, measured: number, limit: number, unit: Goal['unit']): Goal => ({
  name,
  limit,
  measured,
  unit,
  reached: measured <= limit,
});

/** What the guards promise of their speed. Each family is held to it, hostile text by its mean, and by the worst of each. */
export function goalsOf(costs: Costs, slow: readonly Slow[]): Goal[] {
  const cost = (name: string, family: (typeof FAMILIES)[number], size: (typeof SIZES)[number]): number =>
    costs[name]?.[family][SIZES.indexOf(size)] ?? Number.POSITIVE_INFINITY;
  return [
    ...FAMILIES.flatMap((family) => [
      goal(`injection, 2,000 of ${family}`, cost('injection', family, 2_000), 200, 'µs'),
      goal(`together, 2,000 of ${family}`, cost(TOGETHER, family, 2_000), 400, 'µs'),
      goal(`together, 200,000 of ${family}`, cost(TOGETHER, family, 200_000) / 1000, 40, 'ms'),
      goal(
        `together, growth over ten times the text, ${family}`,
        cost(TOGETHER, family, 200_000) / cost(TOGETHER, family, 20_000) / 10,
        GROWTH,
        '×',
      ),
    ]),
    ...slow.flatMap(({ piece, views, together, half }) => [
      goal(`views, 1,000,000 of ${piece}`, views, 50, 'ms'),
      goal(`together, 200,000 of ${piece}`, together, 40, 'ms'),
      goal(`together, growth over twice the text, ${piece}`, together / half / 2, GROWTH, '×'),
    ]),
  ];
}
