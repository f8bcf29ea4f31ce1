import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import { shown } from '../findings/finding.ts';
import type { Fields } from './fields.ts';
import { checkName, ITSELF, sortByName } from './names.ts';
import { hexOf, readStatement, type Statement, writeStatement } from './statement.ts';
import { Unverified } from './unverified.ts';

/** OpenSSF Model Signing 1.0. */
export const MODEL_SIGNATURE = 'https://model_signing/signature/v1.0';
/** model_signing 0.2, from before there was a specification: digests as subjects. Read, never written. */
export const MODEL_DIGESTS = 'https://model_signing/Digests/v0.1';

/** Ways to hash a file, with the length of the digest in bytes. */
export const HASHES = { sha256: 32, blake2b: 64, blake3: 32 } as const;
export type HashName = keyof typeof HASHES;

/** A file, or a part of one, and its digest. */
export interface Resource {
  /** The path inside of the model; {@link ITSELF} where the model is one file. */
  readonly name: string;
  /** Bytes from `start` to before `end`; absent where it is the whole file. */
  readonly shard?: { readonly start: number; readonly end: number };
  /** Lower-case hex. */
  readonly digest: string;
}

/** What of a model was signed. */
export interface Manifest {
  /** Of the model; informative. */
  readonly name: string;
  readonly hash: HashName;
  /** Bytes; undefined where files were hashed whole. */
  readonly shardSize: number | undefined;
  readonly allowSymlinks: boolean;
  /** What the signer left out on purpose, relative to the model. */
  readonly ignored: readonly string[];
  /** In the order in which they were signed. */
  readonly resources: readonly Resource[];
  /** SHA-256 over all digests in that order. It says what was signed; two tools may give one model two of them. */
  readonly root: string;
}

/** One for each file of the largest data sets, one for each shard of the largest models. */
const MOST_RESOURCES = 500_000;
const MOST_IGNORED = 10_000;

export function rootOf(resources: readonly Pick<Resource, 'digest'>[]): string {
  const root = createHash('sha256');
  for (const { digest } of resources) root.update(digest, 'hex');
  return root.digest('hex');
}

/** What is to be signed of a model, in its canonical order. Throws {@link Unverified} `manifest`. */
export function makeManifest(about: Omit<Manifest, 'root'>): Manifest {
  const resources = sortResources(about.resources);
  const manifest = { ...about, resources, root: rootOf(resources) };
  check(manifest);
  return manifest;
}

/** The bytes of the statement that is signed. */
export function writeManifest({
  name,
  hash,
  shardSize,
  allowSymlinks,
  ignored,
  resources,
  root,
}: Manifest): Buffer {
  const algorithm = algorithmOf(hash, shardSize);
  const serialization: JsonObject = {
    method: shardSize === undefined ? 'files' : 'shards',
    hash_type: hash,
    allow_symlinks: allowSymlinks,
    ...(shardSize !== undefined && { shard_size: shardSize }),
    ignore_paths: [...ignored],
  };
  return writeStatement([{ name, digest: { sha256: root } }], MODEL_SIGNATURE, {
    serialization,
    resources: resources.map((one) => ({ name: listedName(one), algorithm, digest: one.digest })),
  });
}

/** Throws {@link Unverified}. */
export function readManifest(statement: Statement | Uint8Array): Manifest {
  const read = statement instanceof Uint8Array ? readStatement(statement) : statement;
  const { predicateType } = read;
  if (predicateType === MODEL_SIGNATURE) return readVersion1(read);
  if (predicateType === MODEL_DIGESTS) return readVersion02(read);
  throw new Unverified('unsupported', `a statement on something else: “${shown(predicateType)}”`);
}

function readVersion1({ subjects, predicate }: Statement): Manifest {
  const [subject, ...more] = subjects;
  const wanted = subject?.digest.sha256;
  if (subject === undefined || more.length > 0 || wanted === undefined)
    throw new Unverified('manifest', 'a model has one subject with a SHA-256 digest');
  const serialization = predicate.object('serialization');
  const method = serialization.text('method', 64);
  if (method !== 'files' && method !== 'shards')
    throw new Unverified('unsupported', `a model hashed by “${shown(method)}”`);
  const [hash, size] = readAlgorithm(serialization.text('hash_type', 64));
  const shardSize =
    method === 'files'
      ? undefined
      : serialization.has('shard_size')
        ? serialization.count('shard_size')
        : size;
  if (method === 'shards' && (shardSize === undefined || shardSize === 0))
    throw new Unverified('manifest', 'there is no size of shards');
  const algorithm = algorithmOf(hash, shardSize);
  const resources = predicate.objects('resources', MOST_RESOURCES).map((one) => {
    if (one.text('algorithm', 64) !== algorithm)
      throw new Unverified('manifest', `a digest is not ${algorithm}, as the statement says of all`);
    return readResource(one, shardSize !== undefined);
  });
  const root = rootOf(resources);
  if (root !== wanted)
    throw new Unverified('manifest', 'the digest of the model is not that of the files which are listed');
  const manifest = {
    name: subject.name,
    hash,
    shardSize,
    allowSymlinks: serialization.boolean('allow_symlinks'),
    ignored: serialization.texts('ignore_paths', MOST_IGNORED),
    resources,
    root,
  };
  check(manifest);
  return manifest;
}

