import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { classifier, rowsOf, WEIGHTS } from './harness/classifiers.ts';
import { ledgerOf } from './harness/cli.ts';
import { modelScene } from './harness/models.ts';

/** The class of the highest score: what the model says of the row. */
const bestOf = (row: readonly number[]): number => {
  const scores = WEIGHTS.map((weights) =>
    weights.reduce((sum, weight, at) => sum + weight * (row[at] ?? 0), 0),
  );
  return scores.indexOf(Math.max(...scores));
};

test('what an attack came to is kept with the version that was attacked, and with no other', async (t) => {
  const { folder, run, good, person } = await modelScene(t, '{ unsigned: allow }');
  await person('ann');
  const file = join(folder, 'fraud.onnx');
  writeFileSync(file, classifier());
  writeFileSync(
    join(folder, 'other.onnx'),
    classifier({ weights: WEIGHTS.map((row) => row.map((w) => -w)) }),
  );
  const rows = rowsOf(60, 7).map((row) => [...row, bestOf(row)].join(','));
  writeFileSync(join(folder, 'data.csv'), `a,b,c,d,label\n${rows.join('\n')}\n`);
  await good('models add fraud.onnx --name fraud --as ann.key');

  const how = '--data data.csv --attack fgsm --epsilon 0.1,0.5';
  const told = await run(`attack fraud.onnx ${how} --out report --attach fraud@1 --as ann.key`);
  assert.equal(told.code, 0, told.err);
  assert.match(told.err, /fraud@1 has the result now/);
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'report/result.json')))
    .digest('hex');
  const { robustness } = JSON.parse(await good('models show fraud@1')) as {
    robustness: { report: string; by: string; worst: { epsilon: number; robust: { share: number } }[] }[];
  };
  assert.partialDeepStrictEqual(robustness, [{ report: digest, by: 'ann', norm: 'Linf', rows: 60 }]);
  assert.deepEqual(
    robustness[0]?.worst.map(({ epsilon }) => epsilon),
    [0.1, 0.5],
  );
  const steps = ledgerOf(folder).filter(({ act }) => act === 'attack');
  assert.partialDeepStrictEqual(steps, [{ kind: 'system.model', name: 'fraud', version: 1, report: digest }]);

  // The same report is kept once; one of another file is none of this version.
  await good('models attach fraud@1 --report report/result.json --as ann.key');
  const again = JSON.parse(await good('models show fraud@1')) as { robustness: unknown[] };
  assert.equal(again.robustness.length, 1);
  const other = await run(`attack other.onnx ${how} --attach fraud@1 --as ann.key`);
  assert.notEqual(other.code, 0);
  assert.match(other.err, /none of this version/);
  const none = await run('models attach fraud@1 --report data.csv --as ann.key');
  assert.equal(none.code, 3);
  assert.match(none.err, /no report of an attack/);
});
