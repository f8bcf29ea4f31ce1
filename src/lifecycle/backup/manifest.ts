import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../../base/problem.ts';

export const MANIFEST = 'manifest.json';

/** A million files of a backup are listed in less. */
const MANIFEST_BYTES = 128 * 1024 * 1024;

/** The longest path of a file. */
const PATH_CHARS = 1000;

const closed = { additionalProperties: false } as const;
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

const BackupFile = Type.Object(
  { path: Type.String({ maxLength: PATH_CHARS }), bytes: Count, sha256: Sha256 },
  closed,
);

const ManifestSchema = Type.Object(
  {
    kind: Type.Literal('gatehouse-backup'),
    v: Type.Literal(1),
    created: Type.String({ maxLength: 40 }),
    gatehouse: Type.String({ maxLength: 40 }),
    ledger: Type.Object(
      { origin: Type.String({ maxLength: 300 }), size: Count, root: Type.String({ maxLength: 100 }) },
      closed,
    ),
    /** `sealed`: under a passphrase; `none`: kept elsewhere. */
    keys: Type.Enum(['none', 'plain', 'sealed']),
    files: Type.Array(BackupFile),
  },
  closed,
);

/** What a backup holds: every file with its hash, and the checkpoint that its ledger ends with. */
export type Manifest = Static<typeof ManifestSchema>;
export type BackupFile = Static<typeof BackupFile>;

export const formatManifest = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 1)}\n`;

/** Lower-case hex. */
export const sha256Of = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

/** Throws Problem('undecided') where there is no backup, Problem('findings') where its manifest was changed. */
export async function readManifest(backup: string): Promise<{ manifest: Manifest; hash: string }> {
  const path = join(backup, MANIFEST);
  const stat = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Problem(
      error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'undecided' : 'environment',
      `${backup} is not a backup, or not a whole one: it has no ${MANIFEST}`,
      'Name the folder that "gatehouse backup create" made.',
      error,
    );
  });
  if (!stat.isFile() || stat.size > MANIFEST_BYTES) throw notOurs(path);
  const bytes = await readFile(path);
  const manifest = parse(bytes.toString('utf8'));
  if (manifest === undefined) throw notOurs(path);
  return { manifest, hash: sha256Of(bytes) };
}

function parse(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Check(ManifestSchema, value)) return undefined;
    const paths = value.files.map(({ path }) => path);
    return paths.every(isInside) && new Set(paths).size === paths.length ? value : undefined;
  } catch {
    return undefined;
  }
}

const notOurs = (path: string) =>
  new Problem(
    'findings',
    `${path} is not a manifest that this version of Gatehouse writes`,
    'It was changed, is cut off, or a newer version made it.',
  );

/**
 * Where a file of a backup may be: below one of its folders, by plain names. A manifest comes from outside like the
 * rest of a backup, and must not lead a restore to another place (CWE-22).
 */
export const isInside = (path: string): boolean =>
  path === SEALED_KEYS ||
  (path.length <= PATH_CHARS &&
    /^(data|config|elsewhere)\//.test(path) &&
    path.split('/').every((name) => /^[^\\:\p{Cc}]{1,255}$/u.test(name) && name !== '.' && name !== '..'));

/** The file of keys under a passphrase. */
export const SEALED_KEYS = 'keys.sealed';

export async function digestOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      hash.update(chunk);
    }
  });
  return { bytes, sha256: hash.digest('hex') };
}

/** What lies in a folder and below, with slashes, sorted; `strange` is neither a file nor a folder. */
export async function filesIn(
  folder: string,
): Promise<{ files: string[]; folders: string[]; strange: string[] }> {
  const found = { files: [] as string[], folders: [] as string[], strange: [] as string[] };
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        found.folders.push(path);
        await visit(path);
      } else if (entry.isFile()) found.files.push(path);
      else found.strange.push(path);
    }
  };
  await visit('');
  for (const list of Object.values(found)) list.sort();
  return found;
}
