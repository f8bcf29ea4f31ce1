import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import { MOST_BUNDLE, readBundle } from '../../signing/bundle.ts';
import { type Manifest, type Resource, readManifest } from '../../signing/manifest.ts';
import { ITSELF, isBelow } from '../../signing/names.ts';
import { checkScan, readScan, type ScanStatement } from '../../signing/scan-statement.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import { Unverified, type UnverifiedCode } from '../../signing/unverified.ts';
import { type Verified, verifyBundle } from '../../signing/verify.ts';
import { type Digested, digestModel, type KnownDigests, type ToDigest } from './digest-model.ts';
import { nameInside, scanOf, signatureOf, VERSION_CONTROL } from './places.ts';
import { type ModelFile, readTree } from './tree.ts';

export interface VerifyModelOptions {
  /** File or folder. */
  readonly model: string;
  /** Where the signature is (default: in the folder, or beside the file). */
  readonly signature?: string | undefined;
  readonly trust: Trust;
  readonly cache?: KnownDigests | undefined;
  readonly jobs: number;
  readonly clock: Clock;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whoever waits has given up: the reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What became of a file: `signed`, and as it was signed; `changed`, `missing`; `unsigned` by anybody; `left_out` of the
 * signature by the signer, or as other tools do (version control); `signature`, ours or of the scan.
 */
export type FileState = 'signed' | 'changed' | 'missing' | 'unsigned' | 'left_out' | 'signature';

export interface FileReport {
  readonly name: string;
  readonly state: FileState;
  readonly why?: string | undefined;
}

/** Why a model is not verified. */
export interface Objection {
  readonly code: UnverifiedCode | 'files' | 'unsigned_files';
  readonly message: string;
}

export interface VerifyReport {
  /** `undecided`: the signature cannot be read, so nobody knows. Only `verified` is good. */
  readonly outcome: 'verified' | 'refused' | 'undecided';
  readonly objections: readonly Objection[];
  /** Who signed; undefined where no signature holds. */
  readonly signed: Omit<Verified, 'statement' | 'payload'> | undefined;
  readonly manifest: Manifest | undefined;
  readonly scan: ScanStatement | undefined;
  /** Why there is no scan that holds, where there is not. */
  readonly noScan: string | undefined;
  /** Every file of the model and of the folder, by name. */
  readonly files: readonly FileReport[];
}

/** Verifies a model: the signature, who signed, every file, and the scan. Throws `Problem` where there is nothing to read. */
export async function verifyModel(options: VerifyModelOptions): Promise<VerifyReport> {
  const { trust, clock } = options;
  const model = resolve(options.model);
  const folder = (await stat(model).catch(missing(model))).isDirectory();
  const signature = resolve(options.signature ?? signatureOf(model, folder));
  const bytes = await readBounded(signature, 'Name the signature with --signature.');
  let taken: SignedManifest;
  try {
    taken = signatureIn(bytes, trust, clock.now());
  } catch (error) {
    return nothing(error);
  }
  const { signed, manifest } = taken;
  const objections: Objection[] = [];
  const files = await checkFiles(model, [signature, scanOf(signature)], manifest, options, objections);
  const scan = await readScanned(scanOf(signature), taken, options);
  if ('why' in scan && trust.require.scan) objections.push(scan.why);
  const { statement: _, payload: __, ...about } = signed;
  return {
    outcome: objections.length === 0 ? 'verified' : 'refused',
    objections,
    signed: about,
    manifest,
    scan: scan.statement,
    noScan: 'why' in scan ? scan.why.message : undefined,
    files,
  };
}

/** A signature that holds, and what it is on. */
export interface SignedManifest {
  readonly signed: Verified;
  readonly manifest: Manifest;
}

/** Throws {@link Unverified} where the bundle is not what the policy takes. @param now milliseconds since 1970 */
export function signatureIn(bundle: Uint8Array, trust: Trust, now: number): SignedManifest {
  const signed = verifyBundle(readBundle(bundle), trust.signers, now);
  const manifest = readManifest(signed.statement);
  if (trust.require.postQuantum && !signed.postQuantum)
    throw new Unverified('post_quantum', 'there is no signature with ML-DSA-65, which is required');
  return { signed, manifest };
}

/**
 * The statement on a scan in a bundle, about this model. Throws {@link Unverified}.
 * @param onRead told what it says before it is judged
 */
export function scanIn(
  bundle: Uint8Array,
  { signed, manifest }: SignedManifest,
  trust: Trust,
  now: number,
  onRead: (statement: ScanStatement) => void = () => {},
): ScanStatement {
  const verified = verifyBundle(readBundle(bundle), trust.signers, now);
  const statement = readScan(verified.statement, manifest, signed.payload);
  onRead(statement);
  if (trust.require.postQuantum && !verified.postQuantum)
    throw new Unverified('post_quantum', 'the scan has no signature with ML-DSA-65');
  checkScan(statement, manifest);
  return statement;
}

const missing = (path: string) => (error: unknown) => {
  throw new Problem('environment', `there is no ${path}, or it cannot be read`, undefined, error);
};

function nothing(error: unknown): VerifyReport {
  if (!(error instanceof Unverified)) throw error;
  const { code, message } = error;
  return {
    outcome: code === 'malformed' || code === 'unsupported' ? 'undecided' : 'refused',
    objections: [{ code, message }],
    signed: undefined,
    manifest: undefined,
    scan: undefined,
    noScan: undefined,
    files: [],
  };
}

/** A bundle, which may be as large as its sender likes. */
async function readBounded(path: string, advice: string): Promise<Buffer> {
  // A pipe there would let us wait for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw new Problem('environment', `there is no signature ${path}, or it cannot be read`, advice, error);
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Problem('environment', `${path} is no file`);
    // One byte more than is taken is enough to refuse it.
    const bytes = Buffer.alloc(Math.min(found.size, MOST_BUNDLE + 1));
    let at = 0;
    for (let got = -1; got !== 0 && at < bytes.length; at += got)
      ({ bytesRead: got } = await file.read(bytes, at, bytes.length - at, at));
    return bytes.subarray(0, at);
  } finally {
    await file.close();
  }
}

