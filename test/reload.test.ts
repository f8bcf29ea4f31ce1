import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from './harness/gateway.ts';
import { completion, json, startUpstream } from './harness/upstream.ts';

test('a limit of the listener cannot change while it runs, and is not silently left as it was', async () => {
  const gateway = await startGateway({ upstream: 'http://127.0.0.1:9' });
  const file = join(gateway.folder, 'gatehouse.yaml');
  const settings = readFileSync(file, 'utf8');
  try {
    for (const limit of ['connections: 7', 'headers: 8KB', 'header_time: 3s', 'body_time: 3s']) {
      writeFileSync(file, `${settings}\nlimits: { ${limit} }\n`);
      await assert.rejects(gateway.gateway.reload(), /only change with a restart/, limit);
    }
    writeFileSync(file, `${settings}\nlimits: { depth: 5 }\n`);
    await gateway.gateway.reload();
    const answer = await gateway.post('/v1/chat/completions', '{"a": [[[[[[1]]]]]]}');
    assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'body_too_deep');
  } finally {
    await gateway.close();
  }
});

test('a reload is in the ledger, a request keeps the house it came into, and its connections outlive it', async () => {
  const upstream = await startUpstream();
  const gateway = await startGateway({ upstream: upstream.url });
  try {
    let go: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    upstream.script = async (res, seen) => {
      await held;
      json(completion('late'))(res, seen);
    };
    const ask = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
    const before = gateway.gateway.gate.house;
    const waiting = gateway.post('/v1/chat/completions', ask);
    while (upstream.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await gateway.gateway.reload();
    assert.notEqual(gateway.gateway.gate.house, before);
    assert.equal(before.guests, 1);
    go();
    assert.equal((await waiting).status, 200);
    assert.equal((await gateway.post('/v1/chat/completions', ask)).status, 200);
    const kinds = gateway.entries().map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === 'system.reload').length, 1);
    while (before.guests > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const { pool } of before.upstreams.values()) assert.ok(pool.closed, 'closed behind its last guest');
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
