import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../base/problem.ts';

/**
 * Copies a database into a new file as one transaction sees it, whoever is writing to it meanwhile. Pages that were
 * freed are not copied, so nothing that was deleted comes along. Throws Problem('environment').
 */
export function copyDatabase(from: string, to: string): void {
  reading(from, (database) => {
    database.prepare('VACUUM INTO ?').run(to);
    chmodSync(to, 0o600);
  });
}

/** What a database says of itself: its schema's version, and the first thing that is damaged. */
export function inspectDatabase(file: string): {
  readonly version: number;
  readonly damage: string | undefined;
} {
  return reading(file, (database) => {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    const check = (pragma: string) => database.prepare(`PRAGMA ${pragma}`).all() as Record<string, unknown>[];
    // https://www.sqlite.org/pragma.html#pragma_integrity_check: foreign keys are not part of it.
    const [first] = check('integrity_check(1)');
    const found = first?.integrity_check;
    const orphans = check('foreign_key_check').length;
    const damage =
      found !== 'ok' ? String(found) : orphans > 0 ? `${orphans} rows that belong to none` : undefined;
    return { version, damage };
  });
}

function reading<T>(file: string, act: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    return act(database);
  } catch (error) {
    throw new Problem(
      'environment',
      `cannot read the database ${file}`,
      'Check its owner and mode; if it is damaged, restore it from a backup.',
      error,
    );
  } finally {
    database?.close();
  }
}
