/** Where rows of one kind lie: a plane through their mean, along which they vary the most. */
export interface Subspace {
  readonly mean: Float32Array;
  /** Orthonormal, one after the other. */
  readonly directions: Float32Array;
  /** Of the rows along each direction, from the most. */
  readonly variances: Float64Array;
}

/** How far a row is from where the others are. */
export interface Distance {
  /** Squared, from the plane. */
  readonly away: number;
  /** Squared, within the plane, in standard deviations: Mahalanobis'. */
  readonly within: number;
}

const ROUNDS = 6;
/** Rows that are looked at for one that is not like those before. */
const TRIES = 1000;

/**
 * Principal components, as many as hold `share` of the variance, at most `rank`: by subspace iteration (Halko, Martinsson and
 * Tropp, Finding structure with randomness, 2011, section 4.5). It begins with rows of the set, so it needs no chance.
 *
 * @param rows [count × features]
 */
export function fitSubspace(rows: Float32Array, features: number, rank: number, share = 0.9): Subspace {
  const count = rows.length / features;
  const mean = new Float32Array(features);
  for (let at = 0; at < rows.length; at++)
    mean[at % features] = (mean[at % features] as number) + (rows[at] as number) / count;
  const centred = rows.map((value, at) => value - (mean[at % features] as number));
  const width = Math.min(rank, features, Math.max(1, Math.floor(count / 8)));
  let directions = startOf(centred, features, width);
  let variances = new Float64Array(width);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float32Array(directions.length);
    variances = new Float64Array(width);
    for (let from = 0; from < centred.length; from += features) {
      const row = centred.subarray(from, from + features);
      for (let at = 0; at < width; at++) {
        const along = dot(directions, at * features, row);
        variances[at] = (variances[at] as number) + along ** 2 / count;
        addTo(next, at * features, row, along);
      }
    }
    // The last round only measures: what it would turn to has no variances yet.
    if (round === ROUNDS - 1) break;
    directions = next;
    orthonormalize(directions, features);
  }
  const total = centred.reduce((sum, value) => sum + value ** 2, 0) / count;
  let kept = 0;
  for (let held = 0; kept < width && held < share * total; kept++) held += variances[kept] as number;
  kept = Math.max(1, kept);
  return {
    mean,
    directions: directions.slice(0, kept * features),
    variances: variances.slice(0, kept),
  };
}

export function distanceFrom({ mean, directions, variances }: Subspace, row: Float32Array): Distance {
  const features = mean.length;
  const centred = new Float32Array(features);
  for (let at = 0; at < features; at++) centred[at] = (row[at] as number) - (mean[at] as number);
  const least = (variances[0] as number) * 1e-6;
  let away = dot(centred, 0, centred);
  let within = 0;
  const along = projected(directions, variances.length, centred);
  for (const [at, length] of along.entries()) {
    away -= length ** 2;
    within += length ** 2 / Math.max(variances[at] as number, least, Number.MIN_VALUE);
  }
  return { away: Math.max(0, away), within };
}

/**
 * Directions to begin with: rows from all over the set. Where some are alike, as in tables of few values, others are looked for,
 * because a direction that is zero stays so.
 */
function startOf(centred: Float32Array, features: number, width: number): Float32Array<ArrayBuffer> {
  const count = centred.length / features;
  const directions = new Float32Array(width * features);
  const from = (place: number) => Math.floor(place) * features;
  for (let at = 0; at < width; at++)
    directions.set(
      centred.subarray(from((at * count) / width), from((at * count) / width) + features),
      at * features,
    );
  orthonormalize(directions, features);
  for (let at = 0, next = 0; at < width; at++) {
    const one = directions.subarray(at * features, (at + 1) * features);
    for (; one.every((value) => value === 0) && next < Math.min(count, TRIES); next++) {
      one.set(centred.subarray(next * features, (next + 1) * features));
      orthonormalize(directions, features);
    }
  }
  return directions;
}

/** Modified Gram–Schmidt, in place. A direction that the others hold becomes zero. */
function orthonormalize(directions: Float32Array, features: number): void {
  for (let from = 0; from < directions.length; from += features) {
    const one = directions.subarray(from, from + features);
    const before = Math.sqrt(dot(one, 0, one));
    for (let other = 0; other < from; other += features)
      addTo(one, 0, directions.subarray(other, other + features), -dot(directions, other, one));
    const length = Math.sqrt(dot(one, 0, one));
    const scale = length > before * 1e-6 ? 1 / length : 0;
    for (let at = 0; at < features; at++) one[at] = (one[at] as number) * scale;
  }
}

/** Along each direction. Four at once: the row is read once for them, and no sum waits for another. */
function projected(directions: Float32Array, count: number, row: Float32Array): Float64Array {
  const { length } = row;
  const along = new Float64Array(count);
  let next = 0;
  for (; next + 3 < count; next += 4) {
    const first = next * length;
    const second = first + length;
    const third = second + length;
    const fourth = third + length;
    let one = 0;
    let two = 0;
    let three = 0;
    let four = 0;
    for (let at = 0; at < length; at++) {
      const value = row[at] as number;
      one += value * (directions[first + at] as number);
      two += value * (directions[second + at] as number);
      three += value * (directions[third + at] as number);
      four += value * (directions[fourth + at] as number);
    }
    along.set([one, two, three, four], next);
  }
  for (; next < count; next++) along[next] = dot(directions, next * length, row);
  return along;
}

function dot(all: Float32Array, from: number, row: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < row.length; at++) sum += (all[from + at] as number) * (row[at] as number);
  return sum;
}

function addTo(all: Float32Array, from: number, row: Float32Array, times: number): void {
  for (let at = 0; at < row.length; at++)
    all[from + at] = (all[from + at] as number) + times * (row[at] as number);
}
