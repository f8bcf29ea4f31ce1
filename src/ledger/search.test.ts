import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { initLedger, ledgerPaths } from './init.ts';
import { Ledger } from './ledger.ts';
import { entriesHolding } from './search.ts';

test('finds the entries that hold a text, over all segments, from an entry on', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-search-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const { keys } = await initLedger({ data, clock: systemClock });
  const { folder } = ledgerPaths(data);
  const ledger = await Ledger.open({ folder, keys, clock: systemClock, segmentBytes: 1000 });
  const wanted: number[] = [];
  for (let i = 0; i < 30; i++) {
    const { seq } = await ledger.append({ kind: i % 3 === 0 ? 'content.erased' : 'request.end', i });
    if (i % 3 === 0) wanted.push(seq);
  }
  const found = async (from?: number) => {
    const seqs: number[] = [];
    for await (const { seq } of entriesHolding(folder, '"kind":"content.erased"', { from })) seqs.push(seq);
    return seqs;
  };
  assert.deepEqual(await found(), wanted, 'while the ledger is open');
  const half = wanted[5] as number;
  assert.deepEqual(await found(half), wanted.slice(5));
  assert.deepEqual(await found(half + 1), wanted.slice(6));
  await ledger.close();
});
