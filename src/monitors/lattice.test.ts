import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { latticeStep } from './lattice.ts';
import { normals } from './testing.ts';

const sorted = (values: readonly number[]) => Float32Array.from(values).sort();
const near = (step: number, expected: number) =>
  assert.ok(Math.abs(step / expected - 1) < 1e-4, `${step} is not ${expected}`);

test('whole numbers, decimals, shades, and what was standardised after', () => {
  const count = (length: number) => Array.from({ length }, (_, at) => (at * 7) % 40);
  near(latticeStep(sorted(count(200))), 1);
  near(latticeStep(sorted(count(200).map((value) => 12.5 + value / 100))), 0.01);
  near(latticeStep(sorted(count(200).map((value) => value / 255))), 1 / 255);
  near(latticeStep(sorted(count(200).map((value) => (value - 17.3) / 4.56))), 1 / 4.56);
  near(latticeStep(sorted(count(200).map((value) => value * 1e6))), 1e6);
});

test('the step is found where no two values are one step apart', () =>
  near(latticeStep(sorted(Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? 2 * at : 3 * at)))), 1));

test('two values that come again and again are a lattice; some that came once are none', () => {
  near(latticeStep(sorted([...new Array(50).fill(0), ...new Array(9).fill(1)])), 1);
  assert.equal(latticeStep(sorted([...new Array(50).fill(0), 0.5, 1])), 0);
  assert.equal(latticeStep(sorted(new Array(50).fill(3))), 0);
  assert.equal(latticeStep(new Float32Array()), 0);
});

test('measurements have none', () => {
  const normal = normals(5);
  for (const count of [20, 200, 4000])
    assert.equal(latticeStep(sorted(Array.from({ length: count }, normal))), 0);
});

test('whatever the step and the start, all values are whole steps from the least', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 30, maxLength: 200 }),
      fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      (places, step, start) => {
        const values = sorted(places.map((place) => (start + place) * step));
        const found = latticeStep(values);
        if (found === 0) return;
        for (const value of values) {
          const place = (value - (values[0] as number)) / found;
          assert.ok(Math.abs(place - Math.round(place)) < 0.05);
        }
      },
    ),
  ));
