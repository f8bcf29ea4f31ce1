import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { systemClock } from '../base/clock.ts';
import { EXIT, Problem } from '../base/problem.ts';
import { type Finding, shown } from '../findings/finding.ts';
import { type GateOutcome, type GateReport, gate } from '../lifecycle/gate/gate.ts';
import { BOUNDS } from '../lifecycle/scan/bounds.ts';
import { ALL_RULES } from '../lifecycle/scan/catalogue.ts';
import { sarif } from '../reports/sarif.ts';
import { bySeverity, placeText, split, unreadOf, VERDICTS } from '../reports/words.ts';
import { aPath } from './a-path.ts';
import type { CliIo } from './io.ts';
import { counted, positive } from './numbers.ts';
import { modelScanner } from './scan-model.ts';
import { stoppable } from './stoppable.ts';
import { type TrustOptions, trustOf, withTrust } from './trust-options.ts';
import { fileLines, signedLines, verifyJson } from './verify.ts';

interface GateOptions extends TrustOptions {
  readonly signature?: string;
  readonly scanPolicy?: string;
  readonly sarif?: string;
  readonly jobs: number;
  readonly timeout: number;
  readonly json?: boolean;
}

const EXITS: Readonly<Record<GateOutcome, number>> = {
  passed: EXIT.ok,
  refused: EXIT.findings,
  undecided: EXIT.undecided,
};
const WORDS: Readonly<Record<GateOutcome, string>> = {
  passed: 'passed',
  refused: 'REFUSED',
  undecided: 'NOT DECIDED',
};
/** So many of what speaks against it are shown; all of them are in the JSON and the SARIF file. */
const MOST_SHOWN = 50;

/** `gate`: `verify` and `scan` in one, for pipelines. Serves and loads nothing. */
export function gateCommand(io: CliIo, version: string): Command {
  return withTrust(
    new Command('gate')
      .description('whether a model may be deployed: signed, every file as signed, and scanned')
      .argument('<PATH>', 'file or folder; before options that take several values, or behind --', aPath)
      .option('--signature <FILE>', 'where the signature is (default: PATH/model.sig, or FILE.sig)'),
  )
    .option('--scan-policy <FILE>', 'policy of the scan, as for "gatehouse scan --policy"')
    .option(
      '--require-scan',
      'take the signed result of a scan, which must be there, and scan only what it does not cover',
    )
    .option('--sarif <FILE>', 'write what was found into a file, for code hosts')
    .option('--jobs <N>', 'threads', positive, availableParallelism())
    .option('--timeout <SECONDS>', 'for the scan of one file', positive, BOUNDS.time / 1000)
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Checks the signature against the trust policy (--policy, or the options that name keys and identities), every file against
the signature, and scans them. The bytes that are scanned are those that are verified. Nothing is loaded or served.

Exit codes: 0 passed, 1 refused, 2 could not decide, or it was stopped, 3 wrong usage,
4 a file is not there or cannot be written.

Examples:
  gatehouse gate ./model --policy trust.yaml
  gatehouse gate ./model --policy trust.yaml --sarif gate.sarif
  gatehouse gate ./model --key-file release.pub --require-scan
  gatehouse gate weights.gguf --policy trust.yaml --scan-policy scan.yaml --json`,
    )
    .action((path: string, options: GateOptions) => gateModel(io, version, path, options));
}

async function gateModel(io: CliIo, version: string, path: string, options: GateOptions): Promise<void> {
  const { scanPolicy: policy, jobs, timeout } = options;
  const trust = await trustOf(io, options);
  const report = await stoppable(io, 'stopped before the end; the model has not passed', async (signal) => {
    const scan = await modelScanner(io, version, path, { policy, jobs, time: timeout * 1000, signal });
    const progress = io.progress('hashing, bytes');
    return gate({
      model: resolve(io.cwd, path),
      signature: options.signature && resolve(io.cwd, options.signature),
      trust,
      requireScan: options.requireScan === true,
      scan,
      jobs,
      clock: systemClock,
      onProgress: (done, total) => progress.update(done, total),
      signal,
    }).finally(() => progress.end());
  });
  if (options.sarif !== undefined) await writeSarif(io, options.sarif, report);
  if (options.json === true) io.json(jsonOf(report));
  else for (const line of describe(path, report)) io.out(line);
  process.exitCode = EXITS[report.outcome];
}

async function writeSarif(io: CliIo, file: string, { result }: GateReport): Promise<void> {
  try {
    await writeFile(resolve(io.cwd, file), sarif.write(result, { rules: ALL_RULES, colour: false }));
  } catch (cause) {
    throw new Problem('environment', `cannot write ${file}`, undefined, cause);
  }
}

const jsonOf = ({ outcome, objections, verified, scanned }: GateReport) => ({
  outcome,
  objections: objections.map(({ rule, severity, place, message }) => ({
    rule,
    severity,
    path: place.path[0],
    message,
  })),
  verify: verified === undefined ? null : verifyJson(verified),
  scan: scanned,
});

function describe(path: string, { outcome, objections, verified, scanned }: GateReport): string[] {
  const against = [...objections, ...scanned.files.flatMap(({ findings }) => split(findings).open)].sort(
    bySeverity,
  );
  const unread = scanned.files.filter(({ verdict }) => verdict === 'undecided');
  const lines = [
    `${shown(path, 400)}: ${WORDS[outcome]}`,
    ...(verified?.signed === undefined
      ? ['Signed by nobody who is trusted']
      : [...signedLines(verified.signed), ...fileLines(verified.files)]),
    `Scan: ${VERDICTS[scanned.verdict]}, ${counted(scanned.files.length, 'file')} here${signedScan(verified)}`,
    ...scanned.left.map(({ path, why }) => `  not entered: ${shown(path, 400)} (${why})`),
    ...scanned.notes.map((note) => `  note: ${note}`),
  ];
  for (const one of against.slice(0, MOST_SHOWN)) lines.push('', ...findingLines(one));
  for (const file of unread.slice(0, MOST_SHOWN)) {
    const [first] = unreadOf(file);
    lines.push('', `${shown(file.path, 400)} was not read whole: ${first?.why ?? 'it could not be read'}`);
  }
  const more = Math.max(0, against.length - MOST_SHOWN) + Math.max(0, unread.length - MOST_SHOWN);
  if (more > 0) lines.push('', `and ${counted(more, 'other')}: --json and --sarif have them all`);
  return lines;
}

function signedScan(verified: GateReport['verified']): string {
  const { scan, noScan } = verified ?? {};
  if (scan === undefined || noScan !== undefined) return '';
  return `; the signed one is ${scan.verdict}, by ${shown(scan.scanner)} at ${new Date(scan.time).toISOString()}`;
}

function findingLines({ rule, severity, place, message }: Finding): string[] {
  const advice = ALL_RULES.get(rule)?.advice;
  return [
    `${severity.padEnd(8)}  ${rule}  ${shown(placeText(place), 400)}`,
    `          ${message}`,
    ...(advice === undefined ? [] : [`          → ${advice}`]),
  ];
}
