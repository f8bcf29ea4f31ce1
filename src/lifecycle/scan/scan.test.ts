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

test('a file that needs more memory than a reader has who shares it is read by one alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['a.gguf', 'b.gguf']) writeFileSync(join(folder, name), tensors(600_000));
  const { files } = await scan(walk([folder], folder), {
    version: '0',
    policy: NO_POLICY,
    baseline: [],
    over: [],
    bounds: BOUNDS,
    jobs: 2,
  });
  assert.deepEqual(
    files.map(({ path, verdict }) => [path, verdict]),
    [
      ['a.gguf', 'clean'],
      ['b.gguf', 'clean'],
    ],
  );
});

/** A GGUF file of so many tensors of eight numbers each. */
function tensors(count: number): Buffer {
  const head = Buffer.alloc(24);
  head.write('GGUF');
  head.writeUInt32LE(3, 4);
  head.writeBigUInt64LE(BigInt(count), 8);
  const all = Buffer.alloc(count * 48);
  for (let i = 0; i < count; i++) {
    const at = i * 48;
    all.writeUInt32LE(16, at);
    all.write(`tensor.${String(i).padStart(9, '0')}`, at + 8);
    all.writeUInt32LE(1, at + 24);
    all.writeUInt32LE(8, at + 28);
    all.writeUInt32LE(i * 32, at + 40);
  }
  return Buffer.concat([head, all, Buffer.alloc(((32 - ((24 + all.length) % 32)) % 32) + count * 32)]);
}
