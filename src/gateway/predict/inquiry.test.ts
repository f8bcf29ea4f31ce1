import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toldEntry } from './inquiry.ts';

test('what is told of a vote holds for as many rows as a contract may allow', () => {
  const disagreement = new Float32Array(1_000_000).fill(0.25);
  disagreement[500_000] = 0.75;
  const { disagreement: said } = toldEntry({ answered: [], disagreement });
  assert.deepEqual(said, { mean: 0.25, most: 0.75 });
});
