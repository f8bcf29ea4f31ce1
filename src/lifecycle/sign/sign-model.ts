import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import { type ScanResult, type Verdict, worst } from '../../findings/result.ts';
import { MOST_PAYLOAD } from '../../signing/envelope.ts';
import { type Manifest, makeManifest, type Resource, writeManifest } from '../../signing/manifest.ts';
import { ITSELF, isBelow, isCanonicalName } from '../../signing/names.ts';
import { type Scanned, writeScan } from '../../signing/scan-statement.ts';
import { type Signing, signStatement } from '../../signing/sign.ts';
import { Unverified } from '../../signing/unverified.ts';
import type { DigestCache } from './digest-cache.ts';
import { digestModel, shardsOf, type ToDigest } from './digest-model.ts';
import { isSame, type Stamp, stampOf } from './hash-file.ts';
import { nameInside, scanOf, signatureOf, VERSION_CONTROL } from './places.ts';
import { type ModelFile, readTree } from './tree.ts';

export interface SignModelOptions {
  /** File or folder. */
  readonly model: string;
  /** Where the signature goes (default: into the folder, or beside the file). */
  readonly signature?: string | undefined;
  readonly signing: Signing;
  /** Scans the model, or says why it is signed without. */
  readonly scan: ((model: string) => Promise<ScanResult>) | { readonly skipped: string };
  /** Paths in the model that are left out, relative to it. The statement names them. */
  readonly ignore: readonly string[];
  readonly allowSymlinks: boolean;
  /** Bytes; large files are then hashed in parts of this size, by several threads. */
  readonly shardSize?: number | undefined;
  readonly cache?: DigestCache | undefined;
  readonly jobs: number;
  readonly clock: Clock;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whoever waits has given up: the reason is thrown, and nothing is written. */
  readonly signal?: AbortSignal | undefined;
}

export interface SignedModel {
  readonly signature: string;
  readonly scan: string;
  readonly verdict: Verdict | 'skipped';
  readonly manifest: Manifest;
  /** Bytes of all files. */
  readonly bytes: number;
  /** Files that have no bytes: hashed in parts they have none, and no signature says anything of them. */
  readonly empty: readonly string[];
}

/**
 * Signs a model: scans it, hashes every file, and writes two bundles, the signature and the signed result of the scan.
 *
 * Throws `Problem('findings')` where the scan found something, or a file changed meanwhile; `undecided` where something
 * could not be read; `usage` and `environment`. Nothing is written then.
 */
export async function signModel(options: SignModelOptions): Promise<SignedModel> {
  const { signing, allowSymlinks, shardSize, clock, signal } = options;
  const model = resolve(options.model);
  const tree = await readTree(model);
  const signature = resolve(options.signature ?? signatureOf(model, tree.folder));
  const scanFile = scanOf(signature);
  const own = [signature, scanFile]
    .map((file) => nameInside(model, file))
    .filter((name) => name !== undefined);
  const ignored = tree.folder
    ? [...new Set([...own, ...VERSION_CONTROL, ...options.ignore.map(checkIgnored)])].sort()
    : [];
  const leftOut = new Set(ignored);
  const files = tree.files.filter(({ name }) => !isBelow(name, leftOut));
  refuseOdd(tree.odd.filter(({ name }) => !isBelow(name, leftOut)));
  if (!allowSymlinks) refuseLinks(files);
  if (files.length === 0) throw new Problem('usage', `there is no file in ${options.model} to be signed`);

  const before = await stampsOf(files);
  const scanned: Scanned =
    typeof options.scan === 'function'
      ? { result: passed(about(await options.scan(model), tree.folder, new Set(own))) }
      : options.scan;
  const verdict = 'result' in scanned ? scanned.result.verdict : 'skipped';

  const wanted = files.map((file): ToDigest => {
    const size = before.get(file.name)?.size ?? 0;
    return { file, ...(shardSize !== undefined && { shards: shardsOf(size, shardSize) }) };
  });
  const { resources, stamps, bytes } = await digested(wanted, options);
  for (const [name, stamp] of stamps) {
    const earlier = before.get(name);
    if (earlier === undefined || !isSame(earlier, stamp)) throw changed(name, 'changed');
  }
  await refuseChanges(model, files, leftOut, before);

  const manifest = manifestOf({
    name: basename(model),
    hash: 'sha256',
    shardSize,
    allowSymlinks,
    ignored,
    resources,
  });
  if ('result' in scanned) refuseOtherBytes(scanned.result, manifest);
  const payload = writeManifest(manifest);
  const statement = writeScan(manifest, payload, scanned, clock.now());
  refuseTooLong(payload, 'its signature', 'Sign it in larger parts, or folder by folder.');
  refuseTooLong(statement, 'the result of its scan', 'Sign it folder by folder.');
  signal?.throwIfAborted();
  // The signature comes last: whoever sees it finds the scan beside it.
  await replace(scanFile, signStatement(statement, signing));
  await replace(signature, signStatement(payload, signing));
  const signed = new Set(resources.map(({ name }) => name));
  const empty = files.map(({ name }) => name).filter((name) => !signed.has(name));
  return { signature, scan: scanFile, verdict, manifest, bytes, empty };
}

/** A name that no statement can hold, or nothing to state: told as what it is. */
function manifestOf(about: Omit<Manifest, 'root'>): Manifest {
  try {
    return makeManifest(about);
  } catch (error) {
    if (!(error instanceof Unverified)) throw error;
    throw new Problem('findings', `it cannot be signed: ${error.message}`, undefined, error);
  }
}

