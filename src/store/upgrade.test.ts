import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSecretKey } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Problem } from '../base/problem.ts';
import { inspectDatabase } from './copy.ts';
import { MIGRATIONS } from './migrations.ts';
import { openStore } from './store.ts';
import { keptAs, planUpgrade, tryUpgrade, upgrade } from './upgrade.ts';

const options = {
  pepper: createSecretKey(Buffer.alloc(32, 1)),
  clock: { now: () => 1_000_000, tick: () => 0 },
};

/** A database as an old version left it: its schema, and a caller. */
function old(t: TestContext, version = 1) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-upgrade-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gatehouse.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL');
  for (const sql of MIGRATIONS.slice(0, version)) database.exec(sql);
  database.exec(`PRAGMA user_version = ${version};
    INSERT INTO callers VALUES ('clr_1', 'ann', 'o', 't', '["app"]', '{}', 1, NULL);
    INSERT INTO counters (name, start, ends, used) VALUES ('x', 1, 2, 3)`);
  database.close();
  const names = () => readdirSync(folder).filter((name) => !/-(wal|shm)$/.test(name));
  return { folder, file, names };
}

const broken = [
  ...MIGRATIONS,
  'CREATE TABLE more (a); INSERT INTO more VALUES (1)',
  'CREATE TABLE callers (a)',
];
const unchanged = (error: unknown) =>
  error instanceof Problem && /nothing in it was changed/.test(error.message);

for (const version of MIGRATIONS.keys()) {
  if (version === 0) continue;
  test(`a database of schema ${version} is brought to the newest, and kept as it was`, (t) => {
    const { file, names } = old(t, version);
    const { present, wanted, steps } = planUpgrade(file);
    assert.deepEqual(
      [present, wanted, steps.length],
      [version, MIGRATIONS.length, MIGRATIONS.length - version],
    );
    tryUpgrade(file);
    assert.deepEqual(names(), ['gatehouse.sqlite'], 'a trial leaves nothing');
    assert.equal(inspectDatabase(file).version, version, 'a trial changes nothing');
    const store = openStore(file, options);
    assert.equal(store.callers.list()[0]?.name, 'ann');
    store.close();
    assert.deepEqual(inspectDatabase(file), { version: MIGRATIONS.length, damage: undefined });
    const kept = keptAs(file, MIGRATIONS.length);
    assert.deepEqual(inspectDatabase(kept), { version, damage: undefined });
    assert.equal(statSync(kept).mode & 0o777, 0o600);
    assert.deepEqual(planUpgrade(file).steps, []);
  });
}

test('a plan says what each step makes', (t) => {
  const [first] = planUpgrade(old(t).file).steps;
  assert.deepEqual(first, { to: 2, does: ['CREATE TABLE identities', 'CREATE TABLE invitations'] });
});

test('a new database needs no copy', (t) => {
  const { folder, names } = old(t);
  openStore(join(folder, 'new.sqlite'), options).close();
  assert.deepEqual(names(), ['gatehouse.sqlite', 'new.sqlite']);
});

test('where a step fails, no step was done', (t) => {
  const { file } = old(t);
  assert.throws(() => tryUpgrade(file, broken), unchanged);
  const database = new DatabaseSync(file);
  assert.throws(() => upgrade(database, file, broken), unchanged);
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  assert.deepEqual(
    tables.map(({ name }) => name),
    ['callers', 'counters', 'keys'],
  );
  database.close();
  assert.equal(inspectDatabase(file).version, 1);
});

test('killed in the middle of an upgrade, it is done from the beginning', (t) => {
  const { file } = old(t);
  const code = `
    const { DatabaseSync } = await import('node:sqlite');
    const { MIGRATIONS } = await import(${JSON.stringify(new URL('./migrations.ts', import.meta.url).href)});
    const { upgrade } = await import(${JSON.stringify(new URL('./upgrade.ts', import.meta.url).href)});
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.function('die', () => process.kill(process.pid, 'SIGKILL'));
    upgrade(database, ${JSON.stringify(file)}, [...MIGRATIONS, 'SELECT die()']);`;
  assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', code]).signal, 'SIGKILL');
  assert.equal(inspectDatabase(file).version, 1);
  assert.ok(existsSync(keptAs(file, MIGRATIONS.length + 1)));
  openStore(file, options).close();
  assert.equal(inspectDatabase(file).version, MIGRATIONS.length);
});

test('a newer database and a damaged one are refused', (t) => {
  const { file } = old(t);
  assert.throws(() => planUpgrade(file, []), /newer version/);
  const database = new DatabaseSync(file);
  assert.throws(() => upgrade(database, file, []), /newer version/);
  database.exec("PRAGMA foreign_keys = OFF; INSERT INTO keys VALUES (1, 2, x'00', 3, NULL, NULL)");
  assert.throws(() => upgrade(database, file), /damaged/);
  database.close();
});
