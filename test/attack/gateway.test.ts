import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttackResult } from '../../src/lifecycle/attack/result.ts';
import { linear } from '../../src/lifecycle/attack/testing.ts';
import { gatehouse } from '../harness/cli.ts';
import { servePredictions } from '../harness/predictions.ts';
import { FEATURES, HEADER, place } from './place.ts';

const NAMES = HEADER.split(',').slice(0, FEATURES);

/** Where zeros are no row: what is asked first must be of the data. */
const CONTRACT = `version: 1
inputs:
  x:
    type: float32
    shape: [rows, ${FEATURES}]
    features:
${NAMES.map((feature) => `      - { name: ${feature}, kind: number, min: 0.001, max: 1 }`).join('\n')}
`;

test('a model behind a gateway is attacked within its contract, and each question is in the ledger', async (t) => {
  const served = await servePredictions(t, { files: { 'fraud.yaml': CONTRACT } });
  served.add(linear(FEATURES));
  const folder = place(t, undefined, 12);
  const ran = await gatehouse(
    folder,
    [
      'attack',
      `${served.url}/v2/models/fraud`,
      ...['--data', 'data.csv', '--bounds', '0.001,1', '--epsilon', '0.2', '--queries', '60'],
      ...['--key-env', 'KEY', '--json'],
    ],
    { KEY: served.key },
  );
  assert.equal(ran.code, 0, ran.err);
  const found = JSON.parse(ran.out) as AttackResult;
  assert.equal(found.clean.share, 1);
  assert.ok((found.runs[0]?.success ?? 0) > 0);
  const asked = served.entries().filter(({ kind }) => kind === 'request.begin') as { rows?: number }[];
  assert.equal(
    asked.reduce((sum, { rows = 0 }) => sum + rows, 0),
    found.sent,
  );
  assert.ok(!(ran.out + ran.err).includes(served.key));

  const outside = await gatehouse(
    folder,
    [
      'attack',
      `${served.url}/v2/models/fraud`,
      '--data',
      'data.csv',
      '--bounds',
      '-9,9',
      '--epsilon',
      '5',
      '--key-env',
      'KEY',
    ],
    { KEY: served.key },
  );
  assert.equal(outside.code, 4, outside.err);
  assert.match(outside.err, /answers 400[\s\S]*--bounds/);
});
