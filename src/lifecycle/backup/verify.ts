import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NEWEST } from '../../audit/history.ts';
import { describePlace, type Report } from '../../audit/report.ts';
import { Problem } from '../../base/problem.ts';
import { PUBLIC_KEYS } from '../../ledger/init.ts';
import { verifyFiles } from '../../ledger/verify-files.ts';
import { inspectDatabase } from '../../store/copy.ts';
import { MIGRATIONS } from '../../store/migrations.ts';
import { KEY_SCHEMA } from '../../vault/key-store.ts';
import { digestOf, filesIn, MANIFEST, type Manifest, readManifest } from './manifest.ts';

export interface VerifiedBackup {
  readonly manifest: Manifest;
  readonly hash: string;
}

/** Databases of a data folder, and the newest schema of each that this version knows. */
export const DATABASES = [
  { file: 'gatehouse.sqlite', newest: MIGRATIONS.length },
  { file: 'vault.sqlite', newest: KEY_SCHEMA },
] as const;

/**
 * Checks a whole backup, changing nothing. Throws Problem('findings') with everything that is not as it was made,
 * Problem('undecided') where it is no backup.
 * @param expected SHA-256 of the manifest, as `create` printed it and the ledger has it
 */
export async function verifyBackup(backup: string, expected?: string): Promise<VerifiedBackup> {
  const { manifest, hash } = await readManifest(backup);
  if (expected !== undefined && expected !== hash)
    throw findings(backup, ['its manifest is not the one that was named']);
  const wrong = await wrongFiles(backup, manifest);
  // Nothing is opened that is not what was written.
  if (wrong.length > 0) throw findings(backup, wrong);
  const data = join(backup, 'data');
  checkDatabases(data, manifest);
  const { newest } = await requireLedger(join(data, 'ledger'));
  const { size, root } = manifest.ledger;
  if (newest?.size !== size || newest.root !== root)
    throw findings(backup, ['its ledger does not end with the checkpoint that the manifest names']);
  return { manifest, hash };
}

async function wrongFiles(backup: string, { files }: Manifest): Promise<string[]> {
  const found = await filesIn(backup);
  const listed = new Set([MANIFEST, ...files.map(({ path }) => path)]);
  const wrong = [
    ...found.strange.map((path) => `${path} is a link or a device`),
    ...found.files.filter((path) => !listed.has(path)).map((path) => `${path} does not belong to it`),
  ];
  const there = new Set(found.files);
  for (const { path, bytes, sha256 } of files) {
    if (!there.has(path)) {
      wrong.push(`${path} is missing`);
      continue;
    }
    const { size } = await lstat(join(backup, path));
    if (size !== bytes) wrong.push(`${path} has ${size} bytes instead of ${bytes}`);
    else if ((await digestOf(join(backup, path))).sha256 !== sha256) wrong.push(`${path} was changed`);
  }
  return wrong;
}

/** Throws where a database of the data folder is damaged, or newer than this version. */
export function checkDatabases(data: string, { files }: Manifest): void {
  for (const { file, newest } of DATABASES) {
    if (!files.some(({ path }) => path === `data/${file}`)) continue;
    const { version, damage } = inspectDatabase(join(data, file));
    if (damage !== undefined) throw findings(data, [`${file} is damaged: ${damage}`]);
    if (version > newest) {
      throw new Problem(
        'environment',
        `${file} in the backup was written by a newer version of Gatehouse (schema ${version})`,
        'Use that version.',
      );
    }
  }
}

/** Throws where the ledger is not as it was signed, or did not grow out of the ledger in the folder `kept`. */
export async function requireLedger(ledger: string, kept?: string): Promise<Report> {
  const grown = kept && { checkpoint: join(kept, NEWEST), key: join(kept, PUBLIC_KEYS) };
  const report = await verifyFiles({ ledger, ...grown });
  if (report.outcome === 'ok') return report;
  const failures = report.failures.map(({ place, reason }) => `${describePlace(place)}: ${reason}`);
  throw findings(ledger, failures.length > 0 ? failures : ['nothing in its ledger was ever signed']);
}

/** Shown at once; a backup with more that is wrong is no backup. */
const SHOWN = 20;

function findings(place: string, wrong: readonly string[]): Problem {
  const more = wrong.length > SHOWN ? [`… and ${wrong.length - SHOWN} more`] : [];
  // Names come from outside: nothing in them may steer a terminal.
  const plain = wrong.slice(0, SHOWN).map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, '?'));
  return new Problem('findings', `${place} is not as it was made:\n  ${[...plain, ...more].join('\n  ')}`);
}
