import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { linear } from '../../src/lifecycle/attack/testing.ts';
import { modelScene } from '../harness/models.ts';
import { csv, FEATURES, rows } from './place.ts';

test('a sealed model is attacked by its name in the registry', async (t) => {
  const { folder, write, run, good, person } = await modelScene(t, '{ trust: ./trust.yaml }');
  write('model/model.onnx', Buffer.from(linear(FEATURES)));
  write('data.csv', csv(rows(20)));
  for (const name of ['ann', 'ben']) await person(name);
  await good('sign model --key-file signing.pem');
  await good('models add model --as ann.key');
  const words = '--data data.csv --epsilon 0.3 --quiet';
  await good(`attack model@1 ${words} --out report`);
  const found = JSON.parse(readFileSync(join(folder, 'report', 'result.json'), 'utf8')) as AttackResult;
  assert.equal(found.model.name, 'model@1');
  assert.equal(found.model.kind, 'onnx');
  assert.equal(found.model.access, 'gradients');
  assert.ok((found.runs[0]?.success ?? 0) > 0.5);
  assert.match((await run(`attack model@2 ${words}`)).err, /model@2|version/);
  assert.match((await run(`attack missing.onnx ${words}`)).err, /cannot read missing\.onnx/);
});
