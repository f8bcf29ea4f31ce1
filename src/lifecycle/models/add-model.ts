import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import { shown } from '../../findings/finding.ts';
import { type ScanResult, worst } from '../../findings/result.ts';
import { ITSELF, isBelow, sortByName } from '../../signing/names.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import type { ScanMade, ScannedBy } from '../../store/model-steps.ts';
import type { Masters } from '../../vault/masters.ts';
import { isSame, stampOf } from '../sign/hash-file.ts';
import { nameInside, scanOf, signatureOf, VERSION_CONTROL } from '../sign/places.ts';
import { type ModelFile, type ModelTree, readTree } from '../sign/tree.ts';
import { type VerifyReport, verifyModel } from '../sign/verify-model.ts';
import type { ModelDraft } from './draft.ts';
import { excusedUntil } from './excused.ts';
import type { SealedAs, SealedEntry } from './form.ts';
import { Shorter } from './sealed-file.ts';
import type { SealedModels } from './sealed-models.ts';
import { SignedBytes } from './signed-bytes.ts';
import { signatureOn } from './signed-model.ts';

/** The registry, as whoever adds a model asks it; each step is in the ledger when it resolves. */
export interface RegistryDesk {
  add(name: string): Promise<SealedAs>;
  scanned(about: SealedAs, root: string, scan: ScanMade): Promise<void>;
  /** Whose signature it is, the registry sees for itself. */
  signed(about: SealedAs): Promise<void>;
  /** What could not be added whole. */
  revoke(about: SealedAs): Promise<void>;
}