/** A subject for each file, always whole and in SHA-256. */
function readVersion02({ subjects }: Statement): Manifest {
  const resources = subjects.map(({ name, digest }) => {
    if (digest.sha256 === undefined) throw new Unverified('unsupported', 'a digest that is not SHA-256');
    return { name: checkName(name), digest: digest.sha256 };
  });
  const manifest = {
    name: '',
    hash: 'sha256' as const,
    shardSize: undefined,
    allowSymlinks: false,
    ignored: [],
    resources,
    root: rootOf(resources),
  };
  check(manifest);
  return manifest;
}

/** Digests of the right length, and each byte of a model said once. */
function check({ hash, shardSize, resources, ignored }: Manifest): void {
  if (resources.length === 0) throw new Unverified('manifest', 'not one file is signed');
  if (resources.some(({ digest }) => digest.length !== 2 * HASHES[hash]))
    throw new Unverified('manifest', `a digest has not the length of ${hash}`);
  const ends = new Map<string, number>();
  for (const { name, shard } of resources) {
    checkName(name);
    const end = ends.get(name);
    if (shard === undefined ? end !== undefined : shard.start !== (end ?? 0) || shard.end <= shard.start)
      throw new Unverified('manifest', `“${shown(name)}” is listed twice, or its parts do not join`);
    // All parts of a file but its last are of one size.
    if (
      shard !== undefined &&
      (shard.start % (shardSize ?? 1) !== 0 || shard.end - shard.start > (shardSize ?? 0))
    )
      throw new Unverified('manifest', `“${shown(name)}” has parts of another size`);
    ends.set(name, shard?.end ?? 0);
  }
  if (ends.has(ITSELF) && ends.size > 1)
    throw new Unverified('manifest', 'a model is a file or a folder, not both');
  for (const path of ignored)
    if (!path.isWellFormed() || path.length > 4096)
      throw new Unverified('manifest', 'a path that is ignored is no path');
}

const algorithmOf = (hash: HashName, shardSize: number | undefined): string =>
  shardSize === undefined ? hash : `${hash}-sharded-${shardSize}`;

/** `sha256`, or `sha256-sharded-1000000000`, as some versions of the Python library write even for the type of hash. */
function readAlgorithm(text: string): [HashName, number | undefined] {
  const [, name = '', size] = /^([a-z0-9]{1,16})(?:-sharded-([1-9]\d{0,14}))?$/.exec(text) ?? [];
  if (!Object.hasOwn(HASHES, name)) throw new Unverified('unsupported', `files hashed with “${shown(text)}”`);
  return [name as HashName, size === undefined ? undefined : Number(size)];
}

function readResource(fields: Fields, sharded: boolean): Resource {
  const name = fields.text('name', 4200);
  const digest = hexOf(fields.text('digest', 256), fields.what);
  if (!sharded) return { name: checkName(name), digest };
  // From the right: a path may have colons in it.
  const [, path = '', start, end] = /^(.*):(0|[1-9]\d{0,15}):([1-9]\d{0,15})$/s.exec(name) ?? [];
  if (start === undefined || end === undefined)
    throw new Unverified('manifest', `“${shown(name)}” is not a file and a range of bytes`);
  return { name: checkName(path), shard: { start: Number(start), end: Number(end) }, digest };
}

const listedName = ({ name, shard }: Resource): string =>
  shard === undefined ? name : `${name}:${shard.start}:${shard.end}`;

/** The parts of a file in the order of their bytes, whatever their numbers look like as text. */
function sortResources(resources: readonly Resource[]): Resource[] {
  const byName = Map.groupBy(resources, ({ name }) => name);
  const names = sortByName([...byName.keys()].map((name) => ({ name })));
  return names.flatMap(({ name }) =>
    [...(byName.get(name) ?? [])].sort((a, b) => (a.shard?.start ?? 0) - (b.shard?.start ?? 0)),
  );
}
