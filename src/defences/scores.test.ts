import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asServed, classProbabilities, perClass } from './scores.ts';

test('one number a row becomes two classes, and one number again', () => {
  for (const form of ['logits', 'probabilities'] as const) {
    const served = Float32Array.of(0.25, 0.5, 0.75);
    const both = perClass({ form, single: true }, served);
    assert.equal(both.length, 6);
    assert.deepEqual(asServed({ form, single: true }, both), served);
  }
  const many = Float32Array.of(1, 2, 3, 4);
  assert.equal(perClass({ form: 'logits', single: false }, many), many);
  assert.deepEqual(asServed({ form: 'logits', single: false }, many), many);
});

test('shaped logits of two classes keep their odds as one number', () => {
  const shaped = [Math.log(0.2), Math.log(0.8)];
  const [one = 0] = asServed({ form: 'logits', single: true }, shaped);
  assert.ok(Math.abs(1 / (1 + Math.exp(-one)) - 0.8) < 1e-6);
});

test('probabilities of logits, row by row', () => {
  const [a = 0, b = 0, c = 0, d = 0] = classProbabilities('logits', Float32Array.of(0, 0, 1000, 0), 2);
  assert.deepEqual([a, b, c, d], [0.5, 0.5, 1, 0]);
  const given = Float32Array.of(0.4, 0.6);
  assert.equal(classProbabilities('probabilities', given, 2), given);
});
