import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../base/problem.ts';
import { MIGRATIONS } from './migrations.ts';

/**
 * Opens the database and brings it to this version's schema. Throws Problem('environment') where the file is not a
 * database, is damaged, or was written by a newer version.
 */
export function openDatabase(file: string): DatabaseSync {
  const fresh = !existsSync(file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 5000 });
    if (fresh) chmodSync(file, 0o600);
    // A commit survives the death of this process at once, and a power cut from the next checkpoint on: the ledger
    // is what must survive more. (https://www.sqlite.org/pragma.html#pragma_synchronous)
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
    );
    migrate(database, file);
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof Problem) throw error;
    throw new Problem(
      'environment',
      `cannot open the database ${file}`,
      'Check its owner and mode; if it is damaged, restore it from a backup.',
      error,
    );
  }
}

function migrate(database: DatabaseSync, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > MIGRATIONS.length) {
    throw new Problem(
      'environment',
      `${file} was written by a newer version of Gatehouse`,
      'Run that version, or restore an older backup.',
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    transaction(database, () => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    });
  }
}

/** All or nothing. */
export function transaction<T>(database: DatabaseSync, act: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = act();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
