import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, tempFolder } from '../harness/cli.ts';
import { FRAUD } from '../harness/predictions.ts';

test('config check: contracts of predictions, each error with its file and line', async (t) => {
  const cwd = tempFolder(t);
  await gatehouseJson(cwd, ['init']);
  const file = join(cwd, 'gatehouse.yaml');
  const plain = readFileSync(file, 'utf8');
  const check = async (predictions: string, contracts: Readonly<Record<string, string>>) => {
    writeFileSync(file, `${plain}\npredictions:\n${predictions}`);
    for (const [name, text] of Object.entries(contracts)) writeFileSync(join(cwd, name), text);
    return gatehouse(cwd, ['config', 'check']);
  };
  const at = (contract: string) => `{ contract: ${contract}, url: "https://triton.example" }\n`;

  assert.equal((await check(`  a: ${at('good.yaml')}`, { 'good.yaml': FRAUD })).code, 0);

  const wrong = await check(`  a: ${at('one.yaml')}  b: ${at('two.yaml')}  c: ${at('good.yaml')}`, {
    'one.yaml': FRAUD.replace('min: 18', 'min: 180'),
    'two.yaml': FRAUD.replace('max_rows: 64', 'max_rows: 0').replace('kind: whole', 'kind: hole'),
  });
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /one\.yaml:8:\d+ .*min: is more than max/);
  assert.match(wrong.err, /two\.yaml:2:\d+ /);
  assert.match(wrong.err, /two\.yaml:8:\d+ .*kind/);

  const missing = await check(`  a: ${at('nowhere.yaml')}`, {});
  assert.equal(missing.code, 3);
  assert.match(missing.err, /gatehouse\.yaml:\d+:\d+ .*predictions\.a\.contract: the file cannot be read/);

  // It would start, and answer nobody.
  const sealed = await check('  a: { contract: good.yaml }\n', {});
  assert.equal(sealed.code, 3);
  assert.match(sealed.err, /predictions\.a is a sealed model, and the settings have no vault/);
});
