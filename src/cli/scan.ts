import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, Problem } from '../base/problem.ts';
import type { ScanResult, Verdict } from '../findings/result.ts';
import { readBaseline, writeBaseline } from '../lifecycle/scan/baseline.ts';
import { ALL_RULES } from '../lifecycle/scan/catalogue.ts';
import { changedFiles } from '../lifecycle/scan/changed.ts';
import { keepIncoming } from '../lifecycle/scan/incoming.ts';
import { isDay, NO_POLICY, readScanPolicy } from '../lifecycle/scan/policy.ts';
import { type ScanOptions, scan } from '../lifecycle/scan/scan.ts';
import { BOUNDS } from '../lifecycle/scan/scanner.ts';
import { type Walked, walk } from '../lifecycle/scan/walk.ts';
import { REPORTS } from '../reports/index.ts';
import type { CliIo } from './io.ts';
import { positive } from './numbers.ts';
import { scanRulesCommand } from './scan-rules.ts';

interface Options {
  readonly format: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly policy?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly until?: string;
  readonly changed?: boolean | string;
  readonly jobs: number;
  readonly timeout: number;
  readonly quiet?: boolean;
}

/** Threads at the most, unless more are asked for: with them all fits into 256 MB, and each more needs some 40. */
const MOST_JOBS = 2;
const EXITS: Readonly<Record<Verdict, number>> = {
  clean: EXIT.ok,
  findings: EXIT.findings,
  undecided: EXIT.undecided,
};
/** A policy that stands where the scan runs is used without being named. */
const POLICY = 'gatehouse-scan.yaml';
const DAY = 86_400_000;

/** `scan`: whether model files may be loaded. Runs nothing of what it reads, and asks nobody. */
export function scanCommand(io: CliIo, version: string): Command {
  return new Command('scan')
    .description('read model files, repositories and archives, and say whether they may be loaded')
    .argument('[PATH...]', 'files and folders; - is standard input')
    .addOption(
      new Option('--format <FORMAT>', 'the report').choices(REPORTS.map(({ name }) => name)).default('table'),
    )
    .option('--json', 'short for --format json')
    .option('-o, --out <FILE>', 'write the report into a file')
    .option(
      '--policy <FILE>',
      `what may be called, and what does not count (default: ${POLICY}, where it is there)`,
    )
    .option('--baseline <FILE>', 'findings that are known: only new ones count')
    .option('--write-baseline <FILE>', 'take what is found for known, until a day')
    .option('--until <DAY>', 'with --write-baseline: the last day, 2027-01-31 (default: in 90 days)')
    .option('--changed [COMMIT]', 'files that git knows to be changed: for hooks')
    .option(
      '--jobs <N>',
      'files that are read at once',
      positive,
      Math.min(MOST_JOBS, availableParallelism()),
    )
    .option('--timeout <SECONDS>', 'for one file', positive, BOUNDS.time / 1000)
    .option('-q, --quiet', 'no report: the exit code says it')
    .addHelpText('after', HELP)
    .action((paths: readonly string[], options: Options) => scanPaths(io, version, paths, options))
    .enablePositionalOptions()
    .addCommand(scanRulesCommand(io));
}

const HELP = `
The content of a file decides what it is, never its name. Nothing is loaded, imported or run. The report lists, for every
file, which bytes were read, by which reader, and which were not: a file that is not read whole counts as not safe.

Exit codes: 0 clean, 1 something found, 2 could not decide, 3 wrong usage, 4 a path is not there.

Examples:
  gatehouse scan model.pt
  gatehouse scan ./downloaded-model --format html -o report.html
  gatehouse scan . --format sarif -o results.sarif
  cat upload.bin | gatehouse scan -
  gatehouse scan ./models --write-baseline baseline.json
  gatehouse scan --changed
  gatehouse scan rules pickle.dangerous-call`;

async function scanPaths(
  io: CliIo,
  version: string,
  paths: readonly string[],
  options: Options,
): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const policy = await policyOf(io, options.policy, today);
  const known =
    options.baseline === undefined
      ? { pardons: [], over: [] }
      : readBaseline(await textOf(io, options.baseline), options.baseline, today);
  const giveUp = new AbortController();
  const silence = io.onStop(() => giveUp.abort());
  const progress = io.progress('scanning, bytes');
  let forget = async () => {};
  try {
    const walked = await targetsOf(io, paths, options, giveUp.signal);
    forget = walked.forget;
    const result = await scan(walked, {
      version,
      policy,
      baseline: known.pardons,
      over: [...policy.over, ...known.over],
      bounds: { ...BOUNDS, time: options.timeout * 1000 },
      jobs: options.jobs,
      onProgress: (done, total) => progress.update(done, total),
      signal: giveUp.signal,
    } satisfies ScanOptions);
    progress.end();
    await tell(io, result, options);
    process.exitCode = EXITS[result.verdict];
  } catch (error) {
    if (giveUp.signal.aborted) throw new Problem('undecided', 'the scan was stopped before its end');
    throw error;
  } finally {
    progress.end();
    silence();
    await forget();
  }
}

async function targetsOf(
  io: CliIo,
  paths: readonly string[],
  { changed }: Options,
  signal: AbortSignal,
): Promise<Walked & { forget(): Promise<void> }> {
  const forget = async () => {};
  if (changed !== undefined && changed !== false) {
    if (paths.length > 0) throw new Problem('usage', 'give paths or --changed, not both');
    const { root, names } = await changedFiles(io.cwd, changed === true ? undefined : changed);
    return { ...(await walk(names, root)), forget };
  }
  if (paths.length === 0)
    throw new Problem('usage', 'name a file or a folder to scan', 'For example: gatehouse scan model.pt');
  if (!paths.includes('-')) return { ...(await walk(paths, io.cwd)), forget };
  if (paths.length > 1)
    throw new Problem('usage', 'standard input is scanned by itself: - and no other path');
  return await keepIncoming('stdin', io.input(), signal);
}

export async function policyOf(io: CliIo, named: string | undefined, today: string) {
  const rules = new Set(ALL_RULES.keys());
  if (named !== undefined) return readScanPolicy(await textOf(io, named), named, today, rules);
  const found = await readFile(resolve(io.cwd, POLICY), 'utf8').catch(() => undefined);
  return found === undefined ? NO_POLICY : readScanPolicy(found, POLICY, today, rules);
}

async function textOf(io: CliIo, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Problem('environment', `cannot read ${file}`, undefined, cause);
  }
}

async function tell(io: CliIo, result: ScanResult, options: Options): Promise<void> {
  if (options.writeBaseline !== undefined) {
    const until = options.until ?? new Date(Date.now() + 90 * DAY).toISOString().slice(0, 10);
    if (!isDay(until)) throw new Problem('usage', '--until takes a day: 2027-01-31');
    await put(io, options.writeBaseline, writeBaseline(result, until));
  }
  if (options.quiet === true) return;
  const format = options.json === true ? 'json' : options.format;
  const report = REPORTS.find(({ name }) => name === format);
  if (report === undefined) throw new Problem('usage', `there is no report ${format}`);
  const text = report.write(result, { rules: ALL_RULES, colour: io.colour && options.out === undefined });
  if (options.out === undefined) await io.write(text);
  else await put(io, options.out, text);
}

async function put(io: CliIo, file: string, text: string): Promise<void> {
  try {
    await writeFile(resolve(io.cwd, file), text);
  } catch (cause) {
    throw new Problem('environment', `cannot write ${file}`, undefined, cause);
  }
}