/** The scan of this model, by somebody who is trusted; or why there is none that holds. */
async function readScanned(
  path: string,
  taken: SignedManifest,
  { trust, clock }: VerifyModelOptions,
): Promise<{ statement: ScanStatement | undefined; why: Objection } | { statement: ScanStatement }> {
  let statement: ScanStatement | undefined;
  try {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) throw new Unverified('scan', 'there is no signed result of a scan');
    const onRead = (read: ScanStatement) => {
      statement = read;
    };
    return { statement: scanIn(await readBounded(path, ''), taken, trust, clock.now(), onRead) };
  } catch (error) {
    if (!(error instanceof Unverified)) throw error;
    return { statement, why: { code: 'scan', message: error.message } };
  }
}

async function checkFiles(
  model: string,
  own: readonly string[],
  manifest: Manifest,
  options: VerifyModelOptions,
  objections: Objection[],
): Promise<FileReport[]> {
  const { trust, cache, jobs, clock, onProgress, signal } = options;
  const tree = await readTree(model);
  const listed = Map.groupBy(manifest.resources, ({ name }) => name);
  const found = new Map(tree.files.map((file) => [signedName(file, model, listed), file]));
  const reports: FileReport[] = [];
  const wanted: ToDigest[] = [];
  for (const [name, resources] of listed) {
    const file = found.get(name);
    if (file === undefined) reports.push({ name, state: 'missing' });
    else if (file.link && !manifest.allowSymlinks && !trust.allow.symlinks)
      reports.push({ name, state: 'changed', why: 'it is a link, and the signer allowed none' });
    else wanted.push({ file: { ...file, name }, ...shardsIn(resources) });
  }
  const digests = await digestModel(wanted, {
    hash: manifest.hash,
    cache,
    jobs,
    now: clock.now,
    onProgress,
    signal,
  });
  for (const [name, digested] of digests) reports.push(compare(name, digested, listed.get(name) ?? []));

  const names = new Set(own.map((file) => nameInside(model, file)));
  const byTools = new Set(VERSION_CONTROL);
  const bySigner = new Set(manifest.ignored);
  const emptyIsFine = manifest.shardSize !== undefined;
  for (const [name, file] of found) {
    if (listed.has(name)) continue;
    if (names.has(name)) reports.push({ name, state: 'signature' });
    else if (isBelow(name, byTools)) reports.push({ name, state: 'left_out', why: 'version control' });
    else if (isBelow(name, bySigner))
      reports.push({ name, state: 'left_out', why: 'the signer left it out' });
    // Hashed in parts, a file without bytes has none: no signature of this kind can say anything of it.
    else if (emptyIsFine && !file.link && (await isEmpty(file.file)))
      reports.push({ name, state: 'left_out', why: 'it is empty, and only parts of files are signed' });
    else reports.push({ name, state: 'unsigned' });
  }
  for (const { name, why } of tree.odd)
    reports.push({
      name,
      state: isBelow(name, byTools) || isBelow(name, bySigner) ? 'left_out' : 'unsigned',
      why,
    });

  const bad = reports.filter(({ state }) => state === 'changed' || state === 'missing');
  if (bad.length > 0) objections.push({ code: 'files', message: counted(bad, 'not as they were signed') });
  const unsigned = reports.filter(({ state }) => state === 'unsigned');
  if (unsigned.length > 0 && !trust.allow.unsignedFiles)
    objections.push({ code: 'unsigned_files', message: counted(unsigned, 'not signed by anybody') });
  return reports.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What cannot be seen is not known to be empty. */
const isEmpty = (file: string): Promise<boolean> =>
  stat(file).then(
    ({ size }) => size === 0,
    () => false,
  );

const counted = (files: readonly FileReport[], how: string): string =>
  files.length === 1
    ? `${shown(files[0]?.name ?? '')} is ${how.replace('they were', 'it was')}`
    : `${files.length} files are ${how}`;

/** The name under which a file would be signed: one by itself is `.`, or its own name, as the specification has it. */
function signedName({ name }: ModelFile, model: string, listed: ReadonlyMap<string, unknown>): string {
  if (name !== ITSELF || listed.has(ITSELF)) return name;
  return listed.size === 1 ? basename(model) : name;
}

function shardsIn(resources: readonly Resource[]): Pick<ToDigest, 'shards'> {
  const shards = resources.flatMap(({ shard }) => shard ?? []);
  return shards.length > 0 ? { shards } : {};
}

function compare(name: string, digested: Digested, signed: readonly Resource[]): FileReport {
  if ('failed' in digested) return { name, state: 'changed', why: digested.failed };
  const { resources, stamp } = digested;
  const end = signed.at(-1)?.shard?.end;
  if (end !== undefined && stamp?.size !== end)
    return { name, state: 'changed', why: 'it has another length' };
  const same =
    signed.length === resources.length && signed.every((one, i) => one.digest === resources[i]?.digest);
  return same ? { name, state: 'signed' } : { name, state: 'changed', why: 'it has another digest' };
}
