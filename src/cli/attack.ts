import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Norm } from '../attacks/attack.ts';
import { EXIT, Problem } from '../base/problem.ts';
import { Secret } from '../base/secret.ts';
import { parseDuration } from '../base/units.ts';
import { attackModel } from '../lifecycle/attack/attack-model.ts';
import { UNITS, type UnitName } from '../lifecycle/attack/data/space-of.ts';
import { ATTACK_REPORTS } from '../lifecycle/attack/reports/index.ts';
import type { AttackResult } from '../lifecycle/attack/result.ts';
import { brokenWithin } from '../lifecycle/attack/run-steps.ts';
import { percent } from '../lifecycle/attack/signs.ts';
import { putFile } from '../lifecycle/attack/state.ts';
import { isAddress } from '../lifecycle/attack/target.ts';
import { attackListCommand } from './attack-list.ts';
import { passphraseIn } from './bytes.ts';
import type { CliIo } from './io.ts';
import { attach } from './models-attach.ts';
import { modelBytes } from './models-place.ts';
import { positive } from './numbers.ts';

interface Options {
  readonly data?: string;
  readonly labels?: string;
  readonly label?: string;
  readonly classes?: string;
  readonly drop: readonly string[];
  readonly rows: number;
  readonly scale: number;
  readonly shape?: readonly number[];
  readonly bounds: readonly string[];
  readonly unit?: UnitName;
  readonly fixed: readonly string[];
  readonly whole?: readonly string[];
  readonly oneHot: readonly (readonly string[])[];
  readonly attack: readonly string[];
  readonly standard?: boolean;
  readonly corruptions?: boolean;
  readonly norm: Norm;
  readonly epsilon: readonly number[];
  readonly steps?: number;
  readonly restarts?: number;
  readonly queries?: number;
  readonly budget?: number;
  readonly time?: number;
  readonly seed: number;
  readonly failUnder?: number;
  readonly keyEnv?: string;
  readonly keyFile?: string;
  readonly keyHeader: string;
  readonly batch: number;
  readonly rate?: number;
  readonly timeout: number;
  readonly config?: string;
  readonly file?: string;
  readonly output?: string;
  readonly threads?: number;
  readonly straightThrough?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly attach?: string;
  readonly as?: string;
  readonly format: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const EXITS = { done: EXIT.ok, below: EXIT.findings, undecided: EXIT.undecided } as const;
/** Rows are read whole: more would fit into no memory. */
const MOST_ROWS = 1_000_000;

/** `attack`: how robust a model is that classifies: a file, or one behind a server. */
export function attackCommand(io: CliIo, version: string): Command {
  const command = new Command('attack')
    .description('measure how robust a model that classifies is: attack a file, or a server')
    .argument(
      '[MODEL]',
      'model.onnx, https://host/v2/models/NAME, a mapping file (.yaml), or a sealed model: fraud@3',
    )
    .option('-d, --data <FILE>', 'rows and their right classes: CSV, JSON lines, .npy, IDX; each may be .gz')
    .option('--labels <FILE>', 'the right classes in a file of their own')
    .option('--label <COLUMN>', 'the column of the right class (default: the last)')
    .option(
      '--classes <NAMES>',
      'names of the classes in the model’s order, with commas; or how many there are',
    )
    .option('--drop <COLUMNS>', 'columns that the model does not take', names, [])
    .option('--rows <N>', 'rows of the data that are used, from the first', positive, 1000)
    .option('--scale <NUMBER>', 'what every number is multiplied with: 1/255', fraction, 1)
    .option('--shape <SIZES>', 'what one row is where a server does not say: 1,28,28', sizes)
    .option('--bounds <RANGE>', 'what numbers can be: 0,1 or COLUMN=18,99; repeat it', again, [])
    .addOption(
      new Option(
        '--unit <UNIT>',
        'what a budget of one is of a feature (default: range of tables, else one)',
      ).choices(UNITS),
    )
    .option('--fixed <COLUMNS>', 'columns that an attacker cannot change', names, [])
    .option('--whole <COLUMNS>', 'columns of whole numbers (default: those that have nothing else)', names)
    .option('--one-hot <COLUMNS>', 'columns of which exactly one is 1; repeat it', groups, []);
  return withAttack(command)
    .addHelpText('after', HELP)
    .action((model: string | undefined, options: Options) => attack(io, version, model, options))
    .enablePositionalOptions()
    .addCommand(attackListCommand(io));
}

const withAttack = (command: Command): Command =>
  command
    .option(
      '-a, --attack <NAME>',
      'an attack; repeat it (default: the strongest that the model gives access for)',
      again,
      [],
    )
    .option('--standard', 'an ensemble of attacks, each on the rows that are left: slower, and surer')
    .option(
      '--corruptions',
      'noise, blur, weather, missing values, mistaken units: rows that nobody attacks, too',
    )
    .addOption(
      new Option('--norm <NORM>', 'how changes are measured')
        .choices(['Linf', 'L2', 'L1', 'L0'])
        .default('Linf'),
    )
    .option('-e, --epsilon <NUMBERS>', 'budgets, with commas: 0.05,0.1 or 8/255', epsilons, [])
    .option('--steps <N>', 'steps of attacks that take steps', positive)
    .option('--restarts <N>', 'random starts of attacks that have them', positive)
    .option('--queries <N>', 'questions a row, of attacks that count them', positive)
    .option('--budget <N>', 'questions in all, at the most', positive)
    .option('--time <DURATION>', 'stop after: 10m', duration)
    .option('--seed <N>', 'the same seed, the same result', seed, 0)
    .option(
      '--fail-under <SHARE>',
      'exit 1 where fewer rows than this are left right, at the largest budget: 0.5',
      share,
    )
    .option('--key-env <VARIABLE>', 'the environment variable that holds the key of a server')
    .option('--key-file <FILE>', 'the file that holds the key of a server')
    .option(
      '--key-header <NAME>',
      'the header that the key is sent in; “authorization” as Bearer',
      'authorization',
    )
    .option('--batch <N>', 'rows in one request', positive, 64)
    .option('--rate <N>', 'requests a second, at the most', fraction)
    .option('--timeout <DURATION>', 'for one answer of a server', duration, 30_000)
    .option('--config <FILE>', 'the gateway’s settings, for a sealed model')
    .option('--file <NAME>', 'the file of a sealed model (default: its only ONNX file)')
    .option('--output <NAME>', 'the output with the scores, of a server’s model that has several')
    .option('--threads <N>', 'threads of a model that is a file', positive)
    .option('--straight-through', 'gradients pass rounding and quantisation as if they were not there')
    .option('-o, --out <DIR>', 'a folder for reports, and for what is needed to go on after a stop')
    .option('--resume', 'go on with the attack in --out')
    .option('--attach <MODEL>', 'keep the result with a version in the registry: NAME@VERSION')
    .option('--as <FILE>', 'file with the API key of the caller who attaches it')
    .addOption(
      new Option('--format <FORMAT>', 'the report')
        .choices(ATTACK_REPORTS.map(({ name }) => name))
        .default('table'),
    )
    .option('--json', 'short for --format json')
    .option('-q, --quiet', 'no report and no progress: the exit code says it');

const HELP = `
Robust accuracy is the share of rows that stay right whatever the attacks do within a budget. Every row that is called
broken was asked once more and is broken. Only attack what you may: a server is asked thousands of times.

Keys come from the environment or a file, never from the command line. Redirects of a server are not followed.

Exit codes: 0 measured, 1 below --fail-under, 2 could not decide (stopped early, gradients that mislead, hardly a row
right), 3 wrong usage, 4 something cannot be read, or a server does not answer.

Examples:
  gatehouse attack model.onnx --data test.csv --label fraud --fixed age,sex --fail-under 0.5
  gatehouse attack mnist.onnx --data t10k-images.idx3-ubyte.gz --labels t10k-labels.idx1-ubyte.gz --scale 1/255 --epsilon 0.05,0.1 --out report
  gatehouse attack https://models.example.com/v2/models/triage --data test.csv --key-env TRIAGE_KEY --budget 100000
  gatehouse attack scoring.yaml --data test.jsonl --attack hop-skip-jump --norm L2 --queries 1000
  gatehouse attack model.onnx --data test.csv --standard --out report --resume
  gatehouse attack fraud@3 --data test.csv --label fraud --config gatehouse.yaml --attach fraud@3
  gatehouse attack list`;

async function attack(
  io: CliIo,
  version: string,
  model: string | undefined,
  options: Options,
): Promise<void> {
  if (model === undefined || options.data === undefined)
    throw new Problem(
      'usage',
      'name a model and its data',
      'For example: gatehouse attack model.onnx --data test.csv',
    );
  if (options.resume === true && options.out === undefined)
    throw new Problem('usage', '--resume needs the folder of --out');
  const stop = new AbortController();
  const silence = io.onStop(() => stop.abort());
  const progress = io.progress('attacking');
  const say = (text: string) => options.quiet !== true && io.err(text);
  try {
    const result = await attackModel({
      ...options,
      version,
      model,
      bytes: isSealed(io, model) ? await modelBytes(io, model, options) : undefined,
      data: options.data,
      cwd: io.cwd,
      env: io.env,
      labels: options.labels,
      label: options.label,
      classes: classesOf(options.classes),
      most: Math.min(options.rows, MOST_ROWS),
      shape: options.shape,
      unit: options.unit,
      whole: options.whole,
      attacks: options.attack,
      standard: options.standard === true,
      corruptions: options.corruptions === true,
      corrupting: (done, of) => options.quiet !== true && progress.update(done, of),
      epsilons: options.epsilon,
      settings: settingsOf(options),
      budget: options.budget,
      time: options.time,
      failUnder: options.failUnder,
      headers: headersOf(io, options),
      rate: options.rate,
      output: options.output,
      threads: options.threads,
      straightThrough: options.straightThrough === true,
      out: options.out === undefined ? undefined : resolve(io.cwd, options.out),
      resume: options.resume === true,
      signal: stop.signal,
      now: () => performance.now(),
      progress: (_, done, of) => options.quiet !== true && progress.update(done, of),
      told: (outcome) => {
        progress.end();
        const { step, finished, stopped } = outcome;
        const broken = brokenWithin(outcome, step.epsilons.at(-1) ?? 0).size;
        if (!stopped)
          say(
            `${step.id}: ${percent(broken / Math.max(1, finished.length))} of ${finished.length} rows broken`,
          );
      },
    });
    progress.end();
    await tell(io, result, options);
    if (result.stopped !== undefined)
      say(
        options.out === undefined
          ? 'stopped: with --out DIR the next can go on'
          : 'stopped: the same command with --resume goes on',
      );
    if (options.attach !== undefined && result.stopped === undefined) {
      const { attach: to, config, as: key } = options;
      await attach(io, to, Buffer.from(written('json', result)), {
        ...(config !== undefined && { config }),
        ...(key !== undefined && { as: key }),
      });
      say(`${to} has the result now`);
    }
    process.exitCode = EXITS[result.verdict];
  } finally {
    progress.end();
    silence();
  }
}

async function tell(io: CliIo, result: AttackResult, options: Options): Promise<void> {
  if (options.out !== undefined)
    for (const [name, file] of FILES)
      await putFile(resolve(io.cwd, options.out, file), written(name, result));
  if (options.quiet === true) return;
  await io.write(written(options.json === true ? 'json' : options.format, result, io.colour));
}

/** What --out has at the end. */
const FILES = [
  ['json', 'result.json'],
  ['html', 'report.html'],
  ['sarif', 'report.sarif'],
  ['markdown', 'report.md'],
] as const;

function written(format: string, result: AttackResult, colour = false): string {
  const report = ATTACK_REPORTS.find(({ name }) => name === format);
  if (report === undefined) throw new Problem('usage', `there is no report ${format}`);
  return report.write(result, colour);
}

/** Neither an address nor a file: a name that the registry may know. */
const isSealed = (io: CliIo, model: string): boolean =>
  !isAddress(model) && !/[/\\]|\.(onnx|ya?ml)$/i.test(model) && !existsSync(resolve(io.cwd, model));

const settingsOf = ({ steps, restarts, queries }: Options): Record<string, number> => ({
  ...(steps !== undefined && { steps }),
  ...(restarts !== undefined && { restarts }),
  ...(queries !== undefined && { queries }),
});

/** The key of a server, which is never in the arguments: other processes can read those. */
function headersOf(io: CliIo, { keyEnv, keyFile, keyHeader }: Options): Record<string, Secret> {
  if (keyEnv !== undefined && keyFile !== undefined)
    throw new Problem('usage', 'the key is in the environment or in a file, not in both');
  const key = keyEnv === undefined ? passphraseIn(io, keyFile) : io.env[keyEnv];
  if (keyEnv === undefined && keyFile === undefined) return {};
  if (key === undefined || key === '' || /[^\x21-\x7e]/.test(key))
    throw new Problem(
      'usage',
      keyEnv === undefined ? 'the key file holds no key' : `the environment variable ${keyEnv} holds no key`,
    );
  const name = keyHeader.toLowerCase();
  if (!/^[a-z0-9-]+$/.test(name)) throw new Problem('usage', '--key-header takes the name of a header');
  return { [name]: new Secret(name === 'authorization' ? `Bearer ${key}` : key) };
}

function classesOf(text: string | undefined): readonly string[] | number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,6}$/.test(text) ? Number(text) : names(text);
}

