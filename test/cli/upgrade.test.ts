import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { MIGRATIONS } from '../../src/store/migrations.ts';
import { gatehouse, gatehouseJson, ledgerOf, serve, tempFolder } from '../harness/cli.ts';

interface Upgraded extends Record<string, unknown> {
  readonly present: number;
  readonly wanted: number;
  readonly kept: string | null;
}

test('an upgrade is tried on a copy, then done once, and is in the ledger', async (t) => {
  const folder = tempFolder(t);
  await gatehouse(folder, ['init']);
  const file = join(folder, 'gatehouse-data/gatehouse.sqlite');
  rmSync(file);
  const database = new DatabaseSync(file);
  for (const sql of MIGRATIONS.slice(0, 3)) database.exec(sql);
  database.exec('PRAGMA user_version = 3');
  database.close();

  const { code, out } = await gatehouse(folder, ['upgrade', '--dry-run']);
  assert.equal(code, 0);
  assert.match(out, /has schema 3; this version wants/);
  assert.match(out, /4: CREATE TABLE history/);
  assert.match(out, /Nothing was changed/);

  const done = await gatehouseJson<Upgraded>(folder, ['upgrade']);
  assert.deepEqual([done.present, done.wanted], [3, MIGRATIONS.length]);
  assert.ok(existsSync(done.kept ?? ''));
  const recorded = ledgerOf(folder).filter(({ kind }) => kind === 'system.upgrade');
  assert.deepEqual(
    recorded.map(({ from, to }) => [from, to]),
    [[3, MIGRATIONS.length]],
  );
  assert.match((await gatehouse(folder, ['upgrade'])).out, /nothing to do/);
  await (await serve(t, folder)).stop();
});

test('not under a gateway that runs, and not where there is nothing', async (t) => {
  const folder = tempFolder(t);
  const served = await serve(t, folder);
  const file = join(folder, 'gatehouse-data/gatehouse.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 3');
  database.close();
  const { code, err } = await gatehouse(folder, ['upgrade']);
  assert.equal(code, 4);
  assert.match(err, /another process is using/);
  await served.stop();
  const empty = tempFolder(t);
  await gatehouse(empty, ['init', '--config', 'gatehouse.yaml']);
  rmSync(join(empty, 'gatehouse-data'), { recursive: true });
  assert.equal((await gatehouse(empty, ['upgrade'])).code, 3);
});
