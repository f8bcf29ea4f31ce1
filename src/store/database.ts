import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../base/problem.ts';
import { upgrade } from './upgrade.ts';

/**
 * Opens the database and brings it to this version's schema. Throws Problem('environment') where the file is not a
 * database, is damaged, or was written by a newer version.
 */
export function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // SQLite would make it readable by all first; its journal takes the mode of the file.
    closeSync(openSync(file, 'a', 0o600));
    database = new DatabaseSync(file, { timeout: 500 });
    // Quotas survive the death of this process at once, and a power cut from the next checkpoint on; what must
    // survive more is written by `durably`. (https://www.sqlite.org/pragma.html#pragma_synchronous)
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF',
    );
    upgrade(database, file);
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

/** The same for what not even a power cut may undo: a revocation above all. */
export function durably<T>(database: DatabaseSync, act: () => T): T {
  database.exec('PRAGMA synchronous = FULL');
  try {
    return transaction(database, act);
  } finally {
    database.exec('PRAGMA synchronous = NORMAL');
  }
}
