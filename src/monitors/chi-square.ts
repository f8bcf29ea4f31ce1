/** The chance that a χ² of `freedom` degrees is at least `value`: the regularised incomplete gamma function, Q(a, x). */
export function chiSquareTail(value: number, freedom: number): number {
  if (value <= 0) return 1;
  const [a, x] = [freedom / 2, value / 2];
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
}

const TURNS = 1000;

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let turn = 1; turn < TURNS && term > sum * 1e-15; turn++) {
    term *= x / (a + turn);
    sum += term;
  }
  return sum;
}

/** Lentz's continued fraction. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let out = d;
  for (let turn = 1; turn < TURNS; turn++) {
    const factor = -turn * (turn - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    out *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return out;
}

/** ln Γ(x), x > 0: Stirling's series, after the recurrence has made x large. */
function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 10; at++) shift -= Math.log(at);
  const square = 1 / (at * at);
  return (
    shift +
    (at - 0.5) * Math.log(at) -
    at +
    0.5 * Math.log(2 * Math.PI) +
    (1 / 12 - (1 / 360 - square / 1260) * square) / at
  );
}
