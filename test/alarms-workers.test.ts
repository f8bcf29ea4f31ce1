import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { CONTRACT, calibrationOf, classifier, KEY, rowsOf } from './harness/classifiers.ts';
import { gatehouseJson, keysIn, ledgerOf, type Served, serve, tempFolder } from './harness/cli.ts';
import { oipServer } from './harness/oip-server.ts';

/** Several processes, one set of monitors: the real command line, and the files that it leaves. */

const POLICY = `version: 1
roles:
  app: { allow: [{ actions: [predict, models.list], models: ["*"] }] }
  admin: { allow: [{ actions: ["callers.*", metrics.read] }] }
predictions:
  - models: [fraud]
    patience: 20
    ladder: [{ respond: log }, { respond: coarser, shapers: [{ use: rounding, decimals: 1 }] }, { respond: block }]
`;

async function scene(t: TestContext, workers = 2) {
  const model = classifier();
  const upstream = await oipServer(t, model, 4, undefined, 'probabilities');
  const folder = tempFolder(t);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('fraud.yaml', CONTRACT);
  write('calibration.json', await calibrationOf(model));
  write('policy.yaml', POLICY);
  write(
    'gatehouse.yaml',
    `workers: ${workers}
predictions:
  fraud: { contract: fraud.yaml, calibration: calibration.json, calibration_key: "${KEY}", url: "${upstream.address}", as: m }
upstreams:
  open: { dialect: openai, url: "http://127.0.0.1:9/v1", key: k, models: [m] }
abuse: { repeats: off, invalid_requests: off }
`,
  );
  const gateway = await serve(t, folder);
  const keys = keysIn(gateway.out());
  return { folder, gateway, upstream, keys };
}

/** Each over a connection of its own, so that questions spread over the processes. */
function ask({ address }: Served, key: string, rows: number[][]): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
    const options = { method: 'POST', headers, agent: false };
    const req = http.request(`${address}/v2/models/fraud/infer`, options, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      res.on('error', reject);
      res.on('close', () => resolve({ status: res.statusCode ?? 0, text }));
    });
    req.on('error', reject);
    req.end(
      JSON.stringify({
        inputs: [{ name: 'x', datatype: 'FP32', shape: [rows.length, 4], data: rows.flat() }],
      }),
    );
  });
}

/** Ever the same row, but for a little. */
const near = (at: number): number[][] => [
  (rowsOf(1, 3)[0] ?? []).map((value, feature) =>
    Math.fround(value + 0.01 * Math.sin(at * (feature + 1) * 1.7)),
  ),
];

const stancesIn = async (folder: string) =>
  (
    await gatehouseJson<{ alarms: { stance: string; caller: { name: string } }[] }>(folder, [
      'alarms',
      'list',
    ])
  ).alarms.map(({ stance, caller }) => [caller.name, stance]);

suite('monitors over several processes', { concurrency: 2 }, () => {
  test('what all workers see is one evidence; where somebody stands holds in all, and in those that are new', async (t) => {
    const { folder, gateway, keys } = await scene(t);
    for (let at = 0; at < 60; at++) assert.equal((await ask(gateway, keys.app, near(at))).status, 200);
    assert.deepEqual(await stancesIn(folder), [['app', 'coarser']]);
    const { changes } = await gatehouseJson<{ changes: object[] }>(folder, [
      ...['alarms', 'approve', 'app', '--model', 'fraud'],
    ]);
    assert.deepEqual(changes, [{ model: 'fraud', before: 'coarser', after: 'block' }]);
    for (let at = 0; at < 8; at++) assert.equal((await ask(gateway, keys.app, near(at))).status, 403);
    await gatehouseJson(folder, ['alarms', 'raise', 'app', '--model', 'fraud', '--to', 'log']);
    for (let at = 0; at < 4; at++) assert.equal((await ask(gateway, keys.app, near(100 + at))).status, 200);
    const metrics = await fetch(`${gateway.address}/metrics`, {
      headers: { authorization: `Bearer ${keys.admin}` },
    });
    assert.match(await metrics.text(), /gatehouse_monitor_callers\{model="fraud",stance="log"\} 1/);
    assert.equal((await gateway.stop()).code, 0);
    // Alarms are the primary's to tell: once each.
    const alarms = ledgerOf(folder).filter(
      ({ kind, scope }) => kind === 'monitor.alarm' && scope === 'caller',
    );
    const names = alarms.map(({ monitor }) => monitor);
    assert.ok(names.length >= 2);
    assert.equal(new Set(names).size, names.length);
  });

  test('what was decided is there after the process was killed', async (t) => {
    const { folder, gateway, keys } = await scene(t, 1);
    await gatehouseJson(folder, ['alarms', 'raise', 'app', '--model', 'fraud', '--to', 'block']);
    gateway.child.kill('SIGKILL');
    while (gateway.child.exitCode === null && gateway.child.signalCode === null) await pause(5);
    const again = await serve(t, folder);
    assert.equal((await ask(again, keys.app, near(1))).status, 403);
    await again.stop();
    // Nobody answers now: people decide all the same.
    await gatehouseJson(folder, ['alarms', 'clear', 'app']);
    assert.deepEqual(await stancesIn(folder), []);
  });
});
