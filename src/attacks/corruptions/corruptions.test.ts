import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Random } from '../random.ts';
import { boxOf, type Space } from '../space.ts';
import { SEVERITIES } from './corruption.ts';
import { CORRUPTIONS } from './index.ts';
import { jpegPlane } from './jpeg.ts';

const SIDE = 20;

/** A picture of two channels with a bright square on a slope. */
const image: Space = { ...boxOf(2 * SIDE * SIDE), image: { channels: 2, height: SIDE, width: SIDE } };
const picture = Float32Array.from({ length: 2 * SIDE * SIDE }, (_, at) => {
  const [line, column] = [Math.floor(at / SIDE) % SIDE, at % SIDE];
  return line > 6 && line < 14 && column > 4 && column < 12 ? 0.9 : (column / SIDE) * 0.4;
});

/** Eight numbers, of which one is whole and one fixed, and a category of three. */
const record: Space = {
  ...boxOf(11, -50, 50),
  unit: new Float32Array(11).fill(10),
  fixed: Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  whole: Uint8Array.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  choices: [[8, 9, 10]],
};
const values = Float32Array.from([3, 7, -2.5, 20.25, 13.7, -8, 1.5, 0.75, 0, 1, 0]);

for (const corruption of CORRUPTIONS) {
  const [space, row] = corruption.of === 'images' ? [image, picture] : [record, values];
  const far = (one: Float32Array) =>
    one.reduce((sum, value, at) => sum + Math.abs(value - (row[at] ?? 0)), 0);
  suite(corruption.name, () => {
    test('changes a row, in bounds, and leaves the row itself', () => {
      const kept = row.slice();
      for (const severity of SEVERITIES) {
        const made = corruption.apply(row, severity, space, new Random(severity));
        assert.equal(made.length, row.length);
        assert.ok(far(made) > 0);
        assert.ok(
          made.every((value, at) => value >= (space.lower[at] ?? 0) && value <= (space.upper[at] ?? 0)),
        );
        if (corruption.of === 'images') continue;
        assert.equal(made[0], row[0], 'what is fixed stays');
        assert.equal(made[1], Math.round(made[1] ?? 0), 'what is whole stays whole');
        assert.equal([8, 9, 10].filter((at) => made[at] === 1).length, 1, 'one category');
      }
      assert.deepEqual(row, kept);
    });

    test('the same seed makes the same', () => {
      const made = [1, 2].map(() => corruption.apply(row, 3, space, new Random(9)));
      assert.deepEqual(made[0], made[1]);
    });

    test('the worst is no milder than the mildest', () => {
      const mean = (severity: 1 | 5) =>
        [1, 2, 3, 4].reduce(
          (sum, seed) => sum + far(corruption.apply(row, severity, space, new Random(seed))),
          0,
        );
      assert.ok(mean(5) >= mean(1));
    });
  });
}

test('JPEG of the best quality hardly changes a picture', () => {
  const values = picture.slice(0, SIDE * SIDE);
  const made = jpegPlane({ channels: 1, height: SIDE, width: SIDE, values }, 100);
  assert.ok(made.every((value, at) => Math.abs(value - (values[at] ?? 0)) < 0.01));
});

test('corruptions of images refuse rows that are none', () => {
  const fog = CORRUPTIONS.find(({ name }) => name === 'fog');
  assert.throws(() => fog?.apply(values, 1, record, new Random(1)), /fog is for images/);
});

test('corruptions have names of their own', () => {
  const names = CORRUPTIONS.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
});
