import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOutputs } from './find-outputs.ts';
import type { Answers } from './served-answers.ts';

const real = (output: string, width: number, ...values: number[]): Answers => ({
  output,
  width,
  real: true,
  values: Float32Array.from(values),
});
const said = (output: string, ...values: (number | string)[]): Answers => ({
  output,
  width: 1,
  real: false,
  values,
});
const scores = real('p', 3, 0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6);

test('the only output of real numbers has the scores, in the form that they show', () => {
  const { values, ...found } = findOutputs([scores], undefined);
  assert.deepEqual(found, {
    scores: { output: 'p', form: 'probabilities', single: false },
    labels: undefined,
    unnamed: undefined,
    classes: 3,
  });
  assert.equal(values.length, 9);
  assert.equal(findOutputs([real('z', 2, 3, -1, 0.2, 0.1)], undefined).scores.form, 'logits');
  // Independent sigmoids are within 0 and 1, and do not add up.
  assert.equal(findOutputs([real('z', 2, 0.9, 0.9)], undefined).scores.form, 'logits');
});

test('one number a row stands for two classes', () => {
  const { values, ...found } = findOutputs([real('p', 1, 0.25, 0.75)], undefined);
  assert.deepEqual(found.scores, { output: 'p', form: 'probabilities', single: true });
  assert.deepEqual([...values], [0.75, 0.25, 0.25, 0.75]);
  assert.deepEqual([...findOutputs([real('z', 1, -2, 2)], undefined).values], [0, -2, 0, 2]);
});

test('among several outputs the scores are named', () => {
  const other = real('embedding', 2, 1, 2, 3, 4, 5, 6);
  assert.throws(() => findOutputs([other, scores], undefined), /several outputs.*embedding, p/);
  assert.equal(findOutputs([other, scores], 'p').scores.output, 'p');
  assert.throws(() => findOutputs([scores], 'q'), /q is no output of real numbers.*these are: p/);
  assert.throws(() => findOutputs([said('label', 0)], undefined), /no output has scores/);
  assert.throws(() => findOutputs([real('p', 2, Number.NaN, 0)], undefined), /no finite/);
});

test('a class that is named, too, is the one of the highest score', () => {
  const labels = (...names: (number | string)[]) => findOutputs([said('label', ...names), scores], undefined);
  assert.deepEqual(labels('cat', 'dog', 'cow').labels, { output: 'label', classes: ['cat', 'dog', 'cow'] });
  assert.match(labels('cat', 'dog', 'cat').unnamed ?? '', /calls several classes alike/);
  const again = real('p', 2, 0.9, 0.1, 0.8, 0.2, 0.3, 0.7);
  const unnamed = (...answers: Parameters<typeof findOutputs>[0]) => {
    const found = findOutputs(answers, undefined);
    assert.equal(found.labels, undefined);
    return found.unnamed ?? '';
  };
  assert.match(unnamed(said('x', 1, 2, 3), again), /does not name the class/);
  assert.match(unnamed(said('x', 1, 1, 3), said('y', 1, 1, 3), again), /several/);
});

test('of a tie nothing is learned', () => {
  const tied = real('p', 2, 0.5, 0.5, 0.9, 0.1, 0.2, 0.8);
  assert.deepEqual(findOutputs([said('x', 1, 0, 1), tied], undefined).labels?.classes, [0, 1]);
});

test('classes that no row was put into are counted on, or have no names', () => {
  const some = real('p', 3, 0.7, 0.2, 0.1, 0.1, 0.8, 0.1);
  assert.deepEqual(findOutputs([said('x', 4, 5), some], undefined).labels?.classes, [4, 5, 6]);
  const unnamed = (...answers: Parameters<typeof findOutputs>[0]) =>
    findOutputs(answers, undefined).unnamed ?? '';
  assert.match(unnamed(said('x', 4, 9), some), /1 of 3 classes were never answered/);
  assert.match(unnamed(said('x', 'a', 'b'), some), /never answered/);
  const one = real('p', 3, 0.7, 0.2, 0.1);
  assert.match(unnamed(said('x', 0), one), /2 of 3 classes/);
});
