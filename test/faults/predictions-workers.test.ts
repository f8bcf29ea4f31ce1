import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { keysIn, ledgerOf, serve, tempFolder } from '../harness/cli.ts';
import { FRAUD, ROW } from '../harness/predictions.ts';
import { until } from './scene.ts';

const OUTPUTS = JSON.stringify({
  outputs: [{ name: 'score', datatype: 'FP32', shape: [1, 1], data: [0.5] }],
});
const linux = { skip: process.platform === 'linux' ? false : 'reads process ids from /proc' };

test(
  'workers are killed while a model is asked: each question has its end, and others are answered',
  linux,
  async (t) => {
    const asked: ServerResponse[] = [];
    let hold = true;
    const far = http.createServer((req, res) => {
      req.resume().on('end', () => (hold ? void asked.push(res) : void res.end(OUTPUTS)));
    });
    await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      far.close();
      far.closeAllConnections();
    });
    const folder = tempFolder(t);
    const { port } = far.address() as AddressInfo;
    writeFileSync(join(folder, 'far.yaml'), FRAUD);
    writeFileSync(
      join(folder, 'gatehouse.yaml'),
      `workers: 2
upstreams: { p: { practice: true, dialect: openai, models: [practice] } }
predictions: { far: { contract: far.yaml, url: "http://127.0.0.1:${port}" } }
`,
    );
    writeFileSync(
      join(folder, 'policy.yaml'),
      `version: 1
roles:
  app: { allow: [{ actions: [predict], models: [far] }] }
  admin: { allow: [{ actions: ["callers.*"] }] }
quotas: [{ per: caller, concurrency: 2 }]
`,
    );
    const gateway = await serve(t, folder);
    const { app } = keysIn(gateway.out());
    // Each over a connection of its own, so that they spread over the processes.
    const ask = () =>
      fetch(`${gateway.address}/v2/models/far/rows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${app}`, connection: 'close' },
        body: JSON.stringify({ rows: [ROW] }),
      }).then(
        ({ status }) => status,
        () => 0,
      );
    const workers = () =>
      readFileSync(`/proc/${gateway.child.pid}/task/${gateway.child.pid}/children`, 'utf8')
        .trim()
        .split(' ')
        .map(Number);
    const hanging = [ask(), ask()];
    await until('the model is asked', () => asked.length === 2);
    const before = workers();
    for (const pid of before) process.kill(pid, 'SIGKILL');
    assert.deepEqual(await Promise.all(hanging), [0, 0]);
    hold = false;
    await until('others take their place', () => {
      const now = workers();
      return now.length === 2 && now.every((pid) => !before.includes(pid));
    });
    // The places that the lost ones held among those at work were given back.
    let status = 0;
    for (let tries = 0; status !== 200 && tries < 500; tries++) {
      status = await ask();
      if (status !== 200) await pause(20);
    }
    assert.equal(status, 200);
    await gateway.stop();
    const entries = ledgerOf(folder);
    const ended = entries.filter(({ kind }) => kind === 'request.end');
    assert.deepEqual(
      entries
        .filter(({ kind }) => kind === 'request.begin')
        .map(({ id }) => id)
        .sort(),
      ended.map(({ id }) => id).sort(),
    );
    assert.equal(ended.filter(({ lost }) => lost === 'worker').length, 2);
  },
);
