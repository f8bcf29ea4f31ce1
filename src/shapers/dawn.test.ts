import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../attacks/random.ts';
import { dawn, ownership } from './dawn.ts';
import { Keyed } from './keyed.ts';
import { top } from './shaper.ts';

const [FEATURES, CLASSES, COUNT, RATE] = [20, 5, 3000, 0.02];
const units = new Float64Array(FEATURES).fill(1);
const keyOf = (byte: number) => new Keyed(new Uint8Array(16).fill(byte), 'model', units);
const random = new Random(4);
const rows = Float32Array.from({ length: COUNT * FEATURES }, () => random.normal());
const own = Int32Array.from({ length: COUNT }, () => random.below(CLASSES));
const given = (label: number) =>
  Float64Array.from({ length: CLASSES }, (_, at) => (at === label ? 0.6 : 0.1));

/** What callers are told. */
const told = (keyed: Keyed, external: boolean) =>
  own.map((label, at) => {
    const draws = keyed.of(rows.subarray(at * FEATURES, (at + 1) * FEATURES));
    return top(dawn.shape(given(label), { rate: RATE }, { draws, outlier: undefined, external }));
  });

const verdict = (keyed: Keyed, suspect: Int32Array) =>
  ownership({ keyed, rate: RATE, classes: CLASSES, rows, own, suspect });

test('a share of rows is marked, for callers outside only', () => {
  const keyed = keyOf(1);
  const marked = told(keyed, true).filter((label, at) => label !== own[at]).length;
  assert.ok(Math.abs(marked / COUNT - RATE) < 0.01, `${marked}`);
  assert.deepEqual(told(keyed, false), own);
});

test('who learned half of the marks is known, among mistakes of its own', () => {
  const keyed = keyOf(1);
  const marked = told(keyed, true);
  const copy = marked.map((label, at) =>
    random.uniform() < 0.1 ? random.below(CLASSES) : random.uniform() < 0.5 ? label : (own[at] ?? 0),
  );
  const { log2P, marks, matches } = verdict(keyed, copy);
  assert.ok(log2P < -64, `${log2P}`);
  assert.ok(matches > marks / 3);
  // Another secret finds nothing in the same model.
  assert.ok(verdict(keyOf(2), copy).log2P > -12);
});

test('who never saw the answers is not accused: p is a p', () => {
  const values: number[] = [];
  for (let at = 0; at < 60; at++) {
    const copy = own.map((label) => (random.uniform() < 0.3 ? random.below(CLASSES) : label));
    values.push(2 ** verdict(keyOf(3 + at), copy).log2P);
  }
  // P(p ≤ x) ≤ x: of 60, six or so are below a tenth.
  assert.ok(values.filter((p) => p <= 0.1).length <= 14, values.join());
  assert.ok(Math.min(...values) > 1e-5);
  assert.equal(verdict(keyOf(1), own).log2P, 0);
});

test('the probability is that of the binomial', () => {
  // Two rows, both differ, both hit: (rate / (classes − 1))².
  const keyed = keyOf(1);
  const marked = told(keyed, true);
  const places = [...marked.keys()].filter((at) => marked[at] !== own[at]).slice(0, 2);
  const { log2P } = ownership({
    keyed,
    rate: RATE,
    classes: CLASSES,
    rows: Float32Array.from(places.flatMap((at) => [...rows.subarray(at * FEATURES, (at + 1) * FEATURES)])),
    own: places.map((at) => own[at] ?? 0),
    suspect: places.map((at) => marked[at] ?? 0),
  });
  assert.ok(Math.abs(log2P - 2 * Math.log2(RATE / (CLASSES - 1))) < 1e-9, `${log2P}`);
});

test('a row that is asked twice counts once', () => {
  const keyed = keyOf(1);
  const twice = new Float32Array(rows.length * 2);
  twice.set(rows);
  twice.set(rows, rows.length);
  const both = Int32Array.of(...own, ...own);
  const marked = told(keyed, true);
  const found = ownership({
    keyed,
    rate: RATE,
    classes: CLASSES,
    rows: twice,
    own: both,
    suspect: Int32Array.of(...marked, ...marked),
  });
  assert.deepEqual(found, verdict(keyed, marked));
});
