import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../attacks/random.ts';
import { Problem } from '../base/problem.ts';
import { readGate, writeGate } from './gate-document.ts';
import { fitGate, outlierOf } from './outlier-gate.ts';

const random = new Random(3);
const rows = Float32Array.from({ length: 300 * 4 }, () => random.normal());
// All of one class: the other has no rows to learn from.
const probabilities = Float32Array.from({ length: 600 }, (_, at) => (at % 2 === 0 ? 0.8 : 0.2));
const profile = fitGate({ rows, features: 4, probabilities, classes: 2 });

test('a gate is read as it was written', () => {
  const again = readGate(writeGate(profile));
  assert.deepEqual(again, profile);
  const answer = Float64Array.of(0.8, 0.2);
  assert.equal(outlierOf(again, [1, 2, 0, 1], answer), outlierOf(profile, [1, 2, 0, 1], answer));
});

test('what is no gate is refused', () => {
  const good = JSON.parse(writeGate(profile)) as Record<string, unknown>;
  const changes: readonly object[] = [
    { version: 2 },
    { units: 'AAAA' },
    { units: '' },
    { units: good.whole },
    { tails: [] },
    { measures: ['residual'] },
    { all: { ...(good.all as object), mean: '' } },
    { whole: { ...(good.whole as object), sorted: '' } },
    {
      whole: {
        ...(good.whole as object),
        sorted: Buffer.from(new Float64Array([2, 1]).buffer).toString('base64'),
      },
    },
    {
      whole: {
        ...(good.whole as object),
        sorted: Buffer.from(new Float64Array([Number.NaN]).buffer).toString('base64'),
      },
    },
    { more: 1 },
  ];
  for (const change of changes)
    assert.throws(
      () => readGate(JSON.stringify({ ...good, ...change })),
      Problem,
      Object.keys(change).join(),
    );
  for (const text of ['', '[]', 'null', '{']) assert.throws(() => readGate(text), Problem);
});
