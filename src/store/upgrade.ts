import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from '../base/problem.ts';
import { copyDatabase, inspectDatabase } from './copy.ts';
import { MIGRATIONS } from './migrations.ts';

/** How a database stands to the schema that this version wants. */
export interface UpgradePlan {
  /** 0: there is none yet. */
  readonly present: number;
  readonly wanted: number;
  readonly steps: readonly UpgradeStep[];
}

export interface UpgradeStep {
  /** The schema that it leads to. */
  readonly to: number;
  /** Heads of its statements: `CREATE TABLE history`. */
  readonly does: readonly string[];
}

/** Where the database is kept as it was before an upgrade to a schema. */
export const keptAs = (file: string, wanted: number): string => `${file}.before-${wanted}`;

/** What an upgrade of this file would do; nothing is changed. Throws Problem('environment') as opening it would. */
export function planUpgrade(file: string, migrations = MIGRATIONS): UpgradePlan {
  const present = existsSync(file) && statSync(file).size > 0 ? inspectDatabase(file).version : 0;
  refuseNewer(file, present, migrations);
  return {
    present,
    wanted: migrations.length,
    steps: migrations
      .map((sql, index) => ({ to: index + 1, does: headsOf(sql) }))
      .filter(({ to }) => to > present),
  };
}

/** Runs all steps on a copy and checks the result. Throws Problem('environment') where a step fails. */
export function tryUpgrade(file: string, migrations = MIGRATIONS): void {
  const folder = mkdtempSync(join(dirname(file), `.${basename(file)}.trial-`));
  try {
    const copy = join(folder, basename(file));
    copyDatabase(file, copy);
    const database = new DatabaseSync(copy);
    try {
      migrate(database, copy, migrations);
    } finally {
      database.close();
    }
    requireSound(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Brings an open database to the wanted schema: every step, or none. One that has data is kept as it was beside it
 * first. Throws Problem('environment'); then the database is what it was.
 */
export function upgrade(database: DatabaseSync, file: string, migrations = MIGRATIONS): void {
  const present = versionOf(database);
  refuseNewer(file, present, migrations);
  if (present === migrations.length) return;
  if (present > 0) keep(file, keptAs(file, migrations.length));
  migrate(database, file, migrations);
}

function migrate(database: DatabaseSync, file: string, migrations: readonly string[]): void {
  let step = 0;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Read again: another process may have been first.
    for (step = versionOf(database); step < migrations.length; step++) database.exec(migrations[step] ?? '');
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (cause) {
    // SQLite has rolled back by itself where the disk is full (https://www.sqlite.org/lang_transaction.html).
    if (database.isTransaction) database.exec('ROLLBACK');
    throw new Problem(
      'environment',
      `the database ${file} cannot be brought to schema ${step + 1}; nothing in it was changed`,
      'Go on with the version that you had, and say what "gatehouse upgrade --dry-run" says.',
      cause,
    );
  }
}

/** The copy has its name only when it is whole. */
function keep(file: string, kept: string): void {
  const draft = `${kept}.tmp`;
  rmSync(draft, { force: true });
  copyDatabase(file, draft);
  requireSound(draft);
  renameSync(draft, kept);
}

function requireSound(file: string): void {
  const { damage } = inspectDatabase(file);
  if (damage !== undefined)
    throw new Problem(
      'environment',
      `the database ${file} is damaged: ${damage}`,
      'Restore it from a backup.',
    );
}

function refuseNewer(file: string, version: number, migrations: readonly string[]): void {
  if (version <= migrations.length) return;
  throw new Problem(
    'environment',
    `${file} was written by a newer version of Gatehouse`,
    'Run that version, or restore an older backup.',
  );
}

const versionOf = (database: DatabaseSync): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

/** Each statement up to its parenthesis. Migrations are ours, and no text in them holds a semicolon. */
const headsOf = (sql: string): string[] =>
  sql
    .split(';')
    .map((statement) =>
      statement
        .replace(/\s*\([\s\S]*$/, '')
        .trim()
        .replace(/\s+/g, ' '),
    )
    .filter((head) => head !== '');