export interface AddModelOptions {
  /** File or folder. */
  readonly model: string;
  /** In the registry. */
  readonly name: string;
  /** Where the signature is (default: in the folder, or beside the file). */
  readonly signature?: string | undefined;
  /** Whose signatures are taken; undefined: nobody's, and a model with a signature is not taken either. */
  readonly trust: Trust | undefined;
  readonly registry: RegistryDesk;
  readonly sealed: SealedModels;
  readonly masters: Masters;
  readonly scan: (model: string) => Promise<ScanResult>;
  readonly scannedBy: ScannedBy;
  readonly jobs: number;
  readonly clock: Clock;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface AddedModel extends SealedAs {
  readonly root: string;
  readonly files: readonly SealedEntry[];
  readonly bytes: number;
  /** Null where there is no signature. */
  readonly signer: string | null;
  /** See {@link ScanMade}. */
  readonly until: string | null;
}

/**
 * Adds a model to the registry: verifies its signature where it has one, scans it, and seals exactly the bytes that were
 * signed and scanned. Throws Problem: `findings` where one of them does not pass, `undecided` where a scan could not read
 * something; then nothing of it is left but a revoked draft.
 */
export async function addModel(options: AddModelOptions): Promise<AddedModel> {
  const { registry, sealed, masters } = options;
  const model = resolve(options.model);
  const tree = await readTree(model);
  const signature = resolve(options.signature ?? signatureOf(model, tree.folder));
  const isSigned = options.signature !== undefined || existsSync(signature);
  if (isSigned && options.trust === undefined)
    throw new Problem(
      'usage',
      'there is a signature, and nobody whose signatures are taken',
      'Set models.trust in gatehouse.yaml.',
    );
  const about = await registry.add(options.name);
  try {
    const draft = await sealed.begin(about, masters);
    try {
      const report = isSigned ? await verified(options, model, signature) : undefined;
      const added = await fill(draft, about, { options, model, tree, signature, report });
      await registry.scanned(about, added.root, { ...options.scannedBy, until: added.until });
      if (added.signer !== null) await registry.signed(about);
      await draft.release();
      return added;
    } catch (error) {
      await draft.discard();
      throw error;
    }
  } catch (error) {
    await registry.revoke(about).catch(() => {});
    throw asProblem(error);
  }
}

interface Work {
  readonly options: AddModelOptions;
  readonly model: string;
  readonly tree: ModelTree;
  readonly signature: string;
  readonly report: VerifyReport | undefined;
}

async function fill(draft: ModelDraft, about: SealedAs, work: Work): Promise<AddedModel> {
  const { options, model, signature, report, tree } = work;
  const { trust, sealed, masters, clock, onProgress } = options;
  const files =
    report === undefined ? unsignedFiles(tree, model, signature) : signedFiles(tree, model, report);
  if (files.length === 0) throw new Problem('usage', `there is no file in ${shown(options.model)}`);
  const { scans, until } = scansOf(await options.scan(model), files, tree.folder, model);
  const { manifest } = report ?? {};
  const resources = Map.groupBy(manifest?.resources ?? [], ({ name }) => name);
  let done = 0;
  for (const file of files) {
    // A model of one file is signed as `.`, or under its own name.
    const signed = resources.get(file.name) ?? (files.length === 1 ? resources.get(ITSELF) : undefined);
    const bytes = manifest && new SignedBytes(manifest.hash, signed ?? []);
    const entry = await sealOne(draft, file, 'model', (text) => {
      bytes?.update(text);
      done += text.length;
      onProgress?.(done, 0);
    });
    if (bytes?.finish() === false || entry.sha256 !== scans.get(file.name)) throw changed(file.name);
  }
  if (report !== undefined) {
    await sealOne(draft, { name: basename(signature), file: signature, link: true }, 'signature');
    const scan = scanOf(signature);
    if (existsSync(scan)) await sealOne(draft, { name: basename(scan), file: scan, link: true }, 'scan');
  }
  const { root, files: entries } = await draft.finish();
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  // What lies there now is opened as it will be: with the signature that was sealed, not the one that was verified.
  const opened = await sealed.open(about, root, masters);
  try {
    const taken = trust && (await signatureOn(opened, trust, clock.now()));
    if (taken?.manifest.root !== manifest?.root) throw changed(basename(signature));
    return { ...about, root, files: entries, bytes, signer: taken?.signed.signer ?? null, until };
  } finally {
    opened.close();
  }
}

async function verified(options: AddModelOptions, model: string, signature: string): Promise<VerifyReport> {
  const { trust, jobs, clock, onProgress } = options;
  if (trust === undefined) throw new Error('nobody is trusted');
  const report = await verifyModel({ model, signature, trust, jobs, clock, onProgress });
  if (report.outcome !== 'verified')
    throw new Problem(
      report.outcome === 'undecided' ? 'undecided' : 'findings',
      `the signature is not taken: ${report.objections.map(({ message }) => message).join('; ')}`,
      'See what it is with "gatehouse verify".',
    );
  return report;
}

/** Exactly what was signed: a file that nobody signed, or that the signer left out, is no part of the model. */
function signedFiles(tree: ModelTree, model: string, { files }: VerifyReport): ModelFile[] {
  const signed = new Set(files.filter(({ state }) => state === 'signed').map(({ name }) => name));
  return sortByName(tree.folder ? tree.files.filter(({ name }) => signed.has(name)) : alone(tree, model));
}

function unsignedFiles(tree: ModelTree, model: string, signature: string): ModelFile[] {
  const left = new Set([
    ...VERSION_CONTROL,
    ...[signature, scanOf(signature)].flatMap((file) => nameInside(model, file) ?? []),
  ]);
  const files = tree.files.filter(({ name }) => !isBelow(name, left));
  const link = files.find((file) => file.link);
  const odd = link === undefined ? tree.odd[0] : { name: shown(link.name), why: 'it is a link' };
  if (odd !== undefined) throw new Problem('findings', `${odd.name} cannot be sealed: ${odd.why}`);
  return sortByName(tree.folder ? files : alone(tree, model));
}

/** A model of one file has that file’s name. */
const alone = ({ files }: ModelTree, model: string): ModelFile[] =>
  files.map((file) => (file.name === ITSELF ? { ...file, name: basename(model) } : file));

/** Digests of the files as they were scanned, and until when that counts. Throws where the scan of one of them did not come to `clean`. */
function scansOf(
  result: ScanResult,
  files: readonly ModelFile[],
  folder: boolean,
  model: string,
): { readonly scans: ReadonlyMap<string, string | undefined>; readonly until: string | null } {
  const mine = new Set(files.map(({ name }) => name));
  const about = result.files
    .map((file) => (folder ? file : { ...file, path: basename(model) }))
    .filter(({ path }) => mine.has(path));
  const verdict = worst(about.map((file) => file.verdict));
  if (verdict !== 'clean') {
    const bad = about.find((file) => file.verdict === verdict);
    throw new Problem(
      verdict,
      verdict === 'findings'
        ? `it is not added: the scan found something in ${shown(bad?.path ?? '')}`
        : `it is not added: the scan could not read all of ${shown(bad?.path ?? '')}`,
      'See what it is with "gatehouse scan".',
    );
  }
  return { scans: new Map(about.map(({ path, sha256 }) => [path, sha256])), until: excusedUntil(about) };
}

/** Reads no pipe and no device, whatever stood there when somebody looked. */
async function sealOne(
  draft: ModelDraft,
  { name, file, link }: ModelFile,
  as: SealedEntry['as'],
  onText?: (text: Uint8Array) => void,
): Promise<SealedEntry> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (link ? 0 : constants.O_NOFOLLOW);
  const handle = await open(file, flags).catch(() => {
    throw changed(name);
  });
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw changed(name);
    const read = async (into: Uint8Array, position: number) =>
      (await handle.read(into, 0, into.length, position)).bytesRead;
    const entry = await draft.seal(name, as, { size: Number(before.size), read }, onText);
    if (!isSame(stampOf(before), stampOf(await handle.stat({ bigint: true })))) throw changed(name);
    return entry;
  } catch (error) {
    throw error instanceof Shorter ? changed(name) : error;
  } finally {
    await handle.close();
  }
}

const changed = (name: string) =>
  new Problem('findings', `${shown(name)} changed while the model was added`, 'Add it again.');

function asProblem(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Problem || syscall === undefined) return error;
  const why = code === 'ENOSPC' ? 'the disk is full' : (code ?? 'unknown error');
  return new Problem('environment', `the model cannot be sealed: ${why}`, undefined, error);
}
