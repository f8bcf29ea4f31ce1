import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intoL1Box, toPlane } from './boxed.ts';
import { lengthOf } from './norms.ts';
import { Random } from './random.ts';

const random = new Random(4);
const numbers = (count: number, make: () => number) => Float32Array.from({ length: count }, make);
const dot = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, part, at) => sum + part * (other[at] ?? 0), 0);

for (const norm of ['Linf', 'L2', 'L1'] as const)
  test(`to a plane in ${norm}: on it, in the box, and no shorter way there`, () => {
    for (let turn = 0; turn < 50; turn++) {
      const slope = numbers(8, () => random.normal());
      const [up, down] = [numbers(8, () => random.uniform()), numbers(8, () => random.uniform())];
      const most = slope.reduce(
        (sum, part, at) => sum + Math.abs(part) * ((part > 0 ? up : down)[at] ?? 0),
        0,
      );
      const gap = most * random.uniform();
      const made = toPlane(norm, slope, gap, up, down);
      assert.ok(Math.abs(dot(slope, made) - gap) < 1e-4);
      for (const [at, part] of made.entries())
        assert.ok(part <= (up[at] ?? 0) + 1e-6 && part >= -(down[at] ?? 0) - 1e-6);
      // Any other point of the plane and the box, between it and one that was drawn, is no nearer.
      for (let tries = 0; tries < 20; tries++) {
        const drawn = slope.map((part, at) => {
          const room = (part > 0 ? up : down)[at] ?? 0;
          return Math.sign(part) * room * random.uniform() ** 0.3;
        });
        const reach = dot(slope, drawn);
        if (reach < gap) continue;
        const other = drawn.map((part) => (part * gap) / reach);
        assert.ok(lengthOf(norm, other) >= lengthOf(norm, made) - 1e-5);
      }
    }
  });

test('to a plane that cannot be reached: as far as the box allows', () => {
  const made = toPlane('L2', Float32Array.of(1, -2), 100, Float32Array.of(0.5, 1), Float32Array.of(1, 0.25));
  assert.deepEqual([...made], [0.5, -0.25]);
});

test('to a plane the other way: a gap below zero', () => {
  const made = toPlane('Linf', Float32Array.of(1, 1), -1, Float32Array.of(1, 1), Float32Array.of(1, 1));
  assert.deepEqual([...made], [-0.5, -0.5]);
});

test('into the L1 ball and the box: within both, nothing where it is already, and nearest of all', () => {
  for (let turn = 0; turn < 50; turn++) {
    const delta = numbers(10, () => random.normal());
    const [up, down] = [numbers(10, () => random.uniform()), numbers(10, () => random.uniform())];
    const made = delta.slice();
    intoL1Box(made, 1.5, up, down);
    assert.ok(lengthOf('L1', made) <= 1.5 + 1e-5);
    for (const [at, part] of made.entries())
      assert.ok(part <= (up[at] ?? 0) + 1e-6 && part >= -(down[at] ?? 0) - 1e-6);
    const again = made.slice();
    intoL1Box(again, 1.5, up, down);
    assert.ok(again.every((part, at) => Math.abs(part - (made[at] ?? 0)) < 1e-5));
    // The nearest point of a convex set: no other point of it lies before the plane through it.
    for (let tries = 0; tries < 20; tries++) {
      const other = numbers(10, () => random.normal());
      intoL1Box(other, 1.5, up, down);
      const ahead = delta.reduce(
        (sum, part, at) => sum + (part - (made[at] ?? 0)) * ((other[at] ?? 0) - (made[at] ?? 0)),
        0,
      );
      assert.ok(ahead <= 1e-4);
    }
  }
});
