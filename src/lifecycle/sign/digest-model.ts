import { stat } from 'node:fs/promises';
import type { HashName, Resource } from '../../signing/manifest.ts';
import type { DigestCache } from './digest-cache.ts';
import { CHANGED, type Hashed, type HashTask, isSame, type Stamp, stampOf } from './hash-file.ts';
import { hashFiles } from './hash-files.ts';
import type { ModelFile } from './tree.ts';

/** A file of a model that is to be hashed, whole or in parts. */
export interface ToDigest {
  readonly file: ModelFile;
  /** Parts as a manifest lists them; absent for the whole file. */
  readonly shards?: readonly NonNullable<Resource['shard']>[];
}

/** What became of one of them. */
export type Digested =
  | { readonly resources: readonly Resource[]; readonly stamp: Stamp | undefined }
  | { readonly failed: string };

export interface DigestOptions {
  readonly hash: HashName;
  readonly cache?: DigestCache | undefined;
  /** Threads at most. */
  readonly jobs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Bytes hashed, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Digests of a model's files, by name. What is in the cache and did not change since is not read again. */
export async function digestModel(
  wanted: readonly ToDigest[],
  options: DigestOptions,
): Promise<Map<string, Digested>> {
  const { hash, cache, jobs, now, onProgress } = options;
  const tasks: HashTask[] = [];
  const sizes: number[] = [];
  const results: (Hashed | undefined)[] = [];
  const places = new Map<string, readonly number[]>();
  for (const { file, shards } of wanted) {
    const stamp = await stat(file.file, { bigint: true }).then(stampOf, () => undefined);
    const parts = shards ?? [undefined];
    const indexes = parts.map((range) => {
      const task = { file: file.file, hash, follow: file.link, ...(range !== undefined && { range }) };
      const digest = stamp && cache?.find(task, stamp);
      results.push(stamp !== undefined && digest !== undefined ? { digest, stamp } : undefined);
      sizes.push(range === undefined ? (stamp?.size ?? 0) : range.end - range.start);
      return tasks.push(task) - 1;
    });
    places.set(file.name, indexes);
  }
  const open = [...tasks.keys()].filter((index) => results[index] === undefined);
  const total = open.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
  const started = now();
  const hashed = await hashFiles(
    open.map((index) => tasks[index] as HashTask),
    open.map((index) => sizes[index] ?? 0),
    {
      jobs,
      onBytes: (bytes) => onProgress?.(bytes, total),
      onDone(i, one) {
        const task = tasks[open[i] as number] as HashTask;
        if ('digest' in one) cache?.keep(task, one.stamp, one.digest, started);
      },
    },
  );
  for (const [i, index] of open.entries()) results[index] = hashed[i];
  return new Map(
    wanted.map(({ file: { name }, shards }) => [
      name,
      together(
        name,
        (places.get(name) ?? []).map((index) => results[index] as Hashed),
        shards,
      ),
    ]),
  );
}

/** All parts of a file, which must be of one state of it. */
function together(name: string, parts: readonly Hashed[], shards: ToDigest['shards']): Digested {
  const resources: Resource[] = [];
  let stamp: Stamp | undefined;
  for (const [i, part] of parts.entries()) {
    if ('failed' in part) return part;
    if (stamp !== undefined && !isSame(stamp, part.stamp)) return { failed: CHANGED };
    stamp = part.stamp;
    const shard = shards?.[i];
    resources.push({ name, digest: part.digest, ...(shard !== undefined && { shard }) });
  }
  return { resources, stamp };
}

/** The parts of a file of a size. An empty one has none. */
export function shardsOf(size: number, shardSize: number): NonNullable<Resource['shard']>[] {
  return Array.from({ length: Math.ceil(size / shardSize) }, (_, i) => ({
    start: i * shardSize,
    end: Math.min(size, (i + 1) * shardSize),
  }));
}
