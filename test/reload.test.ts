import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from './harness/gateway.ts';

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
