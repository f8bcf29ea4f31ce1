import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatehouse, gatehouseJson, tempFolder } from '../harness/cli.ts';

test('a mirror sends its key to another machine only where nobody on the way can read it', async (t) => {
  const folder = tempFolder(t);
  await gatehouseJson(folder, ['init']);
  const mirror = (...args: string[]) =>
    gatehouse(folder, ['audit', 'mirror', ...args, '--key', 'gatehouse-data/ledger/ledger.pub'], {
      GATEHOUSE_KEY: 'gha_secret',
    });
  for (const url of ['http://gate.invalid', 'http://192.0.2.1:8642', 'http://127.0.0.1.gate.invalid']) {
    const { code, err } = await mirror(url);
    assert.equal(code, 3, err);
    assert.match(err, /unencrypted to another machine/);
  }
  // What cannot be reached was at least asked.
  for (const args of [
    ['http://127.0.0.1:9'],
    ['http://gate.invalid', '--insecure-http'],
    ['https://gate.invalid'],
  ]) {
    const { code, err } = await mirror(...args);
    assert.equal(code, 4, err);
    assert.match(err, /cannot reach/);
  }
});
