import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../attacks/random.ts';
import { Keyed } from './keyed.ts';

const FEATURES = 100;
const units = new Float64Array(FEATURES).fill(2);
const secret = new Uint8Array(32).fill(9);
const keyed = new Keyed(secret, 'model', units);
const rowOf = (random: Random) => Float64Array.from({ length: FEATURES }, () => 2 * random.normal());
const cellOf = (row: ArrayLike<number>) => Buffer.from(keyed.of(row).cell).toString('hex');

test('the same secret, model, purpose and row give the same numbers, and others do not', () => {
  const row = rowOf(new Random(1));
  const uniforms = (maker: Keyed, purpose = 'one') => [...maker.of(row).uniforms(purpose, 4)];
  const first = uniforms(keyed);
  assert.deepEqual(uniforms(new Keyed(secret, 'model', units)), first);
  assert.ok(first.every((value) => value >= 0 && value < 1));
  for (const changed of [
    uniforms(new Keyed(new Uint8Array(32).fill(8), 'model', units)),
    uniforms(new Keyed(secret, 'other', units)),
    uniforms(keyed, 'two'),
  ])
    assert.ok(changed.every((value, at) => value !== first[at]));
});

test('a small change stays in the cell mostly, rows of their own have cells of their own', () => {
  const random = new Random(2);
  const rows = Array.from({ length: 200 }, () => rowOf(random));
  const near = rows.filter(
    (row) => cellOf(row) === cellOf(row.map((value) => value + 0.002 * random.sign())),
  );
  assert.ok(near.length > 180, `${near.length} of 200 stay`);
  assert.equal(new Set(rows.map(cellOf)).size, 200);
});

test('smooth numbers change slowly, and are spread about zero', () => {
  const random = new Random(3);
  let [sum, squares, moved] = [0, 0, 0];
  for (let at = 0; at < 300; at++) {
    const row = rowOf(random).map((value) => 5 * value);
    const [value = 0] = keyed.of(row).smooth('one', 3);
    const [beside = 0] = keyed.of(row.map((was) => was + 0.02 * random.sign())).smooth('one', 3);
    sum += value;
    squares += value ** 2;
    moved = Math.max(moved, Math.abs(value - beside));
  }
  assert.ok(Math.abs(sum / 300) < 0.2 && squares / 300 > 0.6 && squares / 300 < 1.5, `${sum} ${squares}`);
  assert.ok(moved < 0.1, `${moved}`);
});

test('what is no row, unit or secret is refused', () => {
  assert.throws(() => keyed.of(new Float64Array(FEATURES).fill(Number.NaN)), RangeError);
  assert.throws(() => keyed.of(new Float64Array(FEATURES).fill(Number.POSITIVE_INFINITY)), RangeError);
  assert.throws(() => keyed.of(new Float64Array(FEATURES - 1)), RangeError);
  assert.throws(() => new Keyed(secret, 'model', [1, 0]), RangeError);
  assert.throws(() => new Keyed(secret, 'model', []), RangeError);
  assert.throws(() => new Keyed(new Uint8Array(15), 'model', [1]), RangeError);
});
