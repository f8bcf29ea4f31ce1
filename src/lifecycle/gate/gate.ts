import { stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Problem } from '../../base/problem.ts';
import type { Finding } from '../../findings/finding.ts';
import type { ScanResult, Verdict } from '../../findings/result.ts';
import { ITSELF } from '../../signing/names.ts';
import type { Trust } from '../../signing/trust-policy.ts';
import { type Target, type Walked, walk } from '../scan/walk.ts';
import type { KnownDigests } from '../sign/digest-model.ts';
import { CHANGED, isSame, type Stamp, stampOf } from '../sign/hash-file.ts';
import { scanOf, signatureOf } from '../sign/places.ts';
import { type VerifyReport, verifyModel } from '../sign/verify-model.ts';
import { finding, objectionsIn, type Places, withFindings } from './objections.ts';
import { GATE_RULES } from './rules.ts';

export interface GateOptions {
  /** File or folder. */
  readonly model: string;
  /** Where the signature is (default: in the folder, or beside the file). */
  readonly signature?: string | undefined;
  readonly trust: Trust;
  /** The signed result of a scan is needed, and taken for what it covers; only the rest is scanned here. */
  readonly requireScan: boolean;
  readonly scan: (walked: Walked) => Promise<ScanResult>;
  /** Threads that hash, at most. */
  readonly jobs: number;
  readonly clock: Clock;
  /** Bytes hashed, and of all. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Whoever waits has given up: the reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

export type GateOutcome = 'passed' | 'refused' | 'undecided';

export interface GateReport {
  /** Only `passed` is good. `undecided`: nothing speaks against it, but something could not be read. */
  readonly outcome: GateOutcome;
  /** Who signed, and every file; undefined where there is no signature. */
  readonly verified: VerifyReport | undefined;
  /** What was scanned here. */
  readonly scanned: ScanResult;
  /** What the signature does not say, one for each thing: who signed, of which file. */
  readonly objections: readonly Finding[];
  /** Both in one, for reports. */
  readonly result: ScanResult;
}

const VERDICTS: Readonly<Record<GateOutcome, Verdict>> = {
  passed: 'clean',
  refused: 'findings',
  undecided: 'undecided',
};

/**
 * Whether a model may be deployed: signed by somebody who is trusted, every file as signed, and scanned. The bytes that
 * were scanned are the bytes that were verified. Loads nothing. Throws `Problem` where there is nothing to read.
 */
export async function gate(options: GateOptions): Promise<GateReport> {
  const { requireScan, scan } = options;
  const model = resolve(options.model);
  const folder = await isFolder(model);
  const signature = resolve(options.signature ?? signatureOf(model, folder));
  const places = placesOf(model, folder, signature);
  const walked = await walk([folder ? model : basename(model)], dirname(model));
  const before = await stampsOf(walked.targets);
  // Put together, never pushed all at once: a model has more files than a call takes arguments.
  let objections: readonly Finding[] = [];

  const verify = async (known?: KnownDigests): Promise<VerifyReport | undefined> => {
    if (await isThere(signature)) return verifyModel({ ...options, model, signature, cache: known });
    objections = [...objections, finding(GATE_RULES.unsigned, places.signature, 'there is no signature')];
    return undefined;
  };
  let verified: VerifyReport | undefined;
  let scanned: ScanResult;
  if (requireScan) {
    verified = await verify();
    scanned = await scan(without(walked, signedIn(verified, places)));
  } else {
    scanned = await scan(walked);
    verified = await verify(digestsOf(walked.targets, scanned, before));
    objections = [...objections, ...notScanned(signedIn(verified, places), scanned)];
  }
  if (verified !== undefined) objections = [...objections, ...objectionsIn(verified, places)];
  objections = [...objections, ...(await changedSince(walked.targets, before, objections))];

  const outcome = outcomeOf(verified, scanned.verdict, objections);
  return {
    outcome,
    verified,
    scanned,
    objections,
    result: withFindings(scanned, objections, VERDICTS[outcome]),
  };
}

function outcomeOf(
  verified: VerifyReport | undefined,
  scan: Verdict,
  objections: readonly Finding[],
): GateOutcome {
  const isUnread = verified?.outcome === 'undecided';
  // A signature that cannot be read is an objection too, and no refusal.
  const refusals = isUnread ? objections.filter(({ rule }) => rule !== GATE_RULES.signature.id) : objections;
  if (scan === 'findings' || refusals.length > 0 || verified?.outcome === 'refused') return 'refused';
  return isUnread || scan === 'undecided' ? 'undecided' : 'passed';
}

async function isFolder(model: string): Promise<boolean> {
  try {
    return (await stat(model)).isDirectory();
  } catch (error) {
    throw new Problem('environment', `there is no ${model}, or it cannot be read`, undefined, error);
  }
}

/** Whether there is something; what cannot be seen is left to whoever reads it to complain about. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function placesOf(model: string, folder: boolean, signature: string): Places {
  const root = folder ? model : dirname(model);
  const inside = (path: string) => relative(root, path).split(sep).join('/');
  return {
    signature: inside(signature),
    scan: inside(scanOf(signature)),
    pathOf: (name) => (name === ITSELF && !folder ? basename(model) : name),
  };
}

const signedIn = (report: VerifyReport | undefined, { pathOf }: Places): ReadonlySet<string> =>
  new Set(report?.files.filter(({ state }) => state === 'signed').map(({ name }) => pathOf(name)));

const without = ({ targets, left }: Walked, paths: ReadonlySet<string>): Walked => ({
  targets: targets.filter(({ path }) => !paths.has(path)),
  left,
});

/** Scans leave out histories of repositories, wherever they lie; signers need not. */
function notScanned(signed: ReadonlySet<string>, { files }: ScanResult): Finding[] {
  const scanned = new Set(files.map(({ path }) => path));
  return [...signed]
    .filter((path) => !scanned.has(path))
    .map((path) => finding(GATE_RULES.scanMissing, path, 'it was signed, and lies where no scan looks'));
}

type Stamps = ReadonlyMap<string, Stamp | undefined>;

const stampAt = (file: string): Promise<Stamp | undefined> =>
  stat(file, { bigint: true }).then(stampOf, () => undefined);

async function stampsOf(targets: readonly Target[]): Promise<Stamps> {
  const stamps = new Map<string, Stamp | undefined>();
  for (const { file } of targets) stamps.set(file, await stampAt(file));
  return stamps;
}

/** The scan has read and hashed all files: none is read again to be verified, while it is what it was. */
function digestsOf(targets: readonly Target[], { files }: ScanResult, before: Stamps): KnownDigests {
  const byPath = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const known = new Map(targets.map(({ path, file }) => [file, byPath.get(path)]));
  return {
    find({ file, hash, range }, stamp) {
      const then = before.get(file);
      const isTaken = hash === 'sha256' && range === undefined && then !== undefined && isSame(then, stamp);
      return isTaken ? known.get(file) : undefined;
    },
    keep() {},
  };
}

/** What was scanned and what was verified is one state of each file, or it does not pass. */
async function changedSince(
  targets: readonly Target[],
  before: Stamps,
  objections: readonly Finding[],
): Promise<Finding[]> {
  const rule = GATE_RULES.fileChanged;
  const told = new Set(objections.filter((one) => one.rule === rule.id).map(({ place }) => place.path[0]));
  const changed: Finding[] = [];
  for (const { path, file } of targets) {
    const [then, now] = [before.get(file), await stampAt(file)];
    const same = then === undefined || now === undefined ? then === now : isSame(then, now);
    if (!same && !told.has(path)) changed.push(finding(rule, path, CHANGED));
  }
  return changed;
}
