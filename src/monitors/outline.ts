import { commonest } from './commonest.ts';
import type { Outline } from './frame.ts';
import { latticeStep } from './lattice.ts';
import { principalComponents } from './principal.ts';
import { quantised } from './quantised.ts';
import type { Secret } from './secret.ts';
import { Projection, WIDTH } from './sketch.ts';

/** Numbers of all components together: what one query costs. 41 components of 784 features; all of 128. */
const MOST_NUMBERS = 32_768;
/** Rows for each component, at the least: fewer do not tell how it varies. */
const ROWS_EACH = 5;
/** A step is no less than this share of a feature's range: a feature that hardly ever varies would drown the others. */
const LEAST_SHARE = 0.1;

/** Learns where the rows lie. `rows` are laid end to end; all finite. */
export function learnOutline(rows: Float32Array, features: number, classes: number, secret: Secret): Outline {
  const count = rows.length / features;
  const { mean, deviation, lower, upper } = moments(rows, features);
  const scale = deviation.map((own, at) =>
    Math.max(own, LEAST_SHARE * ((upper[at] as number) - (lower[at] as number))),
  );
  // Of a feature that never varied, nothing is known: its step is that of its neighbours.
  const varied = scale.filter((step) => step > 0).sort();
  const usual = varied[Math.floor(varied.length / 2)] ?? 1;
  for (const [at, step] of scale.entries()) if (step === 0) scale[at] = usual;

  const scaled = rows.map((value, at) => {
    const feature = at % features;
    return (value - (mean[feature] as number)) / (scale[feature] as number);
  });
  const wanted = Math.min(features, Math.floor(MOST_NUMBERS / features), Math.floor(count / ROWS_EACH));
  const basis = quantised(principalComponents(scaled, features, Math.max(1, wanted), secret), features);
  return {
    features,
    classes,
    mean,
    scale,
    lower,
    upper,
    ...habitsOf(rows, features),
    ...basis,
    variances: variances(scaled, features, basis),
    sketchScale: sketchScale(scaled, features, secret),
  };
}

/** How much the rows vary along each component as it was rounded. */
function variances(
  scaled: Float32Array,
  features: number,
  { basis, factors }: Pick<Outline, 'basis' | 'factors'>,
): Float32Array {
  const count = scaled.length / features;
  return factors.map((factor, component) => {
    let total = 0;
    for (let from = 0; from < scaled.length; from += features) {
      let along = 0;
      for (let at = 0; at < features; at++)
        along += (scaled[from + at] as number) * (basis[component * features + at] as number);
      total += (along * factor) ** 2;
    }
    return total / count;
  });
}

function moments(rows: Float32Array, features: number) {
  const count = rows.length / features;
  const [sum, squares] = [new Float64Array(features), new Float64Array(features)];
  const lower = new Float32Array(features).fill(Number.POSITIVE_INFINITY);
  const upper = new Float32Array(features).fill(Number.NEGATIVE_INFINITY);
  for (const [at, value] of rows.entries()) {
    const feature = at % features;
    sum[feature] = (sum[feature] as number) + value;
    lower[feature] = Math.min(lower[feature] as number, value);
    upper[feature] = Math.max(upper[feature] as number, value);
  }
  const mean = Float32Array.from(sum, (total) => total / count);
  for (const [at, value] of rows.entries()) {
    const feature = at % features;
    squares[feature] = (squares[feature] as number) + (value - (mean[feature] as number)) ** 2;
  }
  return { mean, deviation: Float32Array.from(squares, (total) => Math.sqrt(total / count)), lower, upper };
}

/** What values each feature has. */
function habitsOf(rows: Float32Array, features: number): Pick<Outline, 'steps' | 'usual'> {
  const [steps, usual] = [new Float32Array(features), new Float32Array(features)];
  const column = new Float32Array(rows.length / features);
  for (let feature = 0; feature < features; feature++) {
    for (const row of column.keys()) column[row] = rows[row * features + feature] as number;
    column.sort();
    steps[feature] = latticeStep(column);
    usual[feature] = commonest(column);
  }
  return { steps, usual };
}

/** The root mean square of a number of a sketch. */
function sketchScale(scaled: Float32Array, features: number, secret: Secret): number {
  const projection = new Projection(secret, features);
  const sketch = new Float32Array(WIDTH);
  let total = 0;
  for (let from = 0; from < scaled.length; from += features) {
    projection.apply(scaled.subarray(from, from + features), sketch);
    for (const value of sketch) total += value * value;
  }
  return Math.sqrt(total / ((scaled.length / features) * WIDTH)) || 1;
}
