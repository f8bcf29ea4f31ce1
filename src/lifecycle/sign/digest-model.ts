import { stat } from 'node:fs/promises';
import type { HashName, Resource } from '../../signing/manifest.ts';
import type { DigestCache } from './digest-cache.ts';
import { CHANGED, isSame, type Stamp, stampOf } from './hash-file.ts';
import { hashFiles, type Piece } from './hash-files.ts';
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

/** Digests that are known from before, or from elsewhere. */
export type KnownDigests = Pick<DigestCache, 'find' | 'keep'>;

export interface DigestOptions {
  readonly hash: HashName;
  readonly cache?: KnownDigests | undefined;
  /** Threads at most. */
  readonly jobs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Bytes hashed, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whoever waits has given up: the reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Digests of a model's files, by name. What is in the cache and did not change since is not read again. */
export async function digestModel(
  wanted: readonly ToDigest[],
  options: DigestOptions,
): Promise<Map<string, Digested>> {
  const { cache, jobs, now, onProgress, signal } = options;
  const pieces = new Map<string, readonly Piece[]>();
  for (const one of wanted) pieces.set(one.file.name, await piecesOf(one, options));
  const open = [...pieces.values()].flat().filter(({ hashed }) => hashed === undefined);
  const total = open.reduce((sum, { size }) => sum + size, 0);
  const started = now();
  await hashFiles(open, {
    jobs,
    signal,
    onBytes: (bytes) => onProgress?.(bytes, total),
    onDone({ task }, hashed) {
      if ('digest' in hashed) cache?.keep(task, hashed.stamp, hashed.digest, started);
    },
  });
  return new Map(
    wanted.map(({ file: { name }, shards }) => [name, together(name, pieces.get(name) ?? [], shards)]),
  );
}

async function piecesOf({ file, shards }: ToDigest, { hash, cache }: DigestOptions): Promise<Piece[]> {
  const stamp = await stat(file.file, { bigint: true }).then(stampOf, () => undefined);
  return (shards ?? [undefined]).map((range) => {
    const task = { file: file.file, hash, follow: file.link, ...(range !== undefined && { range }) };
    const digest = stamp && cache?.find(task, stamp);
    return {
      task,
      size: range === undefined ? (stamp?.size ?? 0) : range.end - range.start,
      hashed: stamp !== undefined && digest !== undefined ? { digest, stamp } : undefined,
    };
  });
}

/** All parts of a file, which must be of one state of it. */
function together(name: string, pieces: readonly Piece[], shards: ToDigest['shards']): Digested {
  const resources: Resource[] = [];
  let stamp: Stamp | undefined;
  for (const [i, { hashed: part }] of pieces.entries()) {
    if (part === undefined || 'failed' in part) return part ?? { failed: 'it was not read' };
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