const names = (text: string, before: readonly string[] = []): string[] => [
  ...before,
  ...text.split(',').map((name) => name.trim()),
];
const again = (text: string, before: readonly string[]): string[] => [...before, text];
const groups = (text: string, before: readonly (readonly string[])[]): (readonly string[])[] => [
  ...before,
  names(text),
];

/** `0.1` or `8/255`. */
function fraction(text: string): number {
  const [top, below = '1', ...more] = text.split('/');
  const value = Number(top) / Number(below);
  if (top?.trim() === '' || more.length > 0 || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('Write a number above zero, such as 0.1 or 8/255.');
  return value;
}

const epsilons = (text: string, before: readonly number[]): number[] => [
  ...new Set([...before, ...text.split(',').map(fraction)]),
];

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('Write a share, such as 0.5.');
  return value;
}

function duration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value < 1)
    throw new InvalidArgumentError('Write a duration, such as 30s or 10m.');
  return value;
}

function seed(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw new InvalidArgumentError('Write a whole number from 0 to 4294967295.');
  return value;
}

function sizes(text: string): number[] {
  const all = text.split(',').map(Number);
  if (!all.every((size) => Number.isInteger(size) && size > 0))
    throw new InvalidArgumentError('Write whole numbers with commas: 1,28,28.');
  return all;
}