/** What no verifier would read is not written. */
function refuseTooLong(payload: Buffer, what: string, advice: string): void {
  if (payload.length > MOST_PAYLOAD)
    throw new Problem('usage', `the model has so many files that no verifier reads ${what}`, advice);
}

function checkIgnored(path: string): string {
  const name = path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  if (!isCanonicalName(name)) throw new Problem('usage', `“${shown(path)}” is no path inside of the model`);
  return name;
}

function refuseOdd(odd: readonly { readonly name: string; readonly why: string }[]): void {
  const [first] = odd;
  if (first === undefined) return;
  throw new Problem(
    'findings',
    `${first.name} cannot be signed: ${first.why}${more(odd.length)}`,
    'Take it out of the model, or leave it out of the signature with --ignore.',
  );
}

function refuseLinks(files: readonly ModelFile[]): void {
  const links = files.filter(({ link }) => link);
  const [first] = links;
  if (first === undefined) return;
  throw new Problem(
    'findings',
    `${shown(first.name)} is a link${more(links.length)}`,
    'Sign a copy without links; or allow them with --allow-symlinks, and every verifier has to allow them too.',
  );
}

const more = (count: number): string => (count > 1 ? `, and ${count - 1} more like it` : '');

/** The scan in the names of the signature, without what it says of our own older signatures. */
function about(result: ScanResult, folder: boolean, own: ReadonlySet<string>): ScanResult {
  const files = folder
    ? result.files.filter(({ path }) => !own.has(path))
    : result.files.map((file) => ({ ...file, path: ITSELF }));
  return { ...result, files, verdict: worst(files.map(({ verdict }) => verdict)) };
}

/** Throws where the scan did not come to `clean`. */
function passed(result: ScanResult): ScanResult {
  const { verdict, files } = result;
  if (verdict === 'clean') return result;
  const bad = files.filter((file) => file.verdict === verdict);
  const which = `${shown(bad[0]?.path ?? '')}${more(bad.length)}`;
  throw new Problem(
    verdict,
    verdict === 'findings'
      ? `it is not signed: the scan found something in ${which}`
      : `it is not signed: the scan could not read all of ${which}`,
    'See what it is with "gatehouse scan". To sign it all the same, with a statement that says so: --no-scan.',
  );
}

/** What files are like before anybody reads them: the scan and the signature are of the same state. */
async function stampsOf(files: readonly ModelFile[]): Promise<Map<string, Stamp>> {
  const stamps = new Map<string, Stamp>();
  for (const { name, file } of files) {
    const stamp = await stat(file, { bigint: true }).then(stampOf, () => undefined);
    if (stamp === undefined)
      throw new Problem('findings', `${shown(name)} cannot be signed: it is gone, or cannot be read`);
    stamps.set(name, stamp);
  }
  return stamps;
}

async function digested(wanted: readonly ToDigest[], options: SignModelOptions) {
  const { cache, jobs, clock, onProgress, signal } = options;
  const found = await digestModel(wanted, {
    hash: 'sha256',
    cache,
    jobs,
    now: clock.now,
    onProgress,
    signal,
  });
  const resources: Resource[] = [];
  const stamps = new Map<string, Stamp>();
  let bytes = 0;
  for (const [name, one] of found) {
    if ('failed' in one) throw new Problem('findings', `${shown(name)} cannot be signed: ${one.failed}`);
    // One by one: a large file has more parts than a call takes arguments.
    for (const resource of one.resources) resources.push(resource);
    if (one.stamp !== undefined) stamps.set(name, one.stamp);
    bytes += one.stamp?.size ?? 0;
  }
  return { resources, stamps, bytes };
}

/** The model is now what it was when each of its files was read: nothing came, went, or was written to. */
async function refuseChanges(
  model: string,
  files: readonly ModelFile[],
  leftOut: ReadonlySet<string>,
  stamps: ReadonlyMap<string, Stamp>,
): Promise<void> {
  const then = new Set(files.map(({ name }) => name));
  for (const { name, file } of (await readTree(model)).files) {
    if (isBelow(name, leftOut)) continue;
    if (!then.delete(name)) throw changed(name, 'came');
    const stamp = stamps.get(name);
    const now = await stat(file, { bigint: true }).then(stampOf, () => undefined);
    if (stamp !== undefined && (now === undefined || !isSame(stamp, now))) throw changed(name, 'changed');
  }
  for (const name of then) throw changed(name, 'went');
}

const changed = (name: string, how: string) =>
  new Problem(
    'findings',
    `${shown(name)} ${how} while the model was signed`,
    'Sign it when nobody writes to it.',
  );

/** What was scanned is what is signed. */
function refuseOtherBytes({ files }: ScanResult, { resources, shardSize }: Manifest): void {
  const scanned = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  for (const { name, digest } of resources) {
    const one = scanned.get(name);
    if (one === undefined && !scanned.has(name))
      throw new Problem('undecided', `${shown(name)} was not scanned`, 'Sign a model that is scanned whole.');
    if (shardSize === undefined && one !== digest)
      throw new Problem('findings', `${shown(name)} changed between the scan and the signature`);
  }
}

/** Another name first, so that nobody ever reads half a signature. */
async function replace(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(fresh, text, { flag: 'wx', mode: 0o644 });
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new Problem('environment', `cannot write ${file}`, 'Name another place with --signature.', error);
  }
}
