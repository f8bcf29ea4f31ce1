import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../base/json.ts';
import type { FileRead, JudgedFile, ScanResult, Verdict } from '../findings/result.ts';
import type { Fields } from './fields.ts';
import { type Manifest, MODEL_SIGNATURE } from './manifest.ts';
import { readStatement, type Statement, writeStatement } from './statement.ts';
import { Unverified } from './unverified.ts';

/**
 * What a scan of a signed model came to, as a statement of its own beside the signature: the same subject, the digest of
 * the statement that was signed with it, and for each file what was read, what was not, and what was found.
 */
export const MODEL_SCAN = 'urn:gatehouse:attestation:model-scan:v1';

/** `skipped`: signed without a scan, and the statement says so. */
export type ScanVerdict = Verdict | 'skipped';

export interface ScanStatement {
  readonly verdict: ScanVerdict;
  /** `gatehouse 0.1.0`; empty where there was none. */
  readonly scanner: string;
  /** Milliseconds since 1970, as the signer says. */
  readonly time: number;
  /** SHA-256 by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all files: understood, inert, and not read. */
  readonly bytes: { readonly parsed: number; readonly data: number; readonly unread: number };
}

/** What is to be said of a scan: what it found, or why there was none. */
export type Scanned = { readonly result: ScanResult } | { readonly skipped: string };

/**
 * The bytes of the statement that is signed.
 *
 * @param payload the statement on the model
 * @param time milliseconds since 1970
 */
export function writeScan(
  { name, root }: Manifest,
  payload: Uint8Array,
  scanned: Scanned,
  time: number,
): Buffer {
  const common = {
    time: new Date(time).toISOString(),
    statement: { predicateType: MODEL_SIGNATURE, digest: { sha256: digestOf(payload) } },
  };
  const said: JsonObject =
    'skipped' in scanned
      ? { verdict: 'skipped', reason: scanned.skipped, files: [] }
      : {
          verdict: scanned.result.verdict,
          scanner: { ...scanned.result.tool },
          files: scanned.result.files.map(fileOf),
          left: scanned.result.left.map(({ path, why }) => ({ path, why })),
        };
  return writeStatement([{ name, digest: { sha256: root } }], MODEL_SCAN, { ...common, ...said });
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function fileOf({ path, size, sha256, verdict, parts, more, findings, excuse }: JudgedFile): JsonObject {
  return {
    path,
    size,
    ...(sha256 !== undefined && { sha256 }),
    verdict,
    bytes: bytesOf(parts[0]),
    parts: parts.map((part) => ({
      path: [...part.path],
      formats: [...part.formats],
      size: part.size,
      unread: part.ranges
        .filter(({ as }) => as === 'unread')
        .map(({ start, end, why = '' }) => ({ start, end, why })),
    })),
    more,
    findings: findings.map((one) => ({
      rule: one.rule,
      severity: one.severity,
      path: [...one.place.path],
      ...(one.place.range !== undefined && { range: { ...one.place.range } }),
      message: one.message,
      fingerprint: one.fingerprint,
      ...(one.excuse !== undefined && { excuse: one.excuse as unknown as Json }),
    })),
    ...(excuse !== undefined && { excuse: excuse as unknown as Json }),
  };
}

/** Of the file itself; what is inside of it is counted in its own ranges. */
function bytesOf(part: FileRead['parts'][number] | undefined): Record<'parsed' | 'data' | 'unread', number> {
  const sums = { parsed: 0, data: 0, unread: 0 };
  for (const { as, start, end } of part?.ranges ?? []) sums[as] += end - start;
  return sums;
}

const MOST_FILES = 500_000;
const VERDICTS: readonly string[] = ['clean', 'findings', 'undecided', 'skipped'] satisfies ScanVerdict[];

/** Throws {@link Unverified} `malformed`, `unsupported`, or `scan` where it is about another model than the one signed. */
export function readScan(
  statement: Statement | Uint8Array,
  manifest: Manifest,
  payload: Uint8Array,
): ScanStatement {
  const { subjects, predicateType, predicate } =
    statement instanceof Uint8Array ? readStatement(statement) : statement;
  if (predicateType !== MODEL_SCAN) throw new Unverified('unsupported', 'it is no statement on a scan');
  const [subject, ...more] = subjects;
  const about = predicate.object('statement').object('digest').text('sha256', 64);
  if (more.length > 0 || subject?.digest.sha256 !== manifest.root || about !== digestOf(payload))
    throw new Unverified('scan', 'the scan is of another model, or of another state of it');
  const verdict = predicate.text('verdict', 16);
  if (!VERDICTS.includes(verdict)) throw predicate.wrong('verdict', 'is none that is known');
  const time = Date.parse(predicate.text('time', 64));
  if (Number.isNaN(time)) throw predicate.wrong('time', 'is no time');
  const scanner = predicate.optionalObject('scanner');
  const files = predicate.objects('files', MOST_FILES);
  return {
    verdict: verdict as ScanVerdict,
    scanner: scanner === undefined ? '' : `${scanner.text('name', 64)} ${scanner.text('version', 64)}`,
    time,
    files: new Map(
      files.flatMap((file) =>
        file.has('sha256') ? [[file.text('path', 4200), file.text('sha256', 64)]] : [],
      ),
    ),
    bytes: files.map(bytesIn).reduce(
      (sums, one) => ({
        parsed: sums.parsed + one.parsed,
        data: sums.data + one.data,
        unread: sums.unread + one.unread,
      }),
      { parsed: 0, data: 0, unread: 0 },
    ),
  };
}

function bytesIn(file: Fields): ScanStatement['bytes'] {
  const bytes = file.object('bytes');
  return { parsed: bytes.count('parsed'), data: bytes.count('data'), unread: bytes.count('unread') };
}

/**
 * Makes sure that a scan says of every signed file that it is clean, and that it read the same bytes that were signed.
 * Throws {@link Unverified} `scan`.
 */
export function checkScan({ verdict, files }: ScanStatement, { resources, hash, shardSize }: Manifest): void {
  if (verdict === 'skipped') throw new Unverified('scan', 'it was signed without a scan');
  if (verdict !== 'clean') throw new Unverified('scan', `the scan came to “${verdict}”`);
  for (const { name, digest } of resources) {
    const read = files.get(name);
    if (read === undefined) throw new Unverified('scan', 'a file that was signed was not scanned');
    // Parts of files, and other hashes, are bound by the statement's digest alone.
    if (hash === 'sha256' && shardSize === undefined && read !== digest)
      throw new Unverified('scan', 'a file was scanned in another state than it was signed in');
  }
}
