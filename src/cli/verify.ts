import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { EXIT } from '../base/problem.ts';
import { shown } from '../findings/finding.ts';
import { DigestCache } from '../lifecycle/sign/digest-cache.ts';
import { type FileState, type VerifyReport, verifyModel } from '../lifecycle/sign/verify-model.ts';
import { aPath } from './a-path.ts';
import { cacheFile } from './cache-file.ts';
import type { CliIo } from './io.ts';
import { counted, positive } from './numbers.ts';
import { stoppable } from './stoppable.ts';
import { table } from './table.ts';
import { type TrustOptions, trustOf, withTrust } from './trust-options.ts';

interface VerifyOptions extends TrustOptions {
  readonly signature?: string;
  readonly cache?: boolean;
  readonly jobs: number;
  readonly json?: boolean;
}

/** `verify`: whether a model is what somebody who is trusted has signed. Works offline. */
export function verifyCommand(io: CliIo): Command {
  return withTrust(
    new Command('verify')
      .description('check a model against its signature: who signed, and every file')
      .argument('<PATH>', 'file or folder; before options that take several values, or behind --', aPath)
      .option('--signature <FILE>', 'where the signature is (default: PATH/model.sig, or FILE.sig)'),
  )
    .option('--require-scan', 'the signed result of a scan that found nothing')
    .option('--cache', 'do not read files again that did not change since they were last hashed')
    .option('--jobs <N>', 'threads that hash', positive, availableParallelism())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Takes signatures in the format of OpenSSF Model Signing 1.0, whatever tool made them: with a key, with a certificate, or
keyless by Sigstore, and asks nobody. Every file of the folder is accounted for: also those that nobody signed.

Exit codes: 0 verified, 1 refused, 2 the signature cannot be read, or it was stopped, 3 wrong usage,
4 a file is not there.

Examples:
  gatehouse verify ./model --key-file release.pub
  gatehouse verify ./model --key release --require-scan
  gatehouse verify ./model --policy trust.yaml --json
  gatehouse verify ./model --authority corporate-root.pem --identity build@example.com
  gatehouse verify ./model --identity me@example.com --issuer https://accounts.google.com`,
    )
    .action((path: string, options: VerifyOptions) => verify(io, path, options));
}

async function verify(io: CliIo, path: string, options: VerifyOptions): Promise<void> {
  const trust = await trustOf(io, options);
  const progress = io.progress('hashing, bytes');
  const report = await stoppable(io, 'stopped before the end; nothing is verified', (signal) =>
    verifyModel({
      model: resolve(io.cwd, path),
      signature: options.signature && resolve(io.cwd, options.signature),
      trust,
      cache: options.cache === true ? DigestCache.open(cacheFile(io)) : undefined,
      jobs: options.jobs,
      clock: systemClock,
      onProgress: (done, total) => progress.update(done, total),
      signal,
    }).finally(() => progress.end()),
  );
  if (options.json === true) io.json(verifyJson(report));
  else for (const line of describe(path, report)) io.out(line);
  if (report.outcome !== 'verified')
    process.exitCode = EXIT[report.outcome === 'refused' ? 'findings' : 'undecided'];
}

/** A report as programs read it. */
export const verifyJson = ({ outcome, objections, signed, manifest, scan, noScan, files }: VerifyReport) => ({
  outcome,
  objections,
  signed: signed && {
    signer: signed.signer,
    by: signed.by,
    who: signed.who,
    post_quantum: signed.postQuantum,
    time: signed.time === undefined ? null : new Date(signed.time).toISOString(),
  },
  model: manifest && { name: manifest.name, hash: manifest.hash, digest: manifest.root },
  scan:
    scan === undefined
      ? { holds: false, why: noScan ?? null }
      : {
          holds: noScan === undefined,
          ...(noScan !== undefined && { why: noScan }),
          verdict: scan.verdict,
          scanner: scan.scanner,
          time: new Date(scan.time).toISOString(),
          bytes: scan.bytes,
        },
  files,
});

const STATES: Readonly<Record<FileState, string>> = {
  signed: 'signed',
  changed: 'CHANGED',
  missing: 'MISSING',
  unsigned: 'NOT SIGNED',
  left_out: 'left out',
  signature: 'signature',
};
type Signed = NonNullable<VerifyReport['signed']>;
/** Files shown of each state; all of them are in the JSON. */
const MOST_SHOWN = 50;
const WAYS = { key: 'key', certificate: 'certificate', sigstore: 'Sigstore identity' } as const;

function describe(path: string, report: VerifyReport): string[] {
  const { outcome, objections, signed, files } = report;
  const word = { verified: 'verified', refused: 'REFUSED', undecided: 'NOT DECIDED' }[outcome];
  const lines = [`${shown(path, 400)}: ${word}`, ...objections.map(({ message }) => `  ${message}`)];
  return signed === undefined
    ? lines
    : [...lines, ...signedLines(signed), scanLine(report), ...fileLines(files)];
}

/** Who signed, with what, and when. */
export function signedLines({ signer, by, who, postQuantum, time }: Signed): string[] {
  return [
    `Signed by ${shown(signer, 400)}, with ${WAYS[by]} ${shown(who, 400)}`,
    `  ${postQuantum ? 'and with ML-DSA-65' : 'without ML-DSA-65'}`,
    ...(time === undefined ? [] : [`  at ${new Date(time).toISOString()}`]),
  ];
}

function scanLine({ scan, noScan }: VerifyReport): string {
  if (scan === undefined || noScan !== undefined) return `No scan: ${noScan ?? 'none was signed'}`;
  return `Scan: ${scan.verdict}, by ${shown(scan.scanner)} at ${new Date(scan.time).toISOString()}`;
}

/** How many are as they were signed, and all that are not. */
export function fileLines(files: VerifyReport['files']): string[] {
  const count = files.filter(({ state }) => state === 'signed').length;
  const rows = (Object.keys(STATES) as FileState[])
    .filter((state) => state !== 'signed')
    .flatMap((state) => {
      const those = files.filter((file) => file.state === state);
      const rest = those.length - MOST_SHOWN;
      return [
        ...those.slice(0, MOST_SHOWN).map(({ name, why = '' }) => [STATES[state], shown(name, 200), why]),
        ...(rest > 0 ? [[STATES[state], `… and ${rest} more`, '']] : []),
      ];
    });
  return [
    `${counted(count, 'file')} as signed.`,
    ...(rows.length > 0 ? [table([['STATE', 'FILE', 'WHY'], ...rows])] : []),
  ];
}
