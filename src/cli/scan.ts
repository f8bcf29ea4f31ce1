import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { isDay } from '../base/day.ts';
import { EXIT, Problem } from '../base/problem.ts';
import type { ScanResult, Verdict } from '../findings/result.ts';
import { BOUNDS } from '../lifecycle/scan/bounds.ts';
import { changedFiles } from '../lifecycle/scan/changed.ts';
import { keepIncoming } from '../lifecycle/scan/incoming.ts';
import { type ScanOptions, scan } from '../lifecycle/scan/scan.ts';
import { type Walked, walk } from '../lifecycle/scan/walk.ts';
import { REPORTS } from '../reports/index.ts';
import type { CliIo } from './io.ts';
import { counted, positive } from './numbers.ts';
import { POLICY, policyOf, textOf } from './scan-policy.ts';
import { scanRulesCommand } from './scan-rules.ts';
import { stoppable } from './stoppable.ts';

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

Exit codes: 0 clean, or a baseline was written that knows all that was found; 1 something found; 2 could not decide, or it was
stopped; 3 wrong usage; 4 a path is not there.

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
  const until = untilOf(options);
  const today = new Date().toISOString().slice(0, 10);
  const policy = await policyOf(io, options.policy, today, paths);
  const known = await baselineOf(io, options.baseline, today);
  const result = await stoppable(io, 'the scan was stopped before its end', async (signal) => {
    const progress = io.progress('scanning, bytes');
    let forget = async () => {};
    try {
      const walking = targetsOf(io, paths, options, signal).then((walked) => {
        forget = walked.forget;
        return walked;
      });
      return await scan(walking, {
        version,
        policy,
        baseline: known.pardons,
        over: [...policy.over, ...known.over],
        bounds: { ...BOUNDS, time: options.timeout * 1000 },
        jobs: options.jobs,
        onProgress: (done, total) => progress.update(done, total),
        signal,
      } satisfies ScanOptions);
    } finally {
      progress.end();
      await forget();
    }
  });
  await tell(io, result, options);
  process.exitCode =
    until === undefined ? EXITS[result.verdict] : await keepBaseline(io, result, options, until);
}

/** The last day of the baseline that is to be written; undefined where none is. Told before anything is read. */
function untilOf({ writeBaseline: file, until }: Options): string | undefined {
  if (until !== undefined && file === undefined)
    throw new Problem('usage', '--until goes with --write-baseline');
  if (until !== undefined && !isDay(until)) throw new Problem('usage', '--until takes a day: 2027-01-31');
  if (file === undefined) return undefined;
  return until ?? new Date(Date.now() + 90 * DAY).toISOString().slice(0, 10);
}

/** Writes what was found as known. The exit code is that of a scan with it: what nobody read, no baseline can know. */
async function keepBaseline(
  io: CliIo,
  result: ScanResult,
  { writeBaseline: file = '' }: Options,
  until: string,
): Promise<number> {
  const { writeBaseline } = await import('../lifecycle/scan/baseline.ts');
  const { text, known, unread } = writeBaseline(result, until);
  await put(io, file, text);
  io.err(`${file}: ${counted(known, 'finding')} known until ${until}`);
  if (unread > 0) io.err(`  ${counted(unread, 'file')} not read whole: that cannot be known, see the report`);
  return unread > 0 ? EXIT.undecided : EXIT.ok;
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
  if (paths.length === 0 || paths.includes(''))
    throw new Problem('usage', 'name a file or a folder to scan', 'For example: gatehouse scan model.pt');
  if (!paths.includes('-')) return { ...(await walk(paths, io.cwd)), forget };
  if (paths.length > 1)
    throw new Problem('usage', 'standard input is scanned by itself: - and no other path');
  return await keepIncoming('stdin', io.input(), signal);
}

async function baselineOf(io: CliIo, file: string | undefined, today: string) {
  if (file === undefined) return { pardons: [], over: [] };
  const { readBaseline } = await import('../lifecycle/scan/baseline.ts');
  return readBaseline(await textOf(io, file), file, today);
}

const allRules = async () => (await import('../lifecycle/scan/catalogue.ts')).ALL_RULES;

async function tell(io: CliIo, result: ScanResult, options: Options): Promise<void> {
  if (options.quiet === true) return;
  const format = options.json === true ? 'json' : options.format;
  const report = REPORTS.find(({ name }) => name === format);
  if (report === undefined) throw new Problem('usage', `there is no report ${format}`);
  const text = report.pieces?.(result) ?? [
    report.write(result, { rules: await allRules(), colour: io.colour && options.out === undefined }),
  ];
  if (options.out !== undefined) return await put(io, options.out, text);
  for (const piece of text) await io.write(piece);
}

async function put(io: CliIo, file: string, text: string | Iterable<string>): Promise<void> {
  try {
    await writeFile(resolve(io.cwd, file), text);
  } catch (cause) {
    throw new Problem('environment', `cannot write ${file}`, undefined, cause);
  }
}
