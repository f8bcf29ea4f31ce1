import type { Space } from '../../../attacks/space.ts';
import { Problem } from '../../../base/problem.ts';
import type { Samples } from './samples.ts';

export const UNITS = ['range', 'std', 'one'] as const;
export type UnitName = (typeof UNITS)[number];

export interface SpaceOptions {
  /** `0,1` for all, or `age=18,99` for one column. */
  readonly bounds: readonly string[];
  /** What a budget of one is of a feature: its range, its standard deviation, or one; default range of tables. */
  readonly unit: UnitName | undefined;
  readonly fixed: readonly string[];
  /** Columns of whole numbers; undefined: those of a table that have nothing else. */
  readonly whole: readonly string[] | undefined;
  /** Groups of columns of which one is 1. */
  readonly oneHot: readonly (readonly string[])[];
  readonly scale: number;
}

/** The rows that there can be, of what is seen and what is said of it. Throws Problem('usage'). */
export function spaceOf(
  samples: Samples,
  dims: readonly number[],
  options: SpaceOptions,
): { readonly space: Space; readonly unit: UnitName } {
  const { features, columns } = samples;
  const [lower, upper] = boundsOf(samples, options);
  const unitName = options.unit ?? (samples.table ? 'range' : 'one');
  const choices = choicesOf(samples, options);
  const unit = unitsOf(samples, unitName, lower, upper);
  // One category for another is a step of one, whatever the others are measured in.
  for (const at of choices.flat()) unit[at] = 1;
  const fixed = new Uint8Array(features);
  for (const name of options.fixed) for (const at of placesOf(samples, name)) fixed[at] = 1;
  const whole = new Uint8Array(features);
  const isWhole = (at: number) =>
    options.whole === undefined
      ? samples.table && options.scale === 1 && every(samples, at, Number.isInteger)
      : options.whole.includes(columns[at] ?? '');
  for (const name of options.whole ?? []) placesOf(samples, name);
  for (let at = 0; at < features; at++) whole[at] = isWhole(at) ? 1 : 0;
  return {
    space: { features, lower, upper, unit, fixed, whole, choices, image: imageOf(samples, dims) },
    unit: unitName,
  };
}

function placesOf({ fields, columns }: Samples, name: string): number[] {
  const field = fields.find((one) => one.name === name);
  if (field !== undefined)
    return Array.from({ length: field.categories?.length ?? 1 }, (_, index) => field.at + index);
  const at = columns.indexOf(name);
  if (at < 0)
    throw new Problem(
      'usage',
      `there is no feature “${name}”: there are ${fields
        .slice(0, 20)
        .map((one) => one.name)
        .join(', ')}${fields.length > 20 ? ' …' : ''}`,
    );
  return [at];
}

const every = ({ rows, count, features }: Samples, at: number, holds: (value: number) => boolean) =>
  Array.from({ length: count }, (_, row) => rows[row * features + at] ?? 0).every(holds);

function boundsOf(samples: Samples, { bounds, scale }: SpaceOptions): [Float32Array, Float32Array] {
  const { rows, features } = samples;
  const lower = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const upper = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for (const [index, value] of rows.entries()) {
    const at = index % features;
    lower[at] = Math.min(lower[at] ?? value, value);
    upper[at] = Math.max(upper[at] ?? value, value);
  }
  if (!samples.table) {
    // The numbers of a picture are of one kind: what one pixel can be, all can.
    lower.fill(samples.bytes ? 0 : lower.reduce((least, value) => Math.min(least, value)));
    upper.fill(samples.bytes ? 255 * scale : upper.reduce((most, value) => Math.max(most, value)));
  }
  for (const text of bounds) {
    const [, name, least, most] = /^(?:(.+)=)?([^=,]+),([^=,]+)$/.exec(text) ?? [];
    const [low, high] = [Number(least), Number(most)];
    if (!(low < high) || !Number.isFinite(high - low))
      throw new Problem('usage', `the bounds “${text}” are not LEAST,MOST or COLUMN=LEAST,MOST`);
    for (const at of name === undefined ? lower.keys() : placesOf(samples, name))
      [lower[at], upper[at]] = [low, high];
  }
  return [lower, upper];
}

function unitsOf(samples: Samples, name: UnitName, lower: Float32Array, upper: Float32Array): Float32Array {
  const { rows, count, features } = samples;
  return lower.map((least, at) => {
    if (name === 'one') return 1;
    if (name === 'range') return (upper[at] ?? 0) - least || 1;
    let [sum, squares] = [0, 0];
    for (let row = 0; row < count; row++) {
      const value = rows[row * features + at] ?? 0;
      sum += value;
      squares += value * value;
    }
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1;
  });
}

function choicesOf(samples: Samples, { oneHot }: SpaceOptions): number[][] {
  const own = samples.fields.flatMap(({ at, categories }) =>
    categories === undefined ? [] : [categories.map((_, index) => at + index)],
  );
  const said = oneHot.map((names) => names.flatMap((name) => placesOf(samples, name)));
  for (const [index, choice] of said.entries())
    for (let row = 0; row < samples.count; row++) {
      const values = choice.map((at) => samples.rows[row * samples.features + at] ?? 0);
      if (
        values.filter((value) => value === 1).length !== 1 ||
        values.some((value) => value !== 0 && value !== 1)
      )
        throw new Problem(
          'usage',
          `${samples.place(row)}: of ${oneHot[index]?.join(', ')} not exactly one is 1`,
        );
    }
  return [...own, ...said];
}

/** Channel, row, column: as the model says, or as the file does. */
function imageOf(samples: Samples, dims: readonly number[]): Space['image'] {
  const [first = 0, second = 0, third = 0] = dims;
  if (dims.length === 3 && [1, 3, 4].includes(first) && second > 1 && third > 1)
    return { channels: first, height: second, width: third };
  if (dims.length === 3 && third === 1) return { channels: 1, height: first, width: second };
  const [height = 0, width = 0] = samples.dims;
  return samples.bytes && samples.dims.length === 2 ? { channels: 1, height, width } : undefined;
}
