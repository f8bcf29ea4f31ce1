import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../attacks/random.ts';
import { fitGate, MEASURES, outlierOf, unitsOf } from './outlier-gate.ts';
import { distanceFrom, fitSubspace } from './subspace.ts';
import { fitTail, surprise } from './tail.ts';

const [FEATURES, CLASSES] = [12, 2];

/** Rows of two kinds, each along a line of its own, with a little noise. Features of very different sizes. */
function rowsOf(count: number, random: Random) {
  const rows = new Float32Array(count * FEATURES);
  const probabilities = new Float32Array(count * CLASSES);
  for (let at = 0; at < count; at++) {
    const label = at % CLASSES;
    const along = random.normal();
    for (let of = 0; of < FEATURES; of++)
      rows[at * FEATURES + of] =
        10 ** (of % 4) * ((label === 0 ? 1 : -1) + along * (((of + label) % 3) - 1) + 0.1 * random.normal());
    const sure = 0.9 + 0.09 * random.uniform();
    probabilities[at * CLASSES + label] = sure;
    probabilities[at * CLASSES + 1 - label] = 1 - sure;
  }
  return { rows, probabilities, features: FEATURES, classes: CLASSES };
}

const scores = (profile: ReturnType<typeof fitGate>, { rows, probabilities }: ReturnType<typeof rowsOf>) =>
  Array.from({ length: rows.length / FEATURES }, (_, at) =>
    outlierOf(
      profile,
      rows.subarray(at * FEATURES, (at + 1) * FEATURES),
      Float64Array.from(probabilities.subarray(at * CLASSES, (at + 1) * CLASSES)),
    ),
  );

suite('the gate', () => {
  const random = new Random(6);
  const profile = fitGate(rowsOf(2000, random));

  test('a threshold lets through the share that it says, of rows it has not seen', () => {
    const found = scores(profile, rowsOf(4000, random));
    for (const threshold of [0.5, 0.9, 0.99]) {
      const above = found.filter((score) => score > threshold).length / found.length;
      assert.ok(Math.abs(above - (1 - threshold)) < 0.01 + 0.3 * (1 - threshold), `${threshold}: ${above}`);
    }
  });

  test('rows off the lines, and of the wrong class, are unusual', () => {
    const odd = rowsOf(200, random);
    for (const [at] of odd.rows.entries()) odd.rows[at] = 10 ** ((at % FEATURES) % 4) * 2 * random.normal();
    assert.ok(scores(profile, odd).filter((score) => score > 0.999).length > 180);
    const swapped = rowsOf(200, random);
    for (let at = 0; at < 400; at += 2) swapped.probabilities.subarray(at, at + 2).reverse();
    assert.ok(scores(profile, swapped).filter((score) => score > 0.99).length > 180);
  });

  test('the same rows make the same gate; each measure alone is one as well', () => {
    assert.deepEqual(fitGate(rowsOf(400, new Random(1))), fitGate(rowsOf(400, new Random(1))));
    for (const measure of MEASURES) assert.equal(fitGate(rowsOf(200, random), [measure]).tails.length, 1);
  });

  test('extreme rows are as unusual as can be, and what is no row is refused', () => {
    const sure = Float64Array.of(1, 0);
    assert.equal(outlierOf(profile, new Float32Array(FEATURES).fill(1e30), sure), 1);
    assert.equal(outlierOf(profile, new Float32Array(FEATURES).fill(Number.NaN), sure), 1);
    assert.throws(() => outlierOf(profile, [1], sure), RangeError);
    assert.throws(() => fitGate(rowsOf(99, random)), RangeError);
    const broken = rowsOf(200, random);
    broken.rows[3] = Number.NaN;
    assert.throws(() => fitGate(broken), RangeError);
  });

  test('rows that are all alike make a gate that any other row fails', () => {
    const rows = new Float32Array(200 * 3).fill(5);
    const one = fitGate({ rows, features: 3, probabilities: new Float32Array(400).fill(0.5), classes: 2 });
    assert.equal(outlierOf(one, [5, 5, 5], Float64Array.of(0.5, 0.5)), 0);
    assert.ok(outlierOf(one, [5, 6, 5], Float64Array.of(0.5, 0.5)) > 0.99);
  });
});

test('units are spreads, and never zero', () => {
  const units = unitsOf(Float32Array.of(1e6, 0, 7, 1e6 + 2, 4, 7), 3);
  assert.deepEqual([...units], [1, 2, 2]);
});

test('principal components are found: rows along two lines', () => {
  const random = new Random(8);
  const rows = new Float32Array(600 * 5);
  for (let at = 0; at < 600; at++) {
    const [first, second] = [5 * random.normal(), 2 * random.normal()];
    rows.set([first, first, second, -second, 3], at * 5);
  }
  const plane = fitSubspace(rows, 5, 4, 0.999);
  assert.equal(plane.variances.length, 2);
  assert.ok(Math.abs((plane.variances[0] ?? 0) - 50) < 8 && Math.abs((plane.variances[1] ?? 0) - 8) < 1.5);
  assert.ok(distanceFrom(plane, Float32Array.of(9, 9, 1, -1, 3)).away < 1e-4);
  assert.ok(Math.abs(distanceFrom(plane, Float32Array.of(9, 9, 1, -1, 6)).away - 9) < 0.01);
});

test('a tail counts what it has seen, and rises beyond it', () => {
  const tail = fitTail(Array.from({ length: 1000 }, (_, at) => at));
  assert.ok(Math.abs(surprise(tail, 500) - Math.LN2) < 0.01);
  let last = -1;
  for (const value of [-5, 0, 10, 900, 989, 990, 995, 1000, 2000, 1e9]) {
    const next = surprise(tail, value);
    assert.ok(next >= last, `${value}`);
    last = next;
  }
  assert.equal(surprise(tail, Number.NaN), Number.POSITIVE_INFINITY);
  assert.throws(() => fitTail([1, 2]), RangeError);
});
