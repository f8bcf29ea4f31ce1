import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ledgerOf, serve } from './harness/cli.ts';
import { modelScene } from './harness/models.ts';
import { linearModel } from './harness/predictions.ts';

const SAMPLE = `age,income,country,label
41,2500,DE,0
18,1200.5,FR,1
67,0,DE,0
`;

/** From a file to an answer, as docs/predictions.md walks; with several processes and without. */
async function walk(t: TestContext, more: string): Promise<void> {
  const { folder, write, run, good, person } = await modelScene(t, '{ trust: ./trust.yaml }');
  write('model/model.onnx', Buffer.from(linearModel([1, 0, 100], 0)));
  write('sample.csv', SAMPLE);
  const contract = 'models contract model/model.onnx --data sample.csv --to fraud.contract.yaml';
  assert.match((await run(contract)).err, /takes 3 columns, and the sample has 4/);
  assert.match(await good(`${contract} --drop label`), /is the contract of 3 rows/);
  assert.equal((await run(`${contract} --drop label`)).code, 3);
  assert.match(readFileSync(join(folder, 'fraud.contract.yaml'), 'utf8'), /name: country\n.*kind: category/);
  appendFileSync(
    join(folder, 'gatehouse.yaml'),
    `predictions: { fraud: { model: model, contract: ./fraud.contract.yaml } }\n${more}`,
  );
  write(
    'policy.yaml',
    'version: 1\nroles:\n  app: { allow: [{ actions: [predict, models.list], models: [fraud] }] }\n' +
      '  vetter: { allow: [{ actions: ["registry.*"] }] }\n',
  );
  const { address } = await serve(t, folder);
  for (const name of ['ann', 'ben']) await person(name);
  const { key } = JSON.parse(await good('callers create shop --role app --json')) as { key: string };
  const ask = async (row: object) => {
    const answer = await fetch(`${address}/v2/models/fraud/rows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [row] }),
    });
    return [answer.status, await answer.json()] as const;
  };
  const row = { age: 41, income: 2500, country: 'FR' };
  assert.equal((await ask(row))[0], 404);
  await good('sign model --key-file signing.pem');
  await good('models add model --as ann.key');
  // What is not approved can be looked into, and not asked.
  assert.match(
    await good('models contract model@1 --data sample.csv --drop label --json'),
    /"one_hot"|"codes"/,
  );
  assert.equal((await ask(row))[0], 404);
  await good('models approve model@1 --as ben.key');
  await good('models activate model@1 --as ann.key');
  assert.deepEqual(await ask(row), [
    200,
    { model_name: 'fraud', model_version: '1', rows: [{ score: 141 }] },
  ]);
  assert.equal((await ask({ ...row, age: 300 }))[0], 400);
  await good('models revoke model@1');
  assert.equal((await ask(row))[0], 404);
  const kinds = ledgerOf(folder)
    .filter(({ operation }) => operation === 'oip.rows')
    .map(({ kind, outcome }) => [kind, outcome]);
  assert.equal(kinds.filter(([, outcome]) => outcome === 'completed').length, 1);
}

test('from a file to an answer', (t) => walk(t, ''));
test('the same with several processes', (t) => walk(t, 'workers: 2\n'));
