/** A value that comes more rarely is not what is usual of a feature. */
const LEAST_SHARE = 0.25;

/** The value that comes most often, where it comes often; NaN elsewhere. `values` are sorted. */
export function commonest(values: Float32Array): number {
  let [best, most, from] = [Number.NaN, 0, 0];
  for (let at = 1; at <= values.length; at++) {
    if (at < values.length && values[at] === values[from]) continue;
    if (at - from > most) [best, most] = [values[from] as number, at - from];
    from = at;
  }
  return most >= LEAST_SHARE * values.length ? best : Number.NaN;
}
