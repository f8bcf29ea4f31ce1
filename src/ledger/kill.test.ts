import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { nodeTreeHash } from './hashing.ts';
import { initLedger, ledgerPaths } from './init.ts';
import { Ledger } from './ledger.ts';
import { listSegments } from './read.ts';
import { verifyFiles } from './verify-files.ts';

const OPTIONS = { clock: systemClock, segmentBytes: 20_000, checkpointAfter: 5 };

const [, , role, data = ''] = process.argv;
if (role === 'writer') await write();
else test('kill -9 at any moment loses no acknowledged entry, and leaves no lock', killed);

/** The process that is killed: prints the number of each entry once it has the receipt. */
async function write(): Promise<void> {
  const { keys } = await initLedger({ data, clock: systemClock });
  const ledger = await Ledger.open({ folder: ledgerPaths(data).folder, keys, ...OPTIONS });
  process.stdout.write('open\n');
  for (;;) {
    const receipts = await Promise.all(
      Array.from({ length: 7 }, () => ledger.append({ kind: 'test', text: 'x'.repeat(200) })),
    );
    for (const { seq, leaf } of receipts) process.stdout.write(`${seq} ${leaf}\n`);
  }
}

async function killed(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  try {
    const acknowledged: string[] = [];
    for (let round = 0; round < 6; round++) {
      const child = spawn(process.execPath, [import.meta.filename, 'writer', folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (line) => {
        if (line === 'open') setTimeout(() => child.kill('SIGKILL'), Math.random() * 60);
        else acknowledged.push(line);
      });
      await Promise.all([once(lines, 'close'), once(child, 'close')]);
      assert.equal(child.signalCode, 'SIGKILL');
      assert.equal((await verifyFiles({ ledger: ledgerPaths(folder).folder })).outcome, 'ok');
    }
    const { keys } = await initLedger({ data: folder, clock: systemClock });
    const ledger = await Ledger.open({ folder: ledgerPaths(folder).folder, keys, ...OPTIONS });
    assert.ok(ledger.size >= acknowledged.length);
    await ledger.close();

    const report = await verifyFiles({ ledger: ledgerPaths(folder).folder });
    assert.deepEqual([report.outcome, report.unsigned, report.tornBytes], ['ok', 0, 0]);
    const leaves = await leavesOf(ledgerPaths(folder).folder);
    assert.ok(acknowledged.length > 0);
    for (const line of acknowledged) {
      const [seq, leaf] = line.split(' ');
      assert.equal(leaves[Number(seq)], leaf, `entry ${seq}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function leavesOf(folder: string): Promise<string[]> {
  const leaves: string[] = [];
  for (const { file } of await listSegments(folder)) {
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n').slice(0, -1);
    leaves.push(...lines.map((line) => nodeTreeHash.leaf(Buffer.from(line))));
  }
  return leaves;
}
