import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { systemClock } from '../base/clock.ts';
import { initLedger, ledgerPaths } from '../ledger/init.ts';
import { Ledger } from '../ledger/ledger.ts';
import { openStore } from '../store/store.ts';
import { makeFirstCallers } from './first-run.ts';

test('a first start that fails half-way makes no caller: the next one makes and shows both', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'gatehouse-first-'));
  const { keys } = await initLedger({ data, clock: systemClock });
  const ledger = await Ledger.open({ folder: ledgerPaths(data).folder, keys, clock: systemClock });
  const file = join(data, 'store.sqlite');
  const store = openStore(file, { pepper: createSecretKey(Buffer.alloc(32, 1)), clock: systemClock });
  t.after(async () => {
    store.close();
    await ledger.close();
    rmSync(data, { recursive: true });
  });
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TRIGGER full BEFORE INSERT ON callers WHEN NEW.name = 'app' BEGIN SELECT RAISE(ABORT, 'disk full'); END",
  );
  await assert.rejects(makeFirstCallers(store, ledger), /disk full/);
  assert.deepEqual(store.callers.list(), []);
  database.exec('DROP TRIGGER full');
  database.close();
  const made = await makeFirstCallers(store, ledger);
  assert.match(made?.admin ?? '', /^gha_/);
  assert.match(made?.app ?? '', /^ghk_/);
  assert.equal(await makeFirstCallers(store, ledger), undefined);
});
