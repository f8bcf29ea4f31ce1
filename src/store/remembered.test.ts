import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Remembered } from './remembered.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-remembered-'));
after(() => rmSync(folder, { recursive: true }));

function open(name: string) {
  const file = join(folder, name);
  const own = new DatabaseSync(file);
  own.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE words (key TEXT PRIMARY KEY, word TEXT);
    CREATE TABLE counters (used INTEGER);
    CREATE TABLE standing (changes INTEGER);
    INSERT INTO standing VALUES (0);
    CREATE TRIGGER words_update AFTER UPDATE ON words BEGIN UPDATE standing SET changes = changes + 1; END;
    CREATE TRIGGER words_delete AFTER DELETE ON words BEGIN UPDATE standing SET changes = changes + 1; END;`);
  const other = new DatabaseSync(file);
  const find = own.prepare('SELECT word FROM words WHERE key = ?');
  const known = new Remembered<string>(own);
  let reads = 0;
  const get = () =>
    known.get('a', (key) => {
      reads += 1;
      return find.get(key)?.word as string | undefined;
    });
  return { own, other, known, get, reads: () => reads };
}

test('a row is read once, and anew when another process has written', async () => {
  const { own, other, get, reads } = open('other.sqlite');
  own.exec("INSERT INTO words VALUES ('a', 'one')");
  assert.equal(get(), 'one');
  await setImmediate();
  assert.equal(get(), 'one');
  assert.equal(reads(), 1);
  other.exec('INSERT INTO counters VALUES (1)');
  await setImmediate();
  assert.equal(get(), 'one');
  assert.equal(reads(), 1, 'counters change nothing here');
  other.exec("UPDATE words SET word = 'two'");
  await setImmediate();
  assert.equal(get(), 'two');
  other.exec('DELETE FROM words');
  await setImmediate();
  assert.equal(get(), undefined);
});

test('what this process writes counts at once, when it says so', () => {
  const { own, known, get } = open('own.sqlite');
  own.exec("INSERT INTO words VALUES ('a', 'one')");
  assert.equal(get(), 'one');
  own.exec("UPDATE words SET word = 'two'");
  known.clear();
  assert.equal(get(), 'two');
});

test('that there is no row is not remembered', () => {
  const { own, get, reads } = open('none.sqlite');
  assert.equal(get(), undefined);
  assert.equal(get(), undefined);
  assert.equal(reads(), 2);
  own.exec("INSERT INTO words VALUES ('a', 'one')");
  assert.equal(get(), 'one');
});
