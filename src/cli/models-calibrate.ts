import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Problem } from '../base/problem.ts';
import { readData } from '../lifecycle/attack/data/read-data.ts';
import { onlyOnnx } from '../lifecycle/models/shelf.ts';
import { type Calibrated, calibrateModel } from '../lifecycle/monitors/calibrate-model.ts';
import { writeCalibration } from '../monitors/calibration.ts';
import { Secret } from '../monitors/secret.ts';
import { WHOLE } from '../store/model-steps.ts';
import { bytesOf } from './bytes.ts';
import type { CliIo } from './io.ts';
import { type ModelsOptions, withOpened } from './models-place.ts';
import { counted, positive } from './numbers.ts';

interface CalibrateOptions extends ModelsOptions {
  readonly data: string;
  readonly drop: readonly string[];
  readonly file?: string;
  readonly key: string;
  readonly rows: number;
  readonly scale?: number;
  readonly to: string;
}

/** Bytes of a model that is read whole. */
const MOST_BYTES = 2 ** 31;

const names = (text: string): string[] => text.split(',').map((name) => name.trim());

function factor(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value === 0) throw new Problem('usage', `“${text}” is no factor`);
  return value;
}

/** `models calibrate`: what benign queries to a model are like, for monitors. */
export const calibrateOptions = (io: CliIo, command: Command): Command =>
  command
    .requiredOption(
      '-d, --data <FILE>',
      'rows as honest callers send them: CSV, JSON lines, .npy, IDX; each may be .gz',
    )
    .requiredOption('--key <FILE>', 'the key of the monitors, 16 bytes or more, that the gateway has, too')
    .requiredOption('--to <FILE>', 'file to write')
    .option('--drop <COLUMNS>', 'columns that the model does not take, such as the label', names, [])
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
  const secret = secretOf(bytesOf(io, io.cwd, 'the key in ')(options.key));
  const bytes = existsSync(resolve(io.cwd, model))
    ? bytesOf(io)(model)
    : await withOpened(io, model, options, { states: WHOLE, toUse: false }, (opened) =>
        opened.bytes(options.file ?? onlyOnnx(opened.files), MOST_BYTES),
      );
  const data = await readData(io.cwd, options.data, options.rows);
  io.err('asks the model, and sets thresholds on its answers');
  const calibrated = await calibrateModel(bytes, data, secret, { drop: options.drop, scale: options.scale });
  await writeFile(to, writeCalibration(calibrated.calibration, secret), { flag: 'wx', mode: 0o600 });
  show(io, options, calibrated);
}

function secretOf(key: Uint8Array): Secret {
  try {
    return new Secret(key);
  } catch (error) {
    throw new Problem('usage', 'the key of the monitors has at least 16 bytes', undefined, error);
  }
}

function show(io: CliIo, { to, json }: CalibrateOptions, { calibration, rehearsal }: Calibrated): void {
  const idle = Object.entries(calibration.monitors)
    .filter(([, { thresholds }]) => thresholds.every((threshold) => threshold === null))
    .map(([name]) => name);
  if (json === true) {
    io.json({ rows: calibration.rows, idle, rehearsal });
    return;
  }
  for (const name of idle) io.err(`${name} stays idle: there are too few rows to set its threshold.`);
  io.out(
    `${to} is the calibration of ${counted(calibration.rows, 'row')}. Of ${rehearsal.callers} made-up honest callers with ${rehearsal.queries} queries each, ${rehearsal.alarmed} would be alarmed about.`,
  );
}
