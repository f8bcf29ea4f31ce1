import assert from 'node:assert/strict';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { rulesOf, scanned } from '../testing.ts';
import { CATCHES, PASSES } from './samples.ts';

test('a promise in a compressed file is found (CVE-2024-27322)', async () => {
  const [promise] = CATCHES;
  const found = await scanned(gzipSync(promise?.bytes() ?? Buffer.alloc(0)), 'model.rds');
  assert.deepEqual(rulesOf(found), ['r.dangerous-call', 'r.promise']);
  assert.ok(found.findings.some(({ severity }) => severity === 'critical'));
});

test('lists nested a hundred thousand deep break off', async () => {
  const one = Buffer.from([0, 0, 0, 19, 0, 0, 0, 1]);
  const head = PASSES[0]?.bytes().subarray(0, 23) ?? Buffer.alloc(0);
  const deep = Buffer.concat([head, Buffer.concat(Array<Buffer>(100_000).fill(one))]);
  assert.deepEqual(rulesOf(await scanned(deep, 'model.rds')), ['r.bounds']);
});

test('a change of any byte never breaks the reader', async () => {
  const files = [...CATCHES, ...PASSES].map(({ bytes }) => bytes());
  await fc.assert(
    fc.asyncProperty(fc.nat(files.length - 1), fc.nat(300), fc.nat(255), async (which, at, byte) => {
      const bytes = Uint8Array.from(files[which] ?? []);
      bytes[at % bytes.length] = byte;
      const rules = rulesOf(await scanned(bytes, 'model.rds'));
      assert.ok(!rules.includes('file.reader-failed'), rules.join());
    }),
    { numRuns: 400 },
  );
});
