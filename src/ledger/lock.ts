import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../base/problem.ts';

export interface FolderLock {
  release(): void;
}

/** Somebody else is at work in a folder: later it may be free. */
export class FolderInUse extends Problem {}

/**
 * Keeps every other process off a folder until released, or until this process ends however it ends: SQLite holds
 * the lock with fcntl, so the system drops it with the process and a killed one leaves nothing stale behind.
 * Throws Problem('environment'), {@link FolderInUse} above all.
 *
 * Nothing else may open and close `lock.sqlite` in this process: closing any handle on it would drop the lock.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock.sqlite');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(path, { timeout: 0 });
    chmodSync(path, 0o600);
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    throw isBusy(error)
      ? new FolderInUse(
          'environment',
          `another process is using ${folder}`,
          'Stop it first, or give this one a data folder of its own.',
        )
      : new Problem(
          'environment',
          `cannot lock ${folder}`,
          'It must be a local folder that this user may write to.',
          error,
        );
  }
  const held = database;
  return { release: () => held.close() };
}

/** https://www.sqlite.org/rescode.html#busy */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === 5;
