import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONTRACT, calibrationOf, classifier, FEATURES, KEY, rowsOf } from './harness/classifiers.ts';
import { gatehouse } from './harness/cli.ts';
import { servePredictions } from './harness/predictions.ts';

test('what callers asked is kept sealed, and proves whose model a copy was made of', async (t) => {
  const model = classifier({ names: [7, 8, 9] });
  const gate = await servePredictions(
    t,
    {
      files: { 'fraud.yaml': CONTRACT, 'calibration.json': await calibrationOf(model) },
      policy:
        'content: { seal: both }\npredictions:\n  - { models: [fraud], shapers: [{ use: dawn, rate: 0.1 }] }',
      settings: `vault: { masters: { main: { key: "${'ab'.repeat(32)}" } } }`,
    },
    `, calibration: calibration.json, calibration_key: "${KEY}"`,
  );
  gate.add(model);
  const rows = rowsOf(640);
  // Large questions come page by page: together they could be more than a process holds.
  for (const one of rows.slice(0, 2)) {
    const input = { name: 'x', datatype: 'FP32', shape: [1, FEATURES], data: one };
    const answer = await fetch(`${gate.url}/v2/models/fraud/infer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gate.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ inputs: [input] }) + ' '.repeat(5 * 1024 * 1024),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
  for (let from = 0; from < rows.length; from += 64) {
    const data = rows.slice(from, from + 64).flat();
    const input = { name: 'x', datatype: 'FP32', shape: [64, FEATURES], data };
    assert.equal((await gate.post('/v2/models/fraud/infer', { inputs: [input] })).status, 200);
  }
  const end = gate.entries().findLast(({ kind }) => kind === 'request.end');
  assert.deepEqual(Object.keys(end?.content as object), ['prompt', 'reply']);

  writeFileSync(join(gate.folder, 'own.onnx'), model);
  writeFileSync(join(gate.folder, 'other.onnx'), classifier());
  writeFileSync(join(gate.folder, 'app.key'), gate.key);
  const marks = (...args: string[]) =>
    gatehouse(gate.folder, ['models', 'marks', 'own.onnx', '--prediction', 'fraud', '--json', ...args]);
  // Whoever gives the marked answers is the best copy that there is.
  const copy = await marks(
    ...['--caller', 'app', '--suspect', `${gate.url}/v2/models/fraud`, '--suspect-key', 'app.key'],
  );
  assert.equal(copy.code, 1, copy.err);
  const proof = JSON.parse(copy.out) as { verdict: string; rows: number; marks: number; matches: number };
  assert.equal(proof.verdict, 'marked');
  assert.ok(proof.rows > 300 && proof.marks > 20 && proof.matches >= proof.marks - 1, copy.out);
  const read = gate.entries().filter(({ operation }) => operation === 'content.asked');
  assert.equal(read.length, 3, 'who reads what was asked is in the ledger, for each page');

  const innocent = await marks('--caller', 'app', '--suspect', 'other.onnx');
  assert.equal(innocent.code, 0, innocent.err);
  assert.equal(JSON.parse(innocent.out).verdict, 'unmarked');

  const nobody = await marks('--caller', 'nobody', '--suspect', 'other.onnx');
  assert.equal(nobody.code, 2);
  assert.match(nobody.err, /nothing is kept/);
});
