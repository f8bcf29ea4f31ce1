import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONTRACT, calibrationOf, classifier, KEY, rowsOf } from './harness/classifiers.ts';
import { keysIn, ledgerOf, serve, tempFolder } from './harness/cli.ts';
import { oipServer } from './harness/oip-server.ts';

const ROWS = rowsOf(40);
const SHAPERS =
  '[{ use: boundary-privacy, epsilon: 0.1, zone: 1 }, { use: misinformation, threshold: 0.5 }, { use: dawn, rate: 0.1 }]';

test('whichever process answers, the same question has the same shaped answer, also after a start anew', async (t) => {
  const model = classifier();
  const upstream = await oipServer(t, model, 4, undefined, 'probabilities');
  const folder = tempFolder(t);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('fraud.yaml', CONTRACT);
  write('calibration.json', await calibrationOf(model));
  write(
    'policy.yaml',
    `version: 1
roles: { app: { allow: [{ actions: [predict], models: ["*"] }] } }
predictions: [{ models: [fraud], shapers: ${SHAPERS} }]
`,
  );
  write(
    'gatehouse.yaml',
    `workers: 2
predictions:
  fraud: { contract: fraud.yaml, calibration: calibration.json, calibration_key: "${KEY}", url: "${upstream.address}", as: m }
upstreams: { open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: [m] } }
abuse: { repeats: off, invalid_requests: off }
`,
  );
  const first = await serve(t, folder);
  const { app } = keysIn(first.out());
  // Over a connection of its own each, so that questions spread over the processes.
  const ask = (address: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${app}` };
      const options = { method: 'POST', headers, agent: false };
      const req = http.request(`${address}/v2/models/fraud/infer`, options, (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        res.on('error', reject);
        res.on('close', () => resolve(`${res.statusCode} ${text}`));
      });
      req.on('error', reject);
      const input = { name: 'x', datatype: 'FP32', shape: [ROWS.length, 4], data: ROWS.flat() };
      req.end(JSON.stringify({ inputs: [input] }));
    });
  const answers = new Set<string>();
  for (let time = 0; time < 8; time++) answers.add(await ask(first.address));
  await first.stop();
  const second = await serve(t, folder);
  answers.add(await ask(second.address));
  assert.equal(answers.size, 1);
  assert.match([...answers][0] ?? '', /^200 /);
  const shaped = ledgerOf(folder).flatMap((entry) => (entry.kind === 'request.end' ? [entry.shaped] : []));
  assert.equal(shaped.length, 9);
  for (const one of shaped) assert.deepEqual(one, shaped[0]);
});
