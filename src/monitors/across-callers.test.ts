import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ACROSS_HISTORY, AcrossCallers } from './across-callers.ts';
import { SECRET } from './testing.ts';

/** Sketches that are the same for the same seed, and far from each other. */
function sketches(seed: number): () => Int8Array {
  let words = SECRET.bytes(`sketches ${seed}`, 32 * 1024);
  let [at, round] = [0, 0];
  return () => {
    if (at === 1024) {
      words = SECRET.bytes(`sketches ${seed} ${++round}`, 32 * 1024);
      at = 0;
    }
    return Int8Array.from(words.subarray(at * 32, ++at * 32));
  };
}

const near = (across: AcrossCallers, sketch: Int8Array, caller: number, digest: number) =>
  across.take(sketch, caller, digest).neighbour;

const beside = (sketch: Int8Array) => sketch.map((value, at) => (at === 0 ? value ^ 1 : value));

suite('queries of all callers', () => {
  test('one that is near to that of another is found; to one of the same caller, or the very same row, it is not', () => {
    const across = new AcrossCallers(SECRET);
    const [next, sketch] = [sketches(1), sketches(2)()];
    for (let query = 0; query < 200; query++) across.take(next(), query, query);
    across.take(sketch, 7, 7000);
    assert.ok((near(across, beside(sketch), 7, 7001)?.distance ?? 99) > 50);
    assert.equal(across.take(sketch, 8, 7000).known, true);
    const { neighbour: found, known } = across.take(beside(sketch), 9, 7003);
    assert.equal(known, false);
    assert.deepEqual([found?.distance, found?.among], [0, 203]);
    assert.ok([7, 8].includes(found?.caller ?? 0));
  });

  test('a caller who asks about everything does not push out what others asked', () => {
    const across = new AcrossCallers(SECRET);
    const [next, other, sketch] = [sketches(3), sketches(4), sketches(5)()];
    for (let query = 0; query < 2000; query++) across.take(other(), 100 + (query % 50), query);
    across.take(sketch, 50, 9999);
    for (let query = 0; query < 2 * ACROSS_HISTORY; query++) across.take(next(), 1, query * 16 + 1);
    assert.ok((near(across, beside(sketch), 51, 10_000)?.distance ?? 99) <= 1);
  });

  test('nor one who asks about the same again and again, where sketches fall together', () => {
    const across = new AcrossCallers(SECRET);
    const sketch = sketches(6)();
    across.take(sketch, 1, 1);
    for (let query = 0; query < 500; query++)
      across.take(
        sketch.map((value, at) => (at === query % 32 ? value ^ 3 : value)),
        2,
        100 + query,
      );
    assert.equal(near(across, beside(sketch), 3, 2)?.caller, 1);
  });
});
