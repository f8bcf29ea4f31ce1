import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../attacks/random.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { Problem } from '../base/problem.ts';
import { gateOfJson, gateToJson } from './gate-document.ts';
import { fitGate, outlierOf } from './outlier-gate.ts';

const random = new Random(3);
const rows = Float32Array.from({ length: 300 * 4 }, () => random.normal());
// All of one class: the other has no rows to learn from.
const probabilities = Float32Array.from({ length: 600 }, (_, at) => (at % 2 === 0 ? 0.8 : 0.2));
const profile = fitGate({ rows, features: 4, probabilities, classes: 2 });
const again = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

test('a gate is read as it was written', () => {
  const read = gateOfJson(again(gateToJson(profile)));
  assert.deepEqual(read, profile);
  const answer = Float64Array.of(0.8, 0.2);
  assert.equal(outlierOf(read, [1, 2, 0, 1], answer), outlierOf(profile, [1, 2, 0, 1], answer));
});

test('what is no gate is refused', () => {
  const good = again(gateToJson(profile)) as JsonObject;
  const numbers = (...values: number[]) => Buffer.from(new Float64Array(values).buffer).toString('base64');
  const changes: readonly object[] = [
    { version: 2 },
    { units: 'AAAA' },
    { units: '' },
    { units: good.whole },
    { tails: [] },
    { measures: ['residual'] },
    { all: { ...(good.all as object), mean: '' } },
    { whole: { ...(good.whole as object), sorted: '' } },
    { whole: { ...(good.whole as object), sorted: numbers(2, 1) } },
    { whole: { ...(good.whole as object), sorted: numbers(Number.NaN) } },
  ];
  for (const change of changes)
    assert.throws(() => gateOfJson(again({ ...good, ...change })), Problem, Object.keys(change).join());
  for (const other of [null, [], 'gate', 3, undefined]) assert.throws(() => gateOfJson(other), Problem);
});
