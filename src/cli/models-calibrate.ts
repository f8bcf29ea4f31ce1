import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Problem } from '../base/problem.ts';
import { writeModelCalibration } from '../defences/calibration.ts';
import { readData } from '../lifecycle/attack/data/read-data.ts';
import { type Calibrated, calibrateModel } from '../lifecycle/calibration/calibrate-model.ts';
import type { VoteRule } from '../shapers/routes.ts';
import type { CliIo } from './io.ts';
import { defenceKeysIn, type ModelsOptions, modelBytes } from './models-place.ts';
import { counted, factor, names, positive } from './numbers.ts';
import { stoppable } from './stoppable.ts';

interface CalibrateOptions extends ModelsOptions {
  readonly data: string;
  readonly label?: string;
  readonly labels?: string;
  readonly classes?: readonly string[];
  readonly drop: readonly string[];
  readonly scores?: string;
  readonly voters: readonly string[];
  readonly rule: VoteRule;
  readonly file?: string;
  readonly key: string;
  readonly rows: number;
  readonly scale?: number;
  readonly to: string;
}

/** `models calibrate`: what the owner's rows are like, for monitors and shapers. */
export const calibrateOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption(
      '-d, --data <FILE>',
      'rows as honest callers send them: CSV, JSON lines, .npy, IDX; each may be .gz',
    )
    .requiredOption('--key <FILE>', 'the key that the gateway has, too: a line of 16 characters or more')
    .requiredOption('--to <FILE>', 'file to write')
    .option('--label <COLUMN>', 'column of the right class: how often the model is right is kept, too')
    .option('--labels <FILE>', 'the right classes in a file of their own')
    .option('--classes <NAMES>', 'classes in the model’s order, where labels have other names', names)
    .option('--drop <COLUMNS>', 'other columns that the model does not take', names, [])
    .option('--scores <OUTPUT>', 'the output of the scores (default: the only one of real numbers)')
    .option('--voters <FILES>', 'other models of a vote: what is calibrated is the answer of all', names, [])
    .addOption(new Option('--rule <RULE>', 'how they vote').choices(['mean', 'majority']).default('mean'))
    .option('--file <NAME>', 'the file of a sealed model (default: its only ONNX file)')
    .option('--rows <N>', 'rows of the data that are read', positive, 40_000)
    .option(
      '--scale <FACTOR>',
      'what every number is multiplied with (default: 1/255 for pictures of bytes)',
      factor,
    )
    .action((model: string, options: CalibrateOptions) => calibrate(io, model, options));

async function calibrate(io: CliIo, model: string, options: CalibrateOptions): Promise<void> {
  const to = resolve(io.cwd, options.to);
  if (existsSync(to))
    throw new Problem('usage', `${options.to} is there already`, 'Name a file that is not.');
  const keys = defenceKeysIn(io, options.key);
  const bytes = await modelBytes(io, model, options);
  const voters: Uint8Array[] = [];
  for (const voter of options.voters) voters.push(await modelBytes(io, voter, options));
  const data = await readData(io.cwd, options.data, options.rows);
  const labels =
    options.labels === undefined ? undefined : await readData(io.cwd, options.labels, options.rows);
  const progress = io.progress('rows asked');
  const calibrated = await stoppable(io, 'stopped: nothing was written', (signal) =>
    calibrateModel(bytes, data, keys, {
      drop: options.drop,
      label: options.label,
      labels,
      classes: options.classes,
      scores: options.scores,
      voters,
      rule: options.rule,
      scale: options.scale,
      progress: (done, of) => progress.update(done, of),
      signal,
    }),
  ).finally(() => progress.end());
  await writeFile(to, writeModelCalibration(calibrated.calibration, keys), { flag: 'wx', mode: 0o600 });
  show(io, options, calibrated);
}

function show(
  io: CliIo,
  { to, json }: CalibrateOptions,
  { calibration, unnamed, rehearsal }: Calibrated,
): void {
  const { monitors, scores, labels, accuracy } = calibration;
  const idle = Object.entries(monitors.monitors)
    // Where nothing was said at all there is nothing to say, as of disagreement where one model answers.
    .filter(([, { scores, thresholds }]) => scores > 0 && thresholds.every((threshold) => threshold === null))
    .map(([name]) => name);
  if (json === true) {
    const { rows } = monitors;
    io.json({
      rows,
      scores,
      ...(labels && { labels }),
      ...(unnamed !== undefined && { unnamed }),
      ...(accuracy && { accuracy }),
      idle,
      rehearsal,
    });
    return;
  }
  for (const name of idle) io.err(`${name} stays idle: there are too few rows to set its threshold.`);
  if (unnamed !== undefined) io.err(`Shaped answers will not name classes: ${unnamed}.`);
  const { classes } = monitors.outline;
  const parts = [
    `${to} is the calibration of ${counted(monitors.rows, 'row')}.`,
    `Scores are in ${scores.output}, ${scores.form} of ${classes} classes${labels === undefined ? '' : `, named by ${labels.output}`}.`,
    ...(accuracy === undefined
      ? []
      : [
          `The model is right about ${(100 * accuracy.share).toFixed(1)} % of ${counted(accuracy.rows, 'row')}.`,
        ]),
    `Of ${rehearsal.callers} made-up honest callers with ${rehearsal.queries} queries each, ${rehearsal.alarmed} would be alarmed about.`,
  ];
  io.out(parts.join(' '));
}
