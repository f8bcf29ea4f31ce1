import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { BOUNDS } from './bounds.ts';
import { NO_POLICY } from './no-policy.ts';
import { scan } from './scan.ts';
import { walk } from './walk.ts';

test('a scan that is given up has no result, also where nothing but the last file was left', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'huge'), '');
  // All of it is a hole: to read it takes longer than anybody waits here.
  truncateSync(join(folder, 'huge'), 2 ** 40);
  const stop = new AbortController();
  const scanning = scan(await walk([folder], folder), {
    version: '0',
    policy: NO_POLICY,
    baseline: [],
    over: [],
    bounds: BOUNDS,
    jobs: 1,
    signal: stop.signal,
  });
  setImmediate(() => stop.abort());
  await assert.rejects(scanning, { name: 'AbortError' });
});
